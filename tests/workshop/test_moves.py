"""A spare takes over a dead board's place, a board gets another name; or all stays as it was."""

import json
from pathlib import Path

import pytest

from firmware.wire import topics
from gateway.bus import Message
from tests.workshop.gatekeeper import Guarded, Trialist
from tests.workshop.scripted import OPEN, SHUT


def dead(board: Trialist) -> Trialist:
    """Let a board be dead."""
    board.ready = board.inside = False
    board.stays = True
    return board


@pytest.fixture
def hall(tmp_path: Path) -> Guarded:
    return Guarded(
        tmp_path,
        dead(Trialist("counter-03")),
        Trialist("spare-01", spare=True),
        Trialist("spare-02", spare=True, role="ticket"),
        Trialist("counter-04"),
    )


def moves(hall: Guarded) -> list[str]:
    """Give the targets of what is under way, as it is kept."""
    return [
        m["target"] for m in json.loads((hall.paths.workshop / "moves.json").read_text())["moves"]
    ]


def test_a_spare_takes_over_in_the_middle_of_the_morning(hall: Guarded) -> None:
    broken, spare = hall.devices[:2]
    hall.tell("line", OPEN)
    answer = hall.ask("replace", board="counter-03", by="eko")
    assert (answer["st"], answer["board"], answer["to"]) == ("accepted", "spare-01", "counter-03")
    # The dead board's secret is refused at once, and its leases are over.
    assert hall.honoured["counter-03"] != broken.secret
    assert hall.wishes[0]["by"] == "eko"
    assert "same" not in hall.wishes[0]
    hall.pass_s(20)
    assert (hall.update["plan"]["kind"], hall.update["plan"]["state"]) == ("replace", "done")
    assert hall.states() == {"spare-01": "committed"}
    assert (spare.name, spare.inside) == ("counter-03", True)
    assert [w["ev"] for w in hall.wishes] == ["board_secret", "board_retire"]
    assert "spare-01" not in hall.rows
    assert hall.rows["counter-03"]["counter"] == 1
    assert moves(hall) == []
    assert spare.secret not in "".join(f.read_text() for f in hall.paths.workshop.iterdir())


def test_a_spare_that_does_not_get_through_is_the_spare_again(hall: Guarded) -> None:
    broken, spare = hall.devices[:2]
    spare.reaches = False
    hall.ask("replace", board="counter-03", spare="spare-01")
    hall.pass_s(300)
    assert hall.states() == {"spare-01": "rolled_back"}
    assert (spare.name, spare.inside) == ("spare-01", True)
    assert hall.honoured["counter-03"] == broken.secret  # as before
    assert {"spare-01", "counter-03"} <= set(hall.rows)
    assert moves(hall) == []
    spare.reaches = True
    assert hall.ask("replace", board="counter-03", spare="spare-01")["st"] == "accepted"
    hall.pass_s(20)
    assert hall.devices[1].name == "counter-03"


@pytest.mark.parametrize("dies_after_s", [0, 1, 2, 3, 6])
@pytest.mark.parametrize("reaches", [True, False])
def test_the_workshop_dies_at_any_moment(hall: Guarded, dies_after_s: int, reaches: bool) -> None:
    spare = hall.devices[1]
    spare.reaches = reaches
    hall.ask("replace", board="counter-03")
    hall.pass_s(dies_after_s)
    hall.start("run2")
    hall.pass_s(400)
    assert spare.inside
    assert moves(hall) == []
    assert spare.name == ("counter-03" if reaches else "spare-01")
    assert ("spare-01" in hall.rows) == (not reaches)


def test_killed_before_anything_was_offered_all_is_as_before(hall: Guarded) -> None:
    hall.gateway_is_up = False
    with pytest.raises(StopIteration):
        hall.ask("replace", board="counter-03")  # the gateway does not answer
    assert moves(hall) == ["counter-03"]
    hall.gateway_is_up = True
    hall.start("run2")
    hall.pass_s(20)
    assert hall.honoured["counter-03"] == hall.devices[0].secret
    assert moves(hall) == []


