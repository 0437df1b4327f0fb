"""docs/domain.md tells what the code does: its tables are compared with it."""

from pathlib import Path

from gateway.domain.event_json import KINDS
from gateway.domain.hall import STATES
from gateway.domain.people import MAY
from gateway.domain.policy import (
    AGEING_NORMAL,
    AGEING_PRIORITY,
    APPOINTMENT,
    FIRST,
    GUARDED,
    LONGEST,
    NAMED,
    PREFERRED,
    REINSTATED,
    STRICT_GUARD,
    STRICT_PRIORITY,
)
from tests.domain.transitions import TRANSITIONS

TEXT = (Path(__file__).parents[2] / "docs" / "domain.md").read_text()


def table(*headings: str) -> list[list[str]]:
    """Give the cells of the rows of the table that is headed so."""
    head = "| " + " | ".join(headings) + " |"
    assert TEXT.count(head) == 1, f"docs/domain.md has no table {head}"
    rows = []
    for line in TEXT.split(head)[1].splitlines()[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def words(cell: str) -> set[str]:
    return set() if cell == "-" else set(cell.split(", "))


def test_states() -> None:
    assert [row[0] for row in table("state", "meaning")] == list(STATES)


def test_transitions() -> None:
    told = {
        row[0]: (words(row[1]), words(row[2]))
        for row in table("event", "from", "to", "asked for by")
    }
    assert told == TRANSITIONS


def test_every_ticket_event_has_its_transition() -> None:
    kinds = {kind for kind in KINDS if kind.startswith("ticket_")}
    assert {name.split()[0] for name in TRANSITIONS} == kinds


def test_roles() -> None:
    rows = {row[0]: row[1].removeprefix("all of these, ") for row in table("role", "may ask for")}
    told = {role: words(cell) for role, cell in rows.items()}
    told["supervisor"] |= set().union(*told.values())
    assert told == {role: set(names) for role, names in MAY.items()}


def test_rules() -> None:
    for rule in (FIRST, STRICT_PRIORITY, STRICT_GUARD, AGEING_PRIORITY, AGEING_NORMAL, NAMED):
        assert f"`{rule}`" in TEXT
    assert f"`{REINSTATED}`" in TEXT
    for choice in (LONGEST, PREFERRED, GUARDED.format(30)):
        assert f"`{choice}`" in TEXT
    assert f"`{APPOINTMENT}09:30`" in TEXT
