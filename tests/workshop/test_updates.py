"""Updates from the ask to the outcome: offers, pieces, stages, restarts of the workshop."""

import json
import os
from pathlib import Path

import pytest

from firmware.wire import topics
from firmware.wire.codec import MAX_INT
from gateway.bus import Message
from gateway.config import ConfigError
from gateway.fleet.staging import Order, Plan, Row
from gateway.workshop.trade import Now
from tests.workshop.scripted import OPEN, SHUT, UTC_MS, Hall, ScriptedBoard, Store, release

NEW = release("1.1", 7)


def _boards(n: int) -> list[ScriptedBoard]:
    return [ScriptedBoard(f"counter-{i + 1:02}") for i in range(n)]


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path, _boards(8), Store(NEW, release("0.9", 2)))


def test_a_release_reaches_every_board_in_stages(hall: Hall) -> None:
    assert hall.ask("update_start", version="1.1", boards=[])["st"] == "accepted"
    hall.run(20)
    assert sum(bool(board.offers) for board in hall.boards.values()) == 1
    hall.run(5_000)
    assert set(hall.states().values()) == {"committed"}
    assert hall.update["plan"]["state"] == "done"
    assert {board.number for board in hall.boards.values()} == {7}
    assert all(NEW.blob(sha) == data for sha, data in hall.boards["counter-01"].got.items()
               if sha in {entry.sha for entry in NEW.files.values()})  # fmt: skip
    assert all(len(board.offers) == 1 for board in hall.boards.values())


def test_the_first_failure_stops_it_and_go_leaves_that_board_out(hall: Hall) -> None:
    hall.boards["counter-03"].breaks = "no_hello"
    hall.ask("update_start", version="1.1", boards=[], stages=[1])
    hall.run(5_000)
    plan = hall.update["plan"]
    assert (plan["state"], plan["why"]) == ("stopped", "counter-03")
    row = next(r for r in plan["boards"] if r["board"] == "counter-03")
    assert (row["state"], row["why"]) == ("rolled_back", "no_hello")
    assert "120" in row["why_id"]
    assert "waiting" in hall.states().values()
    assert hall.ask("update_go")["st"] == "accepted"
    hall.run(5_000)
    assert hall.update["plan"]["state"] == "done"
    assert sorted(hall.states().values()).count("committed") == 7


def test_it_waits_for_the_end_of_service_hours(hall: Hall) -> None:
    hall.tell("line", OPEN)
    hall.ask("update_start", version="1.1", boards=[])
    hall.run(3_000)
    assert (hall.update["plan"]["state"], hall.update["plan"]["why"]) == ("waiting", "hours")
    since_ms = hall.update["plan"]["since_ms"]
    assert UTC_MS <= since_ms <= UTC_MS + 1_000
    assert not any(board.offers for board in hall.boards.values())
    hall.tell("line", SHUT)
    hall.run(5_000)
    assert hall.update["plan"]["state"] == "done"


def test_in_service_when_told(hall: Hall) -> None:
    hall.tell("line", OPEN)
    hall.ask("update_start", version="1.1", boards=["counter-02"], in_service=True)
    hall.run(2_000)
    assert hall.states() == {"counter-02": "committed"}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"version": "0.9", "boards": ["counter-01"]}, "downgrade"),
        ({"version": "2.0", "boards": []}, "unsigned"),
        ({"version": "1.1", "boards": ["ghost"]}, "unknown_board"),
        ({"version": "1.1"}, "bad_payload"),
        ({"version": 3, "boards": []}, "bad_payload"),
        ({"version": "1.1", "boards": [], "stages": [0]}, "bad_payload"),
        ({"version": "1.1", "boards": [], "in_service": 1}, "bad_payload"),
        ({"version": "0.9", "boards": []}, "nothing_to_do"),
    ],
)
def test_what_cannot_be_is_refused_before_any_offer(
    hall: Hall, fields: dict[str, object], why: str
) -> None:
    answer = hall.ask("update_start", **fields)
    assert (answer["st"], answer["why"]) == ("refused", why)
    assert answer["text_id"]
    assert answer["text_en"]
    hall.run(2_000)
    assert not any(board.offers for board in hall.boards.values())


