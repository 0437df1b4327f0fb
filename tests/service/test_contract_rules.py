"""The contract's rules at the writer: late, repeated, malformed, not allowed; commit first."""

import json
from typing import Any

import pytest

from firmware.wire import codec, topics, words
from gateway.journal import JournalError, read_events
from tests.service.conftest import Desk


def test_a_take_and_a_call_are_answered_and_shown(desk: Desk) -> None:
    assert desk.press("ticket-01", 1, "take", queue="A") == {
        "boot": 1, "seq": 1, "st": "accepted", "ticket": "A001", "queue": "A", "ahead": 0,
        "wait_s": pytest.approx([0, 600], abs=600),
    }  # fmt: skip
    receipt = desk.press("counter-01", 1, "next", has="")
    assert (receipt["st"], receipt["ticket"], receipt["done"]) == ("accepted", "A001", None)
    (face,) = desk.faces("counter-01")
    assert (face["state"], face["text"], face["ticket"]) == ("called", "A001", "A001")
    assert face["epoch"] == desk.writer.epoch
    assert not desk.faces("counter-02")  # nothing changed there


def test_faces_leave_before_receipts_so_that_glass_is_soonest(desk: Desk) -> None:
    desk.press("ticket-01", 1, "take", queue="A")
    desk.press("counter-01", 1, "next")
    leaves = [out.topic.split("/", 3)[3] for out in desk.out]
    assert leaves == [topics.DN_FACE, topics.DN_RECEIPT]
    assert [out.retain for out in desk.out] == [True, False]


def test_nothing_is_said_before_it_is_on_disk(desk: Desk) -> None:
    desk.hear("ticket-01", {"boot": 1, "seq": 1, "t_ms": desk.mono_ms, "ev": "take", "queue": "A"})
    assert not [k for k, _ in _events(desk) if k == "ticket_issued"]
    desk.commit()
    assert [k for k, _ in _events(desk)].count("ticket_issued") == 1
    assert desk.receipts("ticket-01")


def test_when_the_disk_refuses_nothing_is_said_and_a_restart_has_the_old_state(desk: Desk) -> None:
    desk.press("ticket-01", 1, "take", queue="A")
    desk.journal.close()  # every further write fails, as on a full disk
    desk.hear("counter-01", {"boot": 1, "seq": 1, "t_ms": desk.mono_ms, "ev": "next"})
    with pytest.raises(JournalError):
        desk.commit()
    desk.open()
    assert desk.writer.hall.tickets["A001"].state == "waiting"
    assert desk.press("counter-01", 1, "next")["ticket"] == "A001"


@pytest.mark.parametrize("restarted", [False, True])
def test_a_repeat_changes_nothing_and_gets_the_first_answer(desk: Desk, restarted: bool) -> None:
    desk.press("ticket-01", 1, "take", queue="A")
    desk.press("ticket-01", 2, "take", queue="A")
    first = desk.press("counter-01", 5, "next")
    desk.pass_ms(2_000)
    if restarted:
        desk.restart()
    before = len(_events(desk))
    again = desk.press("counter-01", 5, "recall")  # other fields of a repeat are ignored
    assert again == first
    assert not desk.faces("counter-01")
    assert len(_events(desk)) == before


@pytest.mark.parametrize("restarted", [False, True])
def test_refusals_and_lates_are_first_answers_too(desk: Desk, restarted: bool) -> None:
    refused = desk.press("counter-01", 1, "next")
    assert (refused["st"], refused["why"]) == ("refused", "nobody_waiting")
    desk.pass_ms(10_000)
    late = desk.send(
        "counter-01", {"boot": 1, "seq": 2, "t_ms": desk.mono_ms - 4_000, "ev": "next"}
    )
    assert late == {"boot": 1, "seq": 2, "st": "late"}
    desk.press("ticket-01", 1, "take", queue="A")
    if restarted:
        desk.restart()
    assert desk.press("counter-01", 1, "next") == refused
    assert desk.press("counter-01", 2, "next") == late
    assert desk.writer.hall.tickets["A001"].state == "waiting"


