"""docs/site-file.md says of every key what the code says, and of no key that the code lacks."""

import re
import tomllib
from collections.abc import Iterator

import pytest
from pydantic.fields import FieldInfo

from gateway.site import schema
from gateway.site.load import check_text
from tests.support.tools import ROOT

PAGE = ROOT / "docs" / "site-file.md"
TABLES: dict[str, type[schema.Table]] = {
    "[site]": schema.SiteTable,
    "policy": schema.PolicyTable,
    "[hours]": schema.HoursTable,
    "[[breaks]]": schema.BreakTable,
    "[[special_days]]": schema.SpecialDaysTable,
    "[[agencies]]": schema.AgencyTable,
    "[[queues]]": schema.QueueTable,
    "appointments": schema.AppointmentsTable,
    "services": schema.ServiceTable,
    "[[counters]]": schema.CounterTable,
    "[[people]]": schema.PersonTable,
    "[[boards]]": schema.BoardTable,
}


def default_text(name: str, field: FieldInfo) -> str:
    """Give the default as the page writes it."""
    if field.is_required():
        return "needed"
    default = field.default
    if isinstance(default, schema.PolicyTable):
        return f'`"{default.kind} {default.normal}:{default.priority}"`'
    if isinstance(default, tuple):
        return f'`"{default[0]}-{default[1]}"`'
    if name == "days":
        return '`"daily"`'
    if name == "scope":
        return '`"site"`'
    if default is None or default in ("", []):
        return "none"
    return f"`{str(default).lower()}`" if not isinstance(default, str) else f'`"{default}"`'


def rows_of(heading: str) -> list[list[str]]:
    """Give the cells of the table below a heading of the page."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"^## `{re.escape(heading)}`[^\n]*\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found, f"{PAGE.name} has no heading ## `{heading}`"
    lines = [line for line in found[1].splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_is_documented_as_the_code_has_it(heading: str) -> None:
    expected = [
        [f"`{name}`", field.description, default_text(name, field)]
        for name, field in TABLES[heading].model_fields.items()
    ]
    assert [row[:3] for row in rows_of(heading)] == expected


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_has_its_meaning(heading: str) -> None:
    for row in rows_of(heading):
        assert len(row) == 4, row
        assert len(row[3]) > 10, row


def test_every_part_of_the_file_has_its_heading() -> None:
    parts = {re.sub(r"[\[\]]", "", heading) for heading in TABLES} - {
        "policy",
        "appointments",
        "services",
    }
    assert parts == set(schema.SiteFile.model_fields)


def examples() -> Iterator[str]:
    yield from re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


def test_the_first_example_is_a_whole_site_file() -> None:
    assert check_text(next(examples()), "example").warnings == ()


def test_the_examples_are_toml() -> None:
    for example in examples():
        tomllib.loads(example)
