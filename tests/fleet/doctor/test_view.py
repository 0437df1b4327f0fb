"""What the hall publishes becomes facts; what has no shape is not known."""

import json
from typing import Any

import pytest

from gateway.fleet.doctor import Facts, diagnose
from gateway.fleet.doctor.view import View

MONO_MS = 500_000
UTC_MS = 1_795_230_000_000


def view(**changes: Any) -> View:
    """Give a view of a hall with two boards, one of them lost."""
    rows = [
        {"board": "counter-03", "role": "counter", "counter": 3, "state": "ready",
         "seen_ms": UTC_MS - 4_000, "fw": "0.1.0", "rssi_dbm": -61, "free_bytes": 40_000,
         "settings_wanted": 5, "settings_applied": 5, "alerts": {"paper_out": ""},
         "addresses": ["10.0.0.3"], "shown": True, "boots": 1, "bad": {"denied": 2}},
        {"board": "dispenser-01", "role": "dispenser", "state": "lost", "seen_ms": None},
    ]  # fmt: skip
    sensors = [{"board": "dispenser-01", "sensor": "soap", "status": "stale", "every_s": 300,
                "at_ms": UTC_MS - 1_000_000, "level_pct": 41.5, "battery_mv": 3_700}]  # fmt: skip
    said = {
        "state": {"s": "ready", "epoch": 7},
        "beat": {"epoch": 7, "utc_ms": UTC_MS},
        "hall/boards": {"boards": rows, "refused": [{"who": "10.0.0.9", "n": 5,
                        "last_ms": UTC_MS - 2_000}]},
        "hall/facilities": {"sensors": sensors},
        "hall/line": {"clock": {"state": "behind", "system_ms": 5, "held_ms": 3_600_005}},
        **changes,
    }  # fmt: skip
    found = View()
    for leaf, content in said.items():
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        found.hear(leaf, data, MONO_MS)
    return found


def test_a_board_is_told_as_the_gateway_tells_it() -> None:
    board = view().board("counter-03", MONO_MS + 500, UTC_MS)
    assert (board.state, board.counter, board.seen_ago_ms) == ("ready", 3, 4_500)
    assert (board.alerts, board.bad, board.addresses) == ({"paper_out": ""}, {"denied": 2},
                                                          ("10.0.0.3",))  # fmt: skip
    assert view().board("gate-99", MONO_MS, UTC_MS).registered is False


def test_readings_belong_to_their_board() -> None:
    (reading,) = view().board("dispenser-01", MONO_MS, UTC_MS).readings
    assert (reading.sensor, reading.status, reading.ago_ms) == ("soap", "stale", 1_000_000)


def test_the_hall_is_open_while_it_beats() -> None:
    hall = view().hall(MONO_MS + 5_900, UTC_MS)
    assert (hall.state, hall.beat_ago_ms, hall.away) == ("open", 5_900, ("dispenser-01",))
    assert (hall.clock, hall.clock_off_ms) == ("behind", -3_600_000)
    assert [(r.who, r.n, r.ago_ms) for r in hall.refused] == [("10.0.0.9", 5, 7_900)]
    assert view().hall(MONO_MS + 6_100, UTC_MS).state == "no_beat"


def test_a_gateway_that_says_it_is_lost_is_believed() -> None:
    assert view(state={"s": "lost"}).hall(MONO_MS, UTC_MS).state == "no_beat"


def test_who_has_just_begun_to_listen_waits_for_a_beat() -> None:
    fresh = View()
    fresh.hear("state", b'{"s":"ready","epoch":7}', MONO_MS)
    assert fresh.hall(MONO_MS + 3_000, UTC_MS).state == "open"
    assert fresh.hall(MONO_MS + 6_100, UTC_MS).state == "no_beat"


def test_what_boards_say_of_updates_and_in_lines_is_theirs() -> None:
    hears = view()
    update = b'{"kind":"firmware","st":"loading","version":"0.2.0","got":5,"size":9}'
    hears.hear_board("counter-03", "up/update", update, MONO_MS, False)
    hears.hear_board("counter-03", "up/about", b'{"n":4,"link":2}', MONO_MS, True)
    for n in range(100):
        line = json.dumps({"text": f"line {n}"}).encode()
        hears.hear_board("counter-03", "up/log", line, MONO_MS, False)
    board = hears.board("counter-03", MONO_MS + 200_000, UTC_MS)
    assert board.update is not None
    assert (board.update.st, board.update.ago_ms) == ("loading", 200_000)
    assert (board.number, board.link) == (4, 2)
    assert len(board.lines) == 40
    assert board.lines[-1] == "line 99"
    hears.hear_board("counter-03", "up/update", b"", MONO_MS, False)
    assert hears.board("counter-03", MONO_MS, UTC_MS).update is None
    hears.hear_board("counter-03", "up/update", update, MONO_MS, True)
    kept = hears.board("counter-03", MONO_MS, UTC_MS).update
    assert kept is not None
    assert kept.ago_ms is None  # the broker kept it: nobody knows since when


JUNK: list[Any] = [b"", b"{", b"[]", b"null", b"\xff", {"boards": 7}, {"boards": [1, None, "x"]},
                   {"boards": [{"board": "counter-03", "alerts": [], "bad": "no", "shown": 3,
                                "seen_ms": "now", "addresses": None, "rssi_dbm": True}]},
                   {"refused": [5], "disbelieved": {"n": "x"}}, {"clock": 4}, {"s": 5}]  # fmt: skip


@pytest.mark.parametrize("junk", JUNK)
def test_garbage_is_not_known_and_never_raises(junk: Any) -> None:
    parts = ("state", "beat", "hall/boards", "hall/facilities", "hall/line", "fleet/boards")
    hears = view(**dict.fromkeys(parts, junk))
    data = junk if isinstance(junk, bytes) else json.dumps(junk).encode()
    for leaf in ("up/update", "up/log", "up/about"):
        hears.hear_board("counter-03", leaf, data, MONO_MS, False)
    hall, board = hears.hall(MONO_MS, UTC_MS), hears.board("counter-03", MONO_MS, UTC_MS)
    assert diagnose(Facts("counter-03", None, hall, board))