def test_only_the_last_64_answers_of_a_board_are_remembered(desk: Desk) -> None:
    for seq in range(1, 67):
        desk.press("counter-01", seq, "next")
    desk.press("ticket-01", 1, "take", queue="A")
    assert desk.press("counter-01", 3, "next")["why"] == "nobody_waiting"  # remembered
    assert desk.press("counter-01", 1, "next")["ticket"] == "A001"  # forgotten, so new
    assert desk.press("counter-01", 2**53 - 1, "recall")["st"] == "accepted"


def test_two_boards_with_the_same_seq_are_two_presses(desk: Desk) -> None:
    for seq in (1, 2):
        desk.press("ticket-01", seq, "take", queue="A")
    calls = {desk.press(board, 1, "next")["ticket"] for board in ("counter-01", "counter-02")}
    assert calls == {"A001", "A002"}


def test_orders_of_another_life_are_late_and_facts_are_not(desk: Desk) -> None:
    desk.writer.lives.begin("counter-01", 9)
    desk.writer.lives.begin("ticket-01", 9)
    assert desk.press("counter-01", 1, "next", boot=8)["st"] == "late"
    assert desk.press("ticket-01", 1, "take", boot=9, queue="A")["st"] == "accepted"
    fact = desk.press("ticket-01", 2, "paper", boot=8, ticket="A001", ok=True)
    assert fact["st"] != "late"


def test_a_fact_from_an_hour_ago_is_still_a_fact(desk: Desk) -> None:
    desk.press("ticket-01", 1, "hello")
    desk.pass_ms(4_000_000)
    touch = {"boot": 1, "seq": 2, "t_ms": desk.mono_ms - 3_600_000, "ev": "touch", "n": 4}
    assert desk.send("ticket-01", touch)["st"] == "accepted"


def test_all_facts_of_an_outage_count(desk: Desk) -> None:
    # The board restarted since, and so did we: nothing is known about that boot's clock.
    for seq, t_ms in enumerate((1_000, 200_000, 900_000), start=1):
        touch = {"boot": 7, "seq": seq, "t_ms": t_ms, "ev": "touch", "n": 1}
        assert desk.send("ticket-01", touch)["st"] == "accepted"
    assert desk.writer.hall.touches["ticket-01"] == 3


_GOOD = {"boot": 1, "seq": 1, "t_ms": 50_000, "ev": "next"}


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (b"", "payload"),
        (b"\xff\xfe", "payload"),
        (b"[]", "payload"),
        (b'{"boot":1,', "payload"),
        (b"[" * 500, "payload"),
        (b'{"ev":"' + b"x" * 600 + b'"}', "payload"),
        ({}, "boot"),
        ({**_GOOD, "boot": "1"}, "boot"),
        ({**_GOOD, "boot": True}, "boot"),
        ({**_GOOD, "boot": 2**31}, "boot"),
        ({**_GOOD, "seq": 0}, "seq"),
        ({**_GOOD, "seq": 1.0}, "seq"),
        ({**_GOOD, "seq": 2**53}, "seq"),
    ],
)
def test_without_an_identity_it_is_answered_without_one(
    desk: Desk, payload: Any, field: str
) -> None:
    before = len(_events(desk))
    receipt = desk.send("counter-01", payload)
    assert (receipt["st"], receipt["why"], receipt["boot"], receipt["seq"]) == (
        "refused", "bad_payload", None, None,
    )  # fmt: skip
    assert receipt["detail"].startswith(field + ":")
    assert desk.bad("counter-01") == {"bad_payload": 1}
    assert len(_events(desk)) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"t_ms": None}, "t_ms"),
        ({"t_ms": -1}, "t_ms"),
        ({"ev": 5}, "ev"),
        ({"ev": "explode"}, "ev"),
        ({"queue": 7}, "queue"),
        ({"has": "A" * 9}, "has"),
        ({"has": "A\u0007"}, "has"),
        ({"ev": "transfer"}, "queue"),
        ({"ev": "reinstate", "ticket": ""}, "ticket"),
        ({"ev": "done", "services": "ktp"}, "services"),
        ({"t_ms": 50_000 + 60_001}, "t_ms"),
    ],
)
def test_a_wrong_field_is_named_to_its_sender_and_the_answer_is_remembered(
    desk: Desk, change: dict[str, Any], field: str
) -> None:
    desk.send("counter-01", {**_GOOD, "seq": 99, "ev": "hello"})
    receipt = desk.send("counter-01", {**_GOOD, **change})
    assert (receipt["st"], receipt["why"], receipt["seq"]) == ("refused", "bad_payload", 1)
    assert receipt["detail"].startswith(field + ":")
    assert desk.send("counter-01", _GOOD) == receipt