def test_of_all_boards_the_newer_ones_are_left_out_and_listed(hall: Hall) -> None:
    hall.boards["counter-05"].number = 9
    hall.start("run2")
    hall.ask("update_start", version="1.1", boards=[])
    hall.run(5_000)
    assert hall.states()["counter-05"] == "skipped"
    assert not hall.boards["counter-05"].offers


def test_one_plan_at_a_time(hall: Hall) -> None:
    hall.ask("update_start", version="1.1", boards=[])
    assert hall.ask("update_start", version="1.1", boards=[])["why"] == "busy"
    assert hall.ask("update_stop")["st"] == "accepted"
    hall.run(1_000)
    assert hall.ask("update_start", version="1.1", boards=[])["st"] == "accepted"
    hall.run(5_000)
    assert hall.update["plan"]["state"] == "done"


def test_without_a_plan_there_is_nothing_to_stop(hall: Hall) -> None:
    assert hall.ask("update_stop")["why"] == "no_plan"


def test_a_killed_workshop_goes_on_where_it_was(hall: Hall) -> None:
    hall.boards["counter-04"].deaf = True  # hears nothing for now
    hall.ask("update_start", version="1.1", boards=[], stages=[1])
    hall.run(1_000)
    committed = [board for board, state in hall.states().items() if state == "committed"]
    assert committed
    assert "counter-04" not in committed
    hall.boards["counter-04"].deaf = False
    hall.start("run2")
    hall.run(15_000, 200)
    assert hall.update["plan"]["state"] == "done"
    assert set(hall.states().values()) == {"committed"}
    for board in committed:
        assert len(hall.boards[board].offers) == 1


def test_a_kill_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    for after_ms in range(0, 600, 60):
        hall = Hall(tmp_path / str(after_ms), _boards(4), Store(NEW))
        hall.ask("update_start", version="1.1", boards=[], stages=[1])
        hall.run(after_ms)
        hall.start("run2")
        hall.run(45_000, 500)
        assert set(hall.states().values()) == {"committed"}, after_ms


