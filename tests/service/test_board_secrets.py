"""Secrets of boards at the gateway: new ones, what signs updates, spares; nothing of it is told."""

import json
from typing import Any

import pytest

from firmware.wire import topics
from gateway.config import ConfigError
from gateway.domain.hall import Board
from gateway.fleet.register import Register
from gateway.fleet.secrets import board_hashes, hash_secret
from gateway.fleet.settings import board_config
from gateway.fleet.update_keys import key_of, update_keys
from tests.service.conftest import Desk

HASH = hash_secret("another")
KEY = key_of("another")


def ask(desk: Desk, user: str = "workshop", **wish: Any) -> Any:
    """Give the receipt of a wish, held or not."""
    desk.hear(user, {"key": json.dumps(wish)[:60], **wish})
    out = desk.commit() + desk.writer.take_held()
    topic = topics.of_board(user, topics.DN_RECEIPT)
    return [json.loads(said.payload) for said in out if said.topic == topic][-1]


def rows(desk: Desk) -> list[str]:
    """Give the kinds of the journal's last events."""
    return [json.loads(body)["kind"] for _, body in desk.journal.events.after(0, 10_000)]


def test_a_new_secret_takes_the_place_of_the_old_one(desk: Desk) -> None:
    before = board_hashes(desk.settings.paths)["counter-01"]
    desk.writer.fleet_changed = False
    desk.hear(
        "workshop",
        {
            "ev": "board_secret",
            "board": "counter-01",
            "secret_hash": HASH,
            "update_key": KEY,
            "key": "1",
        },
    )
    assert not [out for out in desk.commit() if out.topic.endswith(topics.DN_RECEIPT)]
    # The receipt waits until the broker honours it.
    (held,) = desk.writer.take_held()
    assert json.loads(held.payload) == {"key": "1", "st": "accepted"}
    assert desk.writer.fleet_changed
    assert board_hashes(desk.settings.paths)["counter-01"] == HASH != before
    assert update_keys(desk.settings.paths) == {"counter-01": KEY}
    journal = (desk.settings.paths.home / "journal.sqlite3").read_bytes()
    journal += (desk.settings.paths.home / "journal.sqlite3-wal").read_bytes()
    assert b"board_replaced" in journal
    assert KEY.encode() not in journal
    assert HASH.encode() not in journal


def test_the_same_board_with_another_secret_leaves_no_trace_in_the_journal(desk: Desk) -> None:
    before = rows(desk)
    desk.writer.boards_changed = False
    wish: dict[str, Any] = {"ev": "board_secret", "board": "counter-01", "secret_hash": HASH}
    assert ask(desk, **wish, same=True)["st"] == "accepted"
    assert rows(desk) == before
    assert desk.writer.fleet_changed
    assert not desk.writer.boards_changed  # no other board has to be told anything
    # Without an update key nothing can be offered to it: an older one would be of no use.
    assert update_keys(desk.settings.paths) == {}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"board": "nobody", "secret_hash": HASH}, "unknown_board"),
        ({"board": "counter-01", "secret_hash": "x" * 20}, "bad_payload"),
        ({"board": "counter-01"}, "bad_payload"),
        ({"board": "counter-01", "secret_hash": HASH, "update_key": "z" * 64}, "bad_payload"),
        ({"board": "counter-01", "secret_hash": HASH, "update_key": "ab"}, "bad_payload"),
        ({"board": "console", "secret_hash": HASH}, "bad_payload"),
    ],
)
def test_a_wrong_one_changes_nothing(desk: Desk, fields: dict[str, Any], why: str) -> None:
    before = board_hashes(desk.settings.paths)
    desk.writer.fleet_changed = False
    receipt = ask(desk, ev="board_secret", **fields)
    assert (receipt["st"], receipt["why"]) == ("refused", why)
    assert board_hashes(desk.settings.paths) == before
    assert not desk.writer.fleet_changed


def test_a_retired_boards_update_key_is_deleted(desk: Desk) -> None:
    ask(desk, ev="board_secret", board="counter-01", secret_hash=HASH, update_key=KEY)
    ask(desk, ev="board_retire", board="counter-01")
    Register(desk.settings).apply(desk.writer.hall.boards)
    assert update_keys(desk.settings.paths) == {}


def test_a_spare_is_told_that_it_is_one(desk: Desk) -> None:
    for board, role in (("spare-01", "counter"), ("spare-02", "ticket"), ("spare-03", "rating")):
        wish: dict[str, Any] = {"ev": "board_add", "board": board, "role": role, "spare": True}
        assert ask(desk, **wish, secret_hash=HASH, update_key=KEY)["st"] == "accepted"
    hall = desk.writer.hall
    assert hall.boards["spare-01"] == Board("spare-01", "counter", None, True)
    face = desk.writer.faces.republish(hall, "spare-01", desk.utc_ms)
    assert face is not None
    assert json.loads(face.payload)["text"] == "CADANGAN"
    face = desk.writer.faces.republish(hall, "spare-02", desk.utc_ms)
    assert face is not None
    assert json.loads(face.payload)["queues"] == []
    config = json.loads(board_config(hall, hall.boards["spare-02"]))
    assert (config["queues"], config["labels"]["closed"]) == ([], "CADANGAN")
    assert "counter" not in json.loads(board_config(hall, hall.boards["spare-01"]))
    desk.restart()  # as the journal has it
    assert desk.writer.hall.boards["spare-01"].spare
    assert desk.press("spare-02", 1, "take", queue="A")["why"] == "not_allowed"
    assert desk.press("spare-02", 2, "hello")["st"] == "accepted"


def test_a_replaced_ticket_board_is_leased_other_numbers(desk: Desk) -> None:
    desk.writer.lease_due.clear()
    first = desk.writer.lease("ticket-01", ("A",), desk.utc_ms)
    assert "missing" not in first
    ask(desk, ev="board_secret", board="ticket-01", secret_hash=HASH)
    assert "ticket-01" in desk.writer.lease_due


@pytest.mark.parametrize("text", ['{"counter-01": "00', "[1]", '{"counter-01": 5}'])
def test_without_a_file_of_update_keys_the_hall_goes_on(
    desk: Desk, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = desk.settings.paths.secrets / "update_keys.json"
    file.write_text(text)
    Register(desk.settings).apply(desk.writer.hall.boards)
    wish: dict[str, Any] = {"ev": "board_secret", "board": "counter-01", "secret_hash": HASH}
    assert ask(desk, **wish, update_key=KEY)["st"] == "accepted"
    assert board_hashes(desk.settings.paths)["counter-01"] == HASH
    assert file.read_text() == text  # there may be a copy that is to be put back
    assert "update_keys.json cannot be read" in caplog.text
    with pytest.raises(ConfigError, match=r"update_keys\.json cannot be read"):
        update_keys(desk.settings.paths)
