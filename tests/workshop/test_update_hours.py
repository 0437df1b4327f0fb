"""Never in service hours unless told: every way in which it may not be plain whether it is so."""

import json
from pathlib import Path

import pytest

from firmware.wire import topics
from gateway.bus import Message
from tests.workshop.scripted import OPEN, SHUT, Hall, ScriptedBoard, Store, release

_NEW = release("1.1", 7)


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path, [ScriptedBoard("counter-01"), ScriptedBoard("counter-02")], Store(_NEW))


def _gateway(hall: Hall, topic: str, **said: object) -> None:
    hall.program.message(Message(topic, json.dumps(said).encode(), False), hall.now)


def _why(hall: Hall) -> tuple[str, str]:
    hall.ask("update_start", version="1.1", boards=[])
    hall.run(3_000)
    assert bool(any(b.offers for b in hall.boards.values())) == (not hall.update["plan"]["why"])
    return hall.update["plan"]["state"], hall.update["plan"]["why"]


_COUNTER = {"counter": 1, "ticket": ""}


@pytest.mark.parametrize(
    ("line", "waits"),
    [
        (SHUT, False),
        (OPEN, True),
        ({**SHUT, "queues": [{"q": "A", "open": False, "waiting": 2}]}, True),
        ({**SHUT, "counters": [{**_COUNTER, "state": "serving"}]}, True),
        # Numbers are over for today, the counters are not.
        ({**SHUT, "counters": [{**_COUNTER, "state": "idle"}]}, True),
        ({**SHUT, "counters": [{**_COUNTER, "state": "closed"}]}, False),
        # Someone went home and left it so.
        ({**SHUT, "counters": [{**_COUNTER, "state": "paused"}]}, False),
        ({**SHUT, "break": {"name": "Istirahat", "until_ms": 1}}, True),
        ({**SHUT, "break": {"name": "Istirahat", "until_ms": None}}, False),
        # It may be ten in the morning.
        ({**SHUT, "clock": {"state": "unsure"}}, True),
    ],
)
def test_what_counts_as_service(hall: Hall, line: dict[str, object], waits: bool) -> None:
    hall.tell("line", line)
    assert _why(hall) == (("waiting", "hours") if waits else ("done", ""))


def test_nobody_has_said_yet_whether_it_is_open(hall: Hall) -> None:
    hall.start("run2", line=None)
    assert _why(hall) == ("waiting", "hours")


def test_what_a_gateway_said_before_it_was_lost_counts_no_more(hall: Hall) -> None:
    _gateway(hall, topics.GW_STATE, s="lost")
    assert _why(hall) == ("waiting", "gateway")
    _gateway(hall, topics.GW_STATE, s="ready", epoch=2)
    hall.run(5_000)
    assert hall.update["plan"]["state"] == "done"


def test_a_gateway_whose_beats_stay_away_is_lost(hall: Hall) -> None:
    _gateway(hall, topics.GW_STATE, s="ready", epoch=2)
    _gateway(hall, topics.GW_BEAT, epoch=2, utc_ms=1)
    hall.run(12_000)
    assert _why(hall) == ("waiting", "gateway")
    _gateway(hall, topics.GW_BEAT, epoch=2, utc_ms=1)
    hall.run(5_000)
    assert hall.update["plan"]["state"] == "done"


def test_begun_in_service_hours_a_restart_does_not_let_it_loose(hall: Hall) -> None:
    hall.tell("line", OPEN)
    assert _why(hall) == ("waiting", "hours")
    hall.start("run2", line=OPEN)
    hall.run(3_000)
    assert not any(b.offers for b in hall.boards.values())
    hall.tell("line", SHUT)
    hall.run(5_000)
    assert hall.update["plan"]["state"] == "done"


def test_the_day_that_an_absent_board_has_is_counted_over_restarts(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.fleet.staging.ABSENT_MOST_MS", 4 * 3_600_000)  # a short day
    hall.boards["counter-02"].ready = False
    hall.start("run1")
    hall.ask("update_start", version="1.1", boards=[])
    hall.run(3_000)
    for n in range(8):  # killed at every hour of work
        if hall.update["plan"]["state"] == "done":
            break
        hall.run(3_600_000, 5_000)
        hall.start(f"run{n + 2}")
        hall.run(0)
    assert hall.states() == {"counter-01": "committed", "counter-02": "skipped"}
    assert n in (4, 5)  # a kill may take ten minutes of it away


def test_a_board_that_got_newer_firmware_meanwhile_is_left_out_and_stops_nothing(
    hall: Hall,
) -> None:
    hall.tell("line", OPEN)
    hall.ask("update_start", version="1.1", boards=[])
    newer = hall.boards["counter-01"]
    newer.number = 9
    for message in newer.hello():
        hall.program.message(message, hall.now)
    hall.tell("line", SHUT)
    hall.run(5_000)
    assert hall.update["plan"]["state"] == "done"
    assert hall.states() == {"counter-01": "skipped", "counter-02": "committed"}


def test_a_full_disk_at_the_start_of_another_plan_leaves_the_stopped_one_whole(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    hall.tell("line", OPEN)
    hall.ask("link_start", boards=[], host="10.0.0.2")
    hall.ask("update_stop")
    hall.run(1_000)
    with monkeypatch.context() as while_full:
        while_full.setattr("gateway.workshop.updates.write_private", full)
        answer = hall.ask("update_start", version="1.1", boards=[])
    assert answer["why"] == "failed"
    hall.tell("line", SHUT)
    hall.ask("update_go")
    hall.run(5_000)
    assert {b.link_file.get("host") for b in hall.boards.values()} == {"10.0.0.2"}
