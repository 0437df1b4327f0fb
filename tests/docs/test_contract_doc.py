"""docs/contract.md says what firmware/wire does: topics, events, fields, words, limits."""

import re
from pathlib import Path

from firmware.wire import codec, events, topics, words
from gateway.config import Settings
from gateway.facility import alerts
from gateway.workshop.__main__ import trades
from tests.support.tools import ROOT

TEXT = (ROOT / "docs" / "contract.md").read_text()


def _rows(heading: str, first_column: str) -> list[list[str]]:
    """Give the cells of the table below `heading` whose head begins with `first_column`."""
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = section.split(f"\n| {first_column} |")[1].split("\n\n")[0]
    lines = table.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _fields(spec: tuple[object, ...]) -> str:
    names = [f"{f[0]}" if f[2] else f"[{f[0]}]" for f in spec]  # type: ignore[index]
    return " ".join(names)


def test_every_topic_stands_in_the_table_and_no_other() -> None:
    rows = _rows("Topics", "topic")
    told = {row[0].strip("`").replace("/<sensor>", "").replace("/<code>", "") for row in rows}
    leaves = {value for name, value in vars(topics).items() if name[:3] in ("UP_", "DN_")}
    leaves -= {topics.UP_ASK, topics.DN_ANSWER}  # no board's
    wanted = {"<board>/" + leaf for leaf in leaves} | {
        topics.GW_STATE.removeprefix(topics.PREFIX),
        topics.GW_BEAT.removeprefix(topics.PREFIX),
        "gw/hall/<part>",
        "console/up/event",
        "console/dn/receipt",
        "console/" + topics.UP_ASK,
        "console/" + topics.DN_ANSWER,
        "gw/fleet/<part>",
        topics.fleet_log("<board>").removeprefix(topics.PREFIX),
    }
    assert told == wanted


def test_what_is_retained_of_a_board_is_what_retiring_clears() -> None:
    told = {
        row[0].strip("`").removeprefix("<board>/")
        for row in _rows("Topics", "topic")
        if row[1] == "yes" and row[0].startswith("`<board>") and "/<" not in row[0][9:]
    }
    assert told == set(topics.RETAINED_OF_BOARD)


def test_every_board_event_is_told_with_its_role_and_fields() -> None:
    told = {row[1].strip("`"): (row[0], row[2]) for row in _rows("Events", "role")}
    wanted = {
        name: ("any" if roles == words.ROLES else " ".join(roles), _fields(fields))
        for name, (roles, fields) in events.BOARD_EVENTS.items()
    }
    assert told == wanted


def test_every_console_event_is_told_with_its_fields() -> None:
    told = {row[0].strip("`"): row[1] for row in _rows("Events", "event")}
    wanted = {
        name: _fields(fields)
        for name, fields in events.CONSOLE_EVENTS.items()
        if name not in events.COUNTER_EVENTS
    }
    assert told == wanted


def test_refusals_are_words_of_the_closed_list_and_each_word_is_told() -> None:
    told = {
        word
        for table, column in (("role", 4), ("event", 3))
        for row in _rows("Events", table)
        for word in re.findall(r"[a-z_]+_[a-z]+|[a-z]+", row[column].split("(")[0])
    }
    general = {"bad_payload", "not_allowed", "unknown_board", "unknown_counter"}
    assert told | general == set(words.WHYS)


def test_alerts_are_told_in_the_order_of_their_urgency() -> None:
    assert [row[0].strip("`") for row in _rows("Alerts", "code")] == list(alerts.CODES)


def test_every_ask_that_the_workshop_answers_is_told(tmp_path: Path) -> None:
    settings = Settings.from_env({"LOKET_HOME": str(tmp_path)})
    settings.paths.make()
    asks = {name for trade in trades(settings) for name in trade.asks}
    assert asks <= {row[0].strip("`") for row in _rows("Asks", "ask")}


def test_every_order_that_a_console_may_give_is_told() -> None:
    told = [row[0].strip("`") for row in _rows("Orders to boards", "name")]
    assert told[: len(words.BOARD_COMMANDS)] == list(words.BOARD_COMMANDS)


def test_limits_and_lists_are_the_codes() -> None:
    for number in (
        codec.MAX_UP_BYTES,
        codec.MAX_DOWN_BYTES,
        codec.MAX_CONSOLE_UP_BYTES,
        codec.MAX_HALL_BYTES,
    ):
        assert f"{number:,} bytes" in TEXT or f"{number:,} " in TEXT, number
    assert ", ".join(words.BOARD_STATES) in TEXT
    assert ", ".join(words.GATEWAY_STATES) in TEXT
    assert ", ".join(words.FACE_STATES) in TEXT
    assert ", ".join(words.PRIORITY_CLASSES) in TEXT.replace("\n", " ")
    assert ", ".join(topics.HALL_PARTS) in TEXT
    assert ", ".join(topics.FLEET_PARTS) in TEXT
    assert f"the last {words.ANSWERS_KEPT}" in TEXT
    for name in topics.RESERVED_IDS:
        assert f"`{name}`" in TEXT