def test_a_spare_that_never_comes_back_can_be_given_up_for_another(hall: Guarded) -> None:
    spare = hall.devices[1]
    hall.ask("replace", board="counter-03", spare="spare-01")
    while spare.ready:
        hall.pass_s(1)
    spare.stays = True
    hall.pass_s(1_200)
    assert hall.update["plan"]["state"] == "stopped"
    assert moves(hall) == ["counter-03"]  # it may still come, as the one or the other
    hall.rows["spare-02"]["role"] = "counter"
    hall._register()
    assert hall.ask("replace", board="counter-03", spare="spare-02")["st"] == "accepted"
    hall.pass_s(30)
    assert hall.devices[2].name == "counter-03"
    assert moves(hall) == []
    assert set(hall.rows) == {"counter-03", "spare-01", "counter-04"}


def test_a_board_gets_another_name(hall: Guarded) -> None:
    board = hall.devices[3]
    hall.ask("rename", board="counter-04", to="loket-empat")
    hall.pass_s(20)
    assert hall.update["plan"]["kind"] == "rename"
    assert hall.states() == {"counter-04": "committed"}
    assert (board.name, board.inside) == ("loket-empat", True)
    assert hall.rows["loket-empat"]["counter"] == 1
    assert "counter-04" not in hall.rows
    assert [w["ev"] for w in hall.wishes] == ["board_add", "board_retire"]


def test_a_board_that_does_not_get_through_keeps_its_name(hall: Guarded) -> None:
    board = hall.devices[3]
    board.reaches = False
    hall.ask("rename", board="counter-04", to="loket-empat")
    hall.pass_s(300)
    assert (board.name, board.inside) == ("counter-04", True)
    assert "loket-empat" not in hall.rows
    assert moves(hall) == []


def test_a_rename_waits_for_the_evening_and_can_be_called_off(hall: Guarded) -> None:
    hall.tell("line", OPEN)
    hall.ask("rename", board="counter-04", to="loket-empat")
    hall.pass_s(20)
    assert hall.update["plan"]["state"] == "waiting"
    hall.ask("update_stop")
    hall.pass_s(5)
    assert "loket-empat" not in hall.rows
    assert "counter-04" in hall.rows


def test_a_replacement_does_not_wait_behind_what_waits_for_the_evening(hall: Guarded) -> None:
    hall.tell("line", OPEN)
    hall.ask("secret_start", boards=["counter-03", "counter-04"])
    hall.pass_s(5)
    assert hall.update["plan"]["state"] == "waiting"
    assert hall.ask("replace", board="counter-03")["st"] == "accepted"
    hall.pass_s(10)
    assert (hall.update["plan"]["kind"], hall.update["plan"]["state"]) == ("replace", "done")
    assert hall.devices[1].name == "counter-03"
    hall.pass_s(30)  # how it ended is shown for a while
    assert (hall.update["plan"]["kind"], hall.update["plan"]["state"]) == ("secret", "waiting")
    before = hall.devices[1].secret
    hall.tell("line", SHUT)
    hall.pass_s(60)
    assert hall.states() == {"counter-03": "committed", "counter-04": "committed"}
    assert hall.devices[1].secret != before


@pytest.mark.parametrize("under_way_s", [0, 1])
@pytest.mark.parametrize("dies_after_s", [0, 1, 3, 10, 40])
def test_a_replacement_comes_between_what_is_under_way_and_both_end_well(
    hall: Guarded, under_way_s: int, dies_after_s: int
) -> None:
    hall.ask("secret_start", boards=["counter-04", "spare-02"])
    hall.pass_s(under_way_s)
    assert hall.update["plan"]["state"] == "running"
    assert hall.ask("replace", board="counter-03")["st"] == "accepted"
    hall.pass_s(dies_after_s)
    hall.start("run2")
    hall.pass_s(400)
    assert hall.devices[1].name == "counter-03"
    assert hall.states() == {"counter-04": "committed", "spare-02": "committed"}
    assert all(b.inside for b in hall.devices[1:])
    assert not (hall.paths.workshop / "plan-aside.json").exists()