def test_a_torn_plan_is_given_up_and_told(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    file = hall.paths.workshop / "plan.json"
    for text in ("", "{", "[]", '{"rows":1}', '{"rows":[{}],"data":{},"stages":[]}'):
        file.write_text(text)
        hall.start("run2")
        assert hall.updates.plan is None
    assert caplog.text.count("the update in it is given up") == 5
    assert hall.ask("update_start", version="1.1", boards=[])["st"] == "accepted"
    assert os.stat(file).st_mode & 0o077 == 0


def test_a_board_gets_nothing_but_what_its_offer_names(hall: Hall) -> None:
    board = hall.boards["counter-01"]
    other = release("0.9", 2)
    hall.ask("update_start", version="1.1", boards=["counter-01"])
    offer = {}
    for say in hall.sent:
        if say.topic.endswith(topics.DN_UPDATE):
            offer = json.loads(say.payload)
    wants = [
        {"id": offer["id"], "sha": next(iter(other.files.values())).sha, "at": 0, "n": 100},
        {"id": "x-1", "sha": offer["sha"], "at": 0, "n": 100},
    ]
    board.deaf = True
    for want in wants:
        hall.sent.clear()
        hall.program.message(board.say(topics.UP_WANT, want), hall.now)
        hall.run(100)
        (chunk,) = [s for s in hall.sent if s.topic.endswith(topics.DN_CHUNK)]
        assert json.loads(chunk.payload) == {"id": want["id"], "sha": want["sha"], "why": "unknown"}
    # And another board gets nothing by this one's.
    stranger = hall.boards["counter-02"]
    stranger.deaf = True
    hall.sent.clear()
    want = {"id": offer["id"], "sha": offer["sha"], "at": 0, "n": 100}
    hall.program.message(stranger.say(topics.UP_WANT, want), hall.now)
    hall.run(100)
    (chunk,) = [s for s in hall.sent if s.topic.endswith(topics.DN_CHUNK)]
    assert json.loads(chunk.payload)["why"] == "unknown"


def test_garbage_from_a_board_is_logged_and_changes_nothing(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    hall.ask("update_start", version="1.1", boards=[])
    for leaf in (topics.UP_WANT, topics.UP_UPDATE, topics.UP_ABOUT, topics.UP_STATE):
        for payload in (b"{", b'{"id":3}', b'{"id":"x","n":9999,"n":-1,"chip":4,"s":"?"}'):
            message = Message(topics.of_board("counter-01", leaf), payload, False)
            hall.program.message(message, hall.now)
    hall.run(5_000)
    assert hall.update["plan"]["state"] == "done"
    assert "counter-01: up/want" in caplog.text


def test_a_retired_board_is_left_out(hall: Hall) -> None:
    hall.boards["counter-02"].deaf = True
    hall.ask("update_start", version="1.1", boards=["counter-01", "counter-02"])
    rows: list[object] = [{"board": "counter-01", "role": "counter"}]
    hall.tell("boards", {"boards": rows})
    hall.run(2_000)
    assert hall.states() == {"counter-01": "committed", "counter-02": "skipped"}
    assert hall.update["plan"]["state"] == "done"


def test_boards_that_cannot_be_updated_are_skipped_with_the_reason(tmp_path: Path) -> None:
    hall = Hall(tmp_path, _boards(4), Store(NEW))
    hall.boards["counter-04"].mpy = 7
    hall.start("run2")
    about = {"role": "counter", "hw": "x", "fw": "0", "slot": 0}  # of before there were updates
    hall.program.message(hall.boards["counter-01"].say(topics.UP_ABOUT, about), hall.now)
    rows = [{"board": b, "role": "ticket" if b == "counter-02" else "counter"} for b in hall.boards]
    hall.tell("boards", {"boards": rows})
    hall.ask("update_start", version="1.1", boards=[])
    hall.run(3_000)
    whys = {row["board"]: row["why"] for row in hall.update["plan"]["boards"]}
    assert whys == {
        "counter-01": "unknown_chip",
        "counter-02": "not_for",
        "counter-03": "",
        "counter-04": "interpreter",
    }
    assert hall.states()["counter-03"] == "committed"


def test_a_new_network_travels_the_same_way(hall: Hall) -> None:
    wifi = [{"ssid": "Mal Pelayanan", "password": "rahasia-baru"}]
    answer = hall.ask("link_start", boards=[], wifi=wifi, host="10.0.0.2", port=8883, tls=True)
    assert answer == {"key": "k1", "st": "accepted", "boards": 8}
    hall.run(5_000)
    assert hall.update["plan"]["kind"] == "link"
    assert set(hall.states().values()) == {"committed"}
    for board in hall.boards.values():
        assert board.link_file == {"wifi": wifi, "host": "10.0.0.2", "port": 8883, "tls": True}
        assert board.link == 1
    # What was secret in it is gone from the file when it is done.
    assert "rahasia" not in (hall.paths.workshop / "plan.json").read_text()
    hall.start("run2")
    hall.ask("link_start", boards=["counter-01"], host="10.0.0.3")
    hall.run(2_000)
    assert (hall.boards["counter-01"].link, hall.boards["counter-02"].link) == (2, 1)


def test_boards_on_a_cable_are_left_out_of_a_new_network_with_the_reason(hall: Hall) -> None:
    wired = ("counter-01", "counter-02")
    for name in wired:
        hall.boards[name].wired = True
    hall.start("run2")
    answer = hall.ask("link_start", boards=[], host="10.0.0.2")
    hall.run(5_000)
    assert answer["boards"] == 8
    assert hall.update["plan"]["state"] == "done"
    for row in hall.update["plan"]["boards"]:
        left = row["board"] in wired
        assert (row["state"], row["why"]) == (("skipped", "wired") if left else ("committed", ""))
        assert "kabel" in row["why_id"] if left else not hall.boards[row["board"]].wired
    assert not any(hall.boards[name].offers for name in wired)
    # By themselves there is nothing to do; a new secret they take like all others.
    answer = hall.ask("link_start", boards=list(wired), host="10.0.0.2")
    assert (answer["st"], answer["why"]) == ("refused", "nothing_to_do")
    assert "counter-01, counter-02: on a cable" in answer["text_en"]


def test_a_board_that_is_found_to_be_wired_after_all_is_skipped(hall: Hall) -> None:
    hall.boards["counter-08"].ready = False
    hall.start("run2")
    hall.ask("link_start", boards=[], host="10.0.0.2")
    hall.run(3_000)
    board = hall.boards["counter-08"]
    board.ready = board.wired = True
    for message in board.hello():
        hall.program.message(message, hall.now)
    hall.run(3_000)
    assert hall.states()["counter-08"] == "skipped"
    assert hall.update["plan"]["state"] == "done"


def test_a_kill_during_a_network_change_loses_nothing(hall: Hall) -> None:
    hall.ask("link_start", boards=[], host="10.0.0.2", stages=[1])
    hall.run(60)
    hall.start("run2")
    hall.run(30_000, 500)
    assert set(hall.states().values()) == {"committed"}
    assert all(board.link == 1 for board in hall.boards.values())


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"wifi": []},
        {"wifi": [1]},
        {"wifi": [{"ssid": "", "password": ""}]},
        {"wifi": [{"ssid": "a", "password": "b"}] * 3},
        {"host": ""},
        {"port": 0},
        {"tls": "yes"},
        {"ca": "no certificate"},
        {"ca": 5},
    ],
)
def test_a_wrong_network_is_refused_with_the_field(hall: Hall, fields: dict[str, object]) -> None:
    answer = hall.ask("link_start", boards=[], **fields)
    assert answer["why"] == "bad_payload"
    assert next(iter(fields), "wifi") in answer["text_en"] or "ssid" in answer["text_en"]


