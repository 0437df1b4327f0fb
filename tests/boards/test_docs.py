"""docs/boards.md names every kind, chip, part and field, and no others."""

import re

from boards.catalog import kinds, load_kind
from boards.chips import CHIPS
from boards.parts import PARTS
from boards.roles import ROLES
from tests.support.tools import ROOT

TEXT = (ROOT / "docs" / "boards.md").read_text()


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_every_kind_is_listed_with_its_role() -> None:
    rows = [cells(line) for line in TEXT.splitlines() if line.startswith("| [`")]
    listed = {re.sub(r"\[`(\w+)`\].*", r"\1", row[0]): row[1] for row in rows}
    assert listed == {name: load_kind(name).role for name in kinds()}


def test_every_field_of_every_part_is_described() -> None:
    rows = {cells(line)[0]: line for line in TEXT.splitlines() if line.startswith("| `parts.")}
    for section, parts in PARTS.items():
        (row,) = (rows[name] for name in rows if name.split(".")[1].strip("`") == section)
        for driver, part in parts.items():
            assert driver in row
            for field in part.fields.keys() - {"ma", "volts"}:
                assert f"`{field}`" in row, f"{section}: {field}"
    assert {name.split(".")[1].strip("`") for name in rows} == set(PARTS)


def test_chips_roles_and_names_of_keys_are_told() -> None:
    told = set(re.findall(r"\w+", TEXT))
    assert CHIPS.keys() | ROLES.keys() <= told
    assert {name for role in ROLES.values() for name in (*role.keys, *role.lamps)} - told <= {
        f"queue{n}" for n in range(2, 8)
    } | {"score2", "score3"}