def test_a_role_may_do_only_its_own(desk: Desk) -> None:
    for board, event in (
        ("counter-01", {"ev": "take", "queue": "A"}),
        ("ticket-01", {"ev": "next"}),
        ("counter-02", {"ev": "rate", "score": 4}),
        ("ticket-01", {"ev": "count", "in": 1, "out": 0}),
    ):
        receipt = desk.send(board, {**_GOOD, **event})
        assert (receipt["st"], receipt["why"]) == ("refused", "not_allowed")
        assert desk.bad(board)["not_allowed"]


def test_an_unknown_board_is_answered_and_counted(desk: Desk) -> None:
    receipt = desk.send("stranger", _GOOD)
    assert (receipt["st"], receipt["why"]) == ("refused", "unknown_board")
    assert desk.bad("stranger") == {"unknown_board": 1}


def test_unknown_fields_are_ignored(desk: Desk) -> None:
    desk.press("ticket-01", 1, "take", queue="A", colour="blue", nested={"a": [1, 2]})
    assert desk.writer.hall.tickets["A001"].state == "waiting"


def test_has_that_does_not_hold_refuses_and_changes_nothing(desk: Desk) -> None:
    desk.press("ticket-01", 1, "take", queue="A")
    desk.press("ticket-01", 2, "take", queue="A")
    desk.press("counter-01", 1, "next", has="")
    receipt = desk.press("counter-01", 2, "next", has="")  # the other officer was quicker
    assert (receipt["st"], receipt["why"]) == ("refused", "wrong_state")
    assert desk.writer.hall.tickets["A001"].state == "called"
    assert desk.press("counter-01", 3, "next", has="A001")["ticket"] == "A002"


def test_a_console_sends_the_same_commands_and_a_stale_click_is_late(desk: Desk) -> None:
    desk.press("ticket-01", 1, "take", queue="A")
    stale = desk.send("console", {"key": "k1", "ev": "next", "counter": 2, "age_ms": 3_001})
    assert stale == {"key": "k1", "st": "late"}
    fresh = desk.send("console", {"key": "k2", "ev": "next", "counter": 2, "age_ms": 40})
    assert (fresh["key"], fresh["st"], fresh["ticket"]) == ("k2", "accepted", "A001")
    assert desk.faces("counter-02")[0]["text"] == "A001"  # and the board there shows it
    assert desk.send("console", {"key": "k2", "ev": "recall", "counter": 2}) == fresh
    assert desk.send("console", {"ev": "next", "counter": 2})["why"] == "bad_payload"
    unknown = desk.send("console", {"key": "k3", "ev": "next", "counter": 77})
    assert (unknown["st"], unknown["why"]) == ("refused", "unknown_counter")


def test_a_board_with_a_printer_reserves_until_the_paper_is_out(desk: Desk) -> None:
    desk.writer.presence.of("ticket-01").caps = ("printer",)
    desk.press("ticket-01", 1, "take", queue="A")
    assert desk.press("counter-01", 1, "next")["why"] == "nobody_waiting"
    desk.press("ticket-01", 2, "paper", ticket="A001", ok=True)
    assert desk.press("counter-01", 2, "next")["ticket"] == "A001"


def test_a_board_is_added_with_a_hash_and_never_with_a_secret(desk: Desk) -> None:
    wish = {"key": "k", "ev": "board_add", "board": "counter-09", "role": "counter", "counter": 1}
    refused = desk.send("cli", {**wish, "secret_hash": "my secret in plain sight"})
    assert refused["detail"].startswith("secret_hash:")
    for name in ("gw", "console", "cli", "probe", "Counter", "a/b", "a+b", "x" * 33):
        refused = desk.send(
            "cli", {**wish, "key": name, "board": name, "secret_hash": "$7$101$YWFhYWFhYWE=$YQ=="}
        )
        assert refused["why"] == "bad_payload", name
    assert "counter-09" not in desk.writer.hall.boards


