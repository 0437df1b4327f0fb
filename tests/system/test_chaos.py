"""Kill -9 of anything, at any moment, under load: no ticket is lost and none is called twice.

Boards spoken by hand press as real ones do: the same order is resent until its receipt, for 5 s
at most. Everything they were told must be in the journal, and the journal must make sense.
"""

import json
import os
import random
import signal
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware.wire import topics, words
from gateway.bus import no_delay
from gateway.domain import Hall, decode_event, evolve
from gateway.journal import read_events
from tests.support.hall_run import HallRun, hall
from tests.support.rig import register_board
from tests.support.tools import wait_for

KILLS = 50
SEED = 20_261_121
RESEND_S = 0.5
PAUSE_S = 0.1  # between two presses of a board: a queue has 699 numbers
TARGETS = ("gateway.service", "mosquitto", "web_console", "boards/virtual/board.py")


class PatientBoard(threading.Thread):
    """A board that presses again and again, and resends each order until its receipt."""

    def __init__(
        self, run: HallRun, board: str, secret: str, presses: list[dict[str, Any]]
    ) -> None:
        super().__init__(name=board, daemon=True)
        self.board = board
        self.accepted: list[dict[str, Any]] = []
        self.answered = 0
        self.given_up = 0
        self._presses = presses
        self._boot = random.Random(board).getrandbits(31)
        self._done = threading.Event()
        self._receipts: dict[int, dict[str, Any]] = {}
        self._news = threading.Condition()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, board, protocol=mqtt.MQTTv311)
        self._client.username_pw_set(board, secret)
        self._client.reconnect_delay_set(0.1, 0.5)  # type: ignore[arg-type]
        self._client.on_socket_open = no_delay
        self._client.on_connect = lambda client, *_: client.subscribe(
            topics.of_board(board, topics.DN_RECEIPT), 1
        )
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", run.settings.mqtt_port)
        self._client.loop_start()

    def run(self) -> None:
        """Press until `finish`."""
        started = time.monotonic()
        seq = 0
        while not self._done.is_set():
            seq += 1
            t_ms = 1_000 + int((time.monotonic() - started) * 1_000)
            press = self._presses[seq % len(self._presses)]
            event = {"boot": self._boot, "seq": seq, "t_ms": t_ms, **press}
            receipt = self._until_receipt(seq, json.dumps(event))
            if receipt is None:
                self.given_up += 1
                continue
            self.answered += 1
            if receipt["st"] == words.ACCEPTED:
                self.accepted.append(receipt)
            self._done.wait(PAUSE_S)

    def finish(self) -> None:
        """Stop pressing and disconnect."""
        self._done.set()
        self.join(20)
        self._client.disconnect()
        self._client.loop_stop()

    def _until_receipt(self, seq: int, payload: str) -> dict[str, Any] | None:
        give_up = time.monotonic() + words.ORDER_GIVE_UP_MS / 1_000
        topic = topics.of_board(self.board, topics.UP_EVENT)
        while time.monotonic() < give_up:
            if self._client.is_connected():
                self._client.publish(topic, payload, 1)
            with self._news:
                if self._news.wait_for(lambda: seq in self._receipts, RESEND_S):
                    return self._receipts[seq]
        return None

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        receipt = json.loads(message.payload)
        with self._news:
            before = self._receipts.setdefault(receipt["seq"], receipt)
            self._news.notify_all()
        assert before == receipt, "a repeat got another answer than the first"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[HallRun]:
    command = [sys.executable, "-m", "gateway.cli", "run", "--demo"]
    with hall(command, tmp_path / "home") as running:
        yield running