def test_it_sleeps_when_there_is_nothing_to_do(hall: Hall) -> None:
    hall.run(1_000)
    assert hall.program.due_ms() is None
    hall.ask("update_start", version="1.1", boards=[])
    hall.run(6_000)
    assert hall.update["plan"]["state"] == "done"
    assert hall.program.due_ms() is None


def test_pieces_are_given_with_measure(hall: Hall) -> None:
    for board in hall.boards.values():
        board.deaf = True
    hall.ask("update_start", version="1.1", boards=[], stages=[])
    hall.run(1_000)
    offers = {
        say.topic.split("/")[2]: json.loads(say.payload)
        for say in hall.sent
        if say.topic.endswith(topics.DN_UPDATE)
    }
    hall.sent.clear()
    for name, offer in offers.items():
        want = {"id": offer["id"], "sha": offer["sha"], "at": 0, "n": 64}
        for _ in range(3):  # one answer: what came before is no longer waited for
            hall.program.message(hall.boards[name].say(topics.UP_WANT, want), hall.now)
    hall.run(0)
    assert 1 <= len([s for s in hall.sent if s.topic.endswith(topics.DN_CHUNK)]) <= 2
    hall.run(40, 1)
    assert len([s for s in hall.sent if s.topic.endswith(topics.DN_CHUNK)]) == len(offers)