def test_the_time_from_press_to_glass_is_kept_by_the_boards_own_clock(desk: Desk) -> None:
    desk.press("ticket-01", 1, "take", queue="A")
    desk.press("counter-01", 1, "next")
    (face,) = desk.faces("counter-01")
    pressed_ms = desk.mono_ms
    epoch, rev = face["epoch"], face["rev"]
    desk.writer.on_glass("counter-01", epoch - 1, rev, pressed_ms + 99, desk.utc_ms)  # not ours
    desk.writer.on_glass("counter-01", epoch, rev, pressed_ms + 17, desk.utc_ms)
    desk.writer.on_glass("counter-01", epoch, rev, pressed_ms + 99, desk.utc_ms)  # again
    desk.writer.flush_glass()
    desk.commit()
    rows = desk.journal._db.execute("SELECT board, press_to_glass_ms FROM glass").fetchall()
    assert rows == [("counter-01", 17)]


def test_a_restart_has_the_same_hall_and_a_new_epoch(desk: Desk) -> None:
    for seq in range(1, 6):
        desk.press("ticket-01", seq, "take", queue="A")
    desk.press("counter-01", 1, "next")
    desk.press("counter-02", 1, "next")
    desk.press("counter-02", 2, "start")
    before, epoch = desk.writer.hall, desk.writer.epoch
    desk.restart()
    assert desk.writer.hall == before
    assert desk.writer.epoch > epoch
    face = desk.writer.faces.republish(desk.writer.hall, "counter-01", desk.utc_ms)
    assert face is not None
    assert json.loads(face.payload)["text"] == "A001"


def test_every_answer_to_a_board_fits_its_limit(desk: Desk) -> None:
    for seq in range(1, 40):
        desk.hear("counter-01", {**_GOOD, "seq": seq, "ev": "x" * 30})
    assert all(len(out.payload) <= codec.MAX_DOWN_BYTES for out in desk.commit())
    assert set(words.WHYS) >= {r["why"] for r in desk.receipts("counter-01")}


def _events(desk: Desk) -> list[Any]:
    return [(e["kind"], e) for e in read_events(desk.settings.paths.journal)]


def test_a_board_is_told_what_to_do_in_its_present_life(desk: Desk) -> None:
    wish = {"key": "k1", "ev": "board_cmd", "board": "counter-01", "cmd": "identify"}
    refused = desk.send("cli", wish)
    assert (refused["why"], refused["text"][:22]) == ("wrong_state", "papan tidak terhubung ")
    desk.writer.lives.begin("counter-01", 77)
    desk.writer.presence.of("counter-01").state = "ready"
    assert desk.send("cli", {**wish, "key": "k2"}) == {"key": "k2", "st": "accepted"}
    (out,) = [out for out in desk.out if out.topic.endswith(topics.DN_CMD)]
    assert (out.topic, out.retain) == (topics.of_board("counter-01", topics.DN_CMD), False)
    assert json.loads(out.payload) == {
        "id": "k2", "name": "identify", "arg": {}, "boot": 77, "ttl_ms": 5_000
    }  # fmt: skip
    assert desk.send("cli", {**wish, "key": "k2"})["st"] == "accepted"
    assert not [out for out in desk.out if out.topic.endswith(topics.DN_CMD)]  # told once
    assert desk.send("cli", {**wish, "key": "k3", "board": "x"})["why"] == "unknown_board"
    assert desk.send("cli", {**wish, "key": "k4", "cmd": "explode"})["why"] == "bad_payload"
    late = {**wish, "key": "k5", "age_ms": 4_000}
    assert desk.send("cli", late)["st"] == "late"


def test_a_hello_is_never_late(desk: Desk) -> None:
    desk.press("counter-01", 1, "hello")
    desk.pass_ms(60_000)
    late = {"boot": 1, "seq": 2, "t_ms": desk.mono_ms - 30_000, "ev": "hello"}
    assert desk.send("counter-01", late)["st"] == "accepted"