@pytest.mark.parametrize(
    ("ask", "fields", "why"),
    [
        ("replace", {"board": "ghost"}, "unknown_board"),
        ("replace", {"board": "counter-04"}, "alive"),
        ("replace", {}, "bad_payload"),
        ("replace", {"board": "counter-03", "spare": "counter-04"}, "no_spare"),
        ("replace", {"board": "counter-03", "spare": "ghost"}, "unknown_board"),
        ("replace", {"board": "counter-03", "spare": "spare-02"}, "foreign"),
        ("rename", {"board": "ghost", "to": "x"}, "unknown_board"),
        ("rename", {"board": "counter-04", "to": "Counter 4"}, "bad_id"),
        ("rename", {"board": "counter-04", "to": "console"}, "bad_id"),
        ("rename", {"board": "counter-04", "to": "spare-01"}, "duplicate"),
        ("rename", {"board": "counter-03", "to": "x"}, "absent"),
        ("rename", {"board": "counter-04"}, "bad_payload"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    hall: Guarded, ask: str, fields: dict[str, object], why: str
) -> None:
    answer = hall.ask(ask, **fields)
    assert (answer["st"], answer["why"]) == ("refused", why)
    assert answer["text_id"]
    hall.pass_s(5)
    assert hall.wishes == []


def test_a_name_that_the_hall_itself_has_is_refused_with_the_names_it_has(hall: Guarded) -> None:
    answer = hall.ask("rename", board="counter-04", to="gw")
    for text in ("text_id", "text_en"):
        assert "gw, console, cli, gpio, workshop, probe" in answer[text]


def test_without_a_spare_that_is_on_there_is_a_way_out(hall: Guarded) -> None:
    dead(hall.devices[1])
    hall.start("run2")
    answer = hall.ask("replace", board="counter-03")
    assert answer["why"] == "no_spare"
    assert "loket board replace counter-03 --port" in answer["text_en"]
    assert hall.ask("replace", board="counter-03", spare="spare-01")["why"] == "absent"


def test_a_replacement_that_is_stopped_before_the_spare_had_anything_is_undone(
    hall: Guarded,
) -> None:
    broken, spare = hall.devices[:2]
    spare.deaf = True
    hall.ask("replace", board="counter-03")
    hall.pass_s(2)
    assert hall.honoured["counter-03"] != broken.secret
    assert hall.ask("update_stop")["st"] == "accepted"
    hall.pass_s(5)
    assert hall.honoured["counter-03"] == broken.secret  # it may be plugged in again
    assert moves(hall) == []
    assert hall.ask("update_go")["st"] == "accepted"  # too late for this one
    spare.deaf = False
    hall.pass_s(200)
    assert (spare.name, spare.inside) == ("spare-01", True)
    assert hall.honoured["counter-03"] == broken.secret


def test_on_a_full_disk_a_replacement_is_refused_and_may_be_asked_for_again(
    hall: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    broken = hall.devices[0]
    with monkeypatch.context() as while_full:
        while_full.setattr("gateway.workshop.moves.write_private", full)
        answer = hall.ask("replace", board="counter-03")
        assert (answer["st"], answer["why"]) == ("refused", "failed")
    hall.pass_s(5)
    assert hall.honoured["counter-03"] == broken.secret
    assert hall.ask("replace", board="counter-03")["st"] == "accepted"
    with monkeypatch.context() as while_full:
        while_full.setattr("gateway.workshop.moves.write_private", full)
        hall.pass_s(20)
    hall.pass_s(60)
    assert hall.devices[1].name == "counter-03"
    assert moves(hall) == []


def test_without_a_gateway_nothing_is_begun_that_would_be_done_an_hour_later(
    hall: Guarded,
) -> None:
    for state in ("lost", "ready"):
        said = json.dumps({"s": state, "epoch": 1}).encode()
        hall.program.message(Message(topics.GW_STATE, said, True), hall.now)
        answer = hall.ask("replace", board="counter-03")
        assert answer.get("why") == ("no_gateway" if state == "lost" else None)
        assert bool(hall.wishes) == (state == "ready")


def test_on_a_full_disk_what_waits_for_the_evening_is_not_put_aside_for_a_replacement(
    hall: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    hall.tell("line", OPEN)
    assert hall.ask("secret_start", boards=["counter-04"])["st"] == "accepted"
    hall.pass_s(2)
    with monkeypatch.context() as while_full:
        while_full.setattr("gateway.workshop.updates.write_private", full)
        assert hall.ask("replace", board="counter-03")["why"] == "failed"
    hall.pass_s(5)
    assert hall.ask("replace", board="counter-03")["st"] == "accepted"
    hall.pass_s(60)
    assert hall.update["plan"]["kind"] == "secret"
    hall.tell("line", SHUT)
    hall.pass_s(60)
    assert hall.states() == {"counter-04": "committed"}