@pytest.mark.timeout(240)
def test_fifty_kills_under_load_lose_no_ticket_and_call_none_twice(running: HallRun) -> None:
    boards = [
        _board(running, "load-t1", "ticket", [_take("A"), _take("B")]),
        _board(running, "load-t2", "ticket", [_take("C"), _take("E")]),
        *(_board(running, f"load-c{n}", "counter", [{"ev": "next"}], n) for n in (1, 2, 6)),
    ]
    for board in boards:
        board.start()
    dice = random.Random(SEED)
    killed: Counter[str] = Counter()
    for n in range(KILLS):
        if n % 3:  # two of three in the midst of the load, the third wherever recovery stands
            _answered_more(boards, by=3)
        time.sleep(dice.uniform(0.0, 0.4))  # the moment itself is what is tried at random
        target = TARGETS[n % len(TARGETS)]
        pid = wait_for(partial(_one, running, target, dice), 20, f"a {target} to kill")
        os.kill(pid, signal.SIGKILL)
        killed[target] += 1
    assert sum(killed.values()) == KILLS

    for board in boards:
        _answered_more([board], by=3)
    wait_for(lambda: _healthy(running), 30, "the console to be well")
    for board in boards:
        board.finish()

    events = read_events(running.settings.paths.journal)
    _check_order_of_things(events)
    _check_receipts(events, boards)
    state = Hall()
    for body in events:
        evolve(state, decode_event(body))
    issued = _tickets(events, "ticket_issued")
    assert sorted(issued) == sorted(state.tickets), "a ticket is in no state, or in two"
    assert sum(len(board.accepted) for board in boards) > 3 * KILLS, "there was hardly any load"


def _answered_more(boards: list[PatientBoard], by: int) -> None:
    """Wait until the boards have got so many more receipts, of whatever kind."""
    before = sum(board.answered for board in boards)
    what = f"answers to {', '.join(board.board for board in boards)}"
    wait_for(lambda: sum(board.answered for board in boards) >= before + by, 30, what)


def _check_order_of_things(events: list[dict[str, Any]]) -> None:
    """Each ticket is issued once and called once, and no counter holds two."""
    for kind in ("ticket_issued", "ticket_called"):
        twice = [t for t, n in Counter(_tickets(events, kind)).items() if n > 1]
        assert not twice, f"{kind} twice: {twice}"
    in_hand: dict[int, str] = {}
    for event in events:
        if event["kind"] == "ticket_called":
            assert event["counter"] not in in_hand, event
            in_hand[event["counter"]] = event["ticket"]
        elif event["kind"] == "ticket_ended":
            assert in_hand.pop(event["counter"]) == event["ticket"]


def _check_receipts(events: list[dict[str, Any]], boards: list[PatientBoard]) -> None:
    """Whatever a board was told is in the journal, and no two were told the same."""
    issued, called = _tickets(events, "ticket_issued"), _tickets(events, "ticket_called")
    taken = [r["ticket"] for b in boards if b.board.startswith("load-t") for r in b.accepted]
    calls = [
        r["ticket"]
        for b in boards
        if b.board.startswith("load-c")
        for r in b.accepted
        if r["ticket"] is not None
    ]
    assert len(set(taken)) == len(taken)
    assert set(taken) <= set(issued)
    assert len(set(calls)) == len(calls)
    assert set(calls) <= set(called)


def _tickets(events: list[dict[str, Any]], kind: str) -> list[str]:
    return [event["ticket"] for event in events if event["kind"] == kind]


def _take(queue: str) -> dict[str, Any]:
    return {"ev": "take", "queue": queue}


def _board(
    run: HallRun, board: str, role: str, presses: list[dict[str, Any]], counter: int | None = None
) -> PatientBoard:
    secret = register_board(run.settings, board, role, counter)
    return PatientBoard(run, board, secret, presses)


def _one(run: HallRun, target: str, dice: random.Random) -> int | None:
    found = []
    for pid in run.pids():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        except (FileNotFoundError, ProcessLookupError):
            continue  # just ended
        if target in command:
            found.append(pid)
    return dice.choice(found) if found else None


def _healthy(run: HallRun) -> bool:
    address = f"http://127.0.0.1:{run.settings.http_port}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