def test_on_a_full_disk_an_update_is_refused_or_goes_on_and_is_kept_later(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as while_full:
        while_full.setattr("gateway.workshop.updates.write_private", full)
        answer = hall.ask("update_start", version="1.1", boards=[])
        assert (answer["st"], answer["why"]) == ("refused", "failed")
        hall.run(3_000)
        assert not any(board.offers for board in hall.boards.values())
    assert hall.ask("update_start", version="1.1", boards=[])["st"] == "accepted"
    with monkeypatch.context() as while_full:
        while_full.setattr("gateway.workshop.updates.write_private", full)
        hall.run(120_000, 500)  # no board is blamed for it
        plan = hall.update["plan"]
        assert (plan["state"], plan["why"]) == ("running", "disk")
        assert "make room" in plan["why_en"]
        due_ms = hall.program.due_ms()
        assert due_ms is not None
        assert due_ms > hall.now.mono_ms  # it does not spin
    hall.run(9_000)
    assert hall.update["plan"]["why"] == ""
    assert hall.update["plan"]["state"] == "done"
    kept = json.loads((hall.paths.workshop / "plan.json").read_text())
    assert kept["state"] == "done"


def test_pieces_are_given_without_a_look_at_the_whole_plan(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = hall.boards["counter-01"]
    board.deaf = True
    hall.ask("update_start", version="1.1", boards=[])
    offer = next(json.loads(s.payload) for s in hall.sent if s.topic.endswith(topics.DN_UPDATE))
    looks: list[bool] = []
    step = Plan.step

    def counted(plan: Plan, elapsed_ms: int, open_now: bool, lost: bool) -> list[Order]:
        looks.append(open_now)
        return step(plan, elapsed_ms, open_now, lost)

    monkeypatch.setattr(Plan, "step", counted)
    want = {"id": offer["id"], "sha": offer["sha"], "at": 0, "n": 1_024}
    given = []
    for ms in range(0, 900, 9):
        hall.program.message(board.say(topics.UP_WANT, want), hall.now)
        now = Now(hall.now.mono_ms + ms, hall.now.utc_ms + ms)
        given += [s for s in hall.program.turn(now) if s.topic.endswith(topics.DN_CHUNK)]
    assert (len(given), looks) == (100, [])
    hall.program.turn(Now(hall.now.mono_ms + 1_000, hall.now.utc_ms + 1_000))
    assert len(looks) == 1


def test_without_a_file_of_update_keys_each_board_is_left_out_with_the_reason(hall: Hall) -> None:
    def torn() -> dict[str, str]:
        raise ConfigError("update_keys.json cannot be read")

    hall.updates._keys = torn
    hall.ask("update_start", version="1.1", boards=["counter-01"])
    hall.run(2_000)
    (row,) = hall.update["plan"]["boards"]
    assert (row["state"], row["why"]) == ("skipped", "no_key")


def test_a_board_that_lies_about_its_number_spoils_no_plan_that_is_kept(hall: Hall) -> None:
    hall.boards["counter-01"].link = MAX_INT
    hall.boards["counter-01"].deaf = True
    hall.start("run2")
    assert hall.ask("link_start", boards=[], host="10.0.0.9")["st"] == "accepted"
    hall.run(1_000)
    hall.boards["counter-01"].deaf = False
    hall.start("run3")
    hall.run(60_000, 100)
    assert {hall.boards[b].link_file.get("host") for b in list(hall.boards)[1:]} == {"10.0.0.9"}


def test_a_step_over_two_hundred_boards_looks_at_each_of_them_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = Hall(tmp_path, _boards(200), Store(NEW))
    for board in hall.boards.values():
        board.deaf = True
    hall.ask("update_start", version="1.1", boards=[])
    looks: list[str] = []
    row_of = Plan._row_of

    def counted(plan: Plan, board: str) -> Row | None:
        looks.append(board)
        return row_of(plan, board)

    monkeypatch.setattr(Plan, "_row_of", counted)  # it goes over all rows
    hall.run(5_000, 1_000)
    assert looks == []
    hall.boards["counter-99"].ready = False
    for message in hall.boards["counter-99"].hello():
        hall.program.message(message, hall.now)
    hall.run(1_000, 1_000)
    assert looks == ["counter-99"]


def test_what_is_long_is_shown_less_often(tmp_path: Path) -> None:
    hall = Hall(tmp_path, _boards(400), Store(NEW))
    hall.ask("update_start", version="1.1", boards=[], stages=[])
    hall.sent.clear()
    hall.run(4_000, 50)
    assert 2 <= len([s for s in hall.sent if s.topic == topics.fleet_part("update")]) <= 3
