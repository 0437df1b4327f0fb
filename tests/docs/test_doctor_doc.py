"""docs/doctor.md lists every finding as the doctor tells it, and the limits that it judges by."""

import re

from gateway.cli.board.listing import WORDS_OF_LIVE
from gateway.fleet.doctor import rules_board, rules_cable, rules_hall
from gateway.fleet.doctor.table import ORDER
from gateway.fleet.doctor.tell import catalogue
from tests.support.tools import ROOT

_HEAD = "| finding | what it says | what to do |"


def table() -> list[str]:
    """Give the table of findings as it must stand in the page."""
    texts = catalogue("en")
    rows = [f"| `{code}` | {texts[f'{code}.title']} | {texts[f'{code}.next']} |" for code in ORDER]
    named = [re.sub(r"\{(\w+)\}", r"*\1*", row) for row in rows]
    return [_HEAD, "| --- | --- | --- |", *named]


def test_every_finding_stands_in_the_table_in_its_order() -> None:
    text = (ROOT / "docs" / "doctor.md").read_text()
    assert text.count(_HEAD) == 1
    told = [line for line in text[text.index(_HEAD) :].splitlines() if line.startswith("|")]
    assert told == table()


def test_the_limits_are_those_of_the_rules() -> None:
    text = (ROOT / "docs" / "doctor.md").read_text()
    for figure in (
        f"below {rules_board.SIGNAL_WEAK_DBM} dBm | below {rules_board.SIGNAL_BAD_DBM} dBm",
        f"below {rules_board.MEMORY_LOW_BYTES:,} bytes | below {rules_board.MEMORY_BAD_BYTES:,} b",
        f"| starts | | {rules_cable.BOOTS} within ten minutes",
        f"| connections | {rules_board.RECONNECTS} within ten minutes",
        f"| refused logins | | {rules_hall.REFUSED_AT_LEAST}, the last within a minute",
        f"| returns to a life that was over | | {rules_hall.TWINS_AT_LEAST} within ten minutes",
    ):
        assert figure in text, figure


def test_all_that_the_list_gives_to_programs_stands_in_its_table() -> None:
    text = (ROOT / "docs" / "doctor.md").read_text()
    told = text.partition("## The list")[2].partition("## ")[0]
    cells = [line.split("|")[1] for line in told.splitlines() if line.startswith("| `")]
    names = re.findall(r"`(\w+)`", " ".join(cells))
    assert sorted(names) == sorted(("id", "role", "counter", "spare", *WORDS_OF_LIVE, "stale"))
