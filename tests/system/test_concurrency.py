"""Sixty-four counters press `next` at the same moment, a hundred times, at a real gateway.

Some boards send the same press twice at once, some send it again when they have been answered.
Afterwards the journal is read: every number called once, in order, and what each board was told
is what happened.
"""

import json
import selectors
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.domain import Hall, decode_event, evolve
from gateway.journal import read_events
from tests.bench.load import LoadBoard
from tests.domain.invariants import check
from tests.support.rig import Rig, register_board

COUNTERS = 64
TAKERS = 16
ROUNDS = 100
_ANSWERED_WITHIN_S = 20.0


class OneOf(LoadBoard):
    """A board that presses when told and keeps all its receipts, by seq."""

    def __init__(self, rig: Rig, board: str, secret: str, press: dict[str, object]) -> None:
        super().__init__(rig.settings.mqtt_port, board, secret, lambda: press)
        self.pressing = False
        self.receipts: dict[int, dict[str, Any]] = {}
        self.repeats = 0  # answers to presses that had been answered

    def take_receipt(self, payload: bytes) -> None:
        receipt = json.loads(payload)
        first = self.receipts.setdefault(receipt["seq"], receipt)
        self.repeats += first is not receipt
        assert first == receipt, "a repeat got another answer than the first"


class Crowd:
    """Boards that press together, and are waited for together."""

    def __init__(self, boards: list[OneOf]) -> None:
        self.boards = boards
        self._selector = selectors.DefaultSelector()
        for board in boards:
            self._selector.register(board.socket, selectors.EVENT_READ, board)

    def press(self, number: int) -> None:
        """Let all press at one moment (an eighth of them twice) and wait until all are answered."""
        for board in self.boards:
            board.make_press()
        for n, board in enumerate(self.boards):
            board.send_again()
            if (n + number) % 8 == 0:
                board.send_again()
        self.wait(lambda board: board.seq in board.receipts)

    def press_again(self, number: int) -> None:
        """Let an eighth of them repeat their last press, which was answered."""
        for n, board in enumerate(self.boards):
            if (n + number) % 8 == 4:
                board.send_again()

    def wait(self, done: Any) -> None:
        """Read until `done` holds of every board."""
        give_up = time.monotonic() + _ANSWERED_WITHIN_S
        while not all(done(board) for board in self.boards):
            for key, _ in self._selector.select(0.2):
                key.data.read()
            assert time.monotonic() < give_up, "a board was not answered"

    def close(self) -> None:
        for board in self.boards:
            board.socket.close()
        self._selector.close()


def _site(file: Path, queues: dict[str, str]) -> Path:
    lines = [
        "[site]", 'id = "crowd"', 'name = "Crowd"', 'zone = "Asia/Jakarta"', "sign_in = false",
        "next_lock_ms = 0", "[hours]", 'open = "always"',
        "[[agencies]]", 'id = "a"', 'name = "A"',
    ]  # fmt: skip
    for prefix, policy in queues.items():
        lines += ["[[queues]]", f'prefix = "{prefix}"', f'name = "{prefix}"', 'agency = "a"']
        lines += [f'policy = "{policy}"', 'numbers = "1-9000"', 'lease_numbers = "9001-9999"']
    served = json.dumps(list(queues))
    for number in range(1, COUNTERS + 1):
        lines += ["[[counters]]", f"number = {number}", f"queues = {served}"]
    file.write_text("\n".join(lines) + "\n")
    return file


# Which queues, and what the boards that give numbers ask for.
HALLS: dict[str, tuple[dict[str, str], list[dict[str, object]]]] = {
    "one queue": ({"A": "ratio 3:1"}, [{"queue": "A"}]),
    "two queues and classes": (
        {"A": "ratio 2:1", "B": "strict"},
        [
            {"queue": "A"}, {"queue": "A", "class": "elderly"},
            {"queue": "B"}, {"queue": "B", "class": "disabled"},
        ],
    ),
}  # fmt: skip


@pytest.fixture(params=list(HALLS))
def crowds(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Rig, Crowd, Crowd]]:
    queues, kinds = HALLS[request.param]
    rig = Rig(tmp_path / "home", _site(tmp_path / "site.toml", queues))
    takers = [f"t-{n}" for n in range(TAKERS)]
    secrets = {board: register_board(rig.settings, board, "ticket") for board in takers}
    for n in range(1, COUNTERS + 1):
        secrets[f"c-{n}"] = register_board(rig.settings, f"c-{n}", "counter", n)
    with rig:
        taking = Crowd(
            [
                OneOf(rig, board, secrets[board], {"ev": "take", **kinds[n % len(kinds)]})
                for n, board in enumerate(takers)
            ]
        )
        calling = Crowd(
            [
                OneOf(rig, f"c-{n}", secrets[f"c-{n}"], {"ev": "next"})
                for n in range(1, COUNTERS + 1)
            ]
        )
        yield rig, taking, calling
        taking.close()
        calling.close()


@pytest.mark.timeout(120)
def test_64_counters_press_next_at_the_same_moment_a_hundred_times(
    crowds: tuple[Rig, Crowd, Crowd],
) -> None:
    rig, taking, calling = crowds
    for number in range(ROUNDS):
        for again in range(COUNTERS // TAKERS):
            taking.press(number + again)
        if number:
            calling.press_again(number)  # late repeats, among the new presses
        calling.press(number)
        if number == ROUNDS // 2:
            calling.press(number)  # once with nobody waiting: all are told so
    events = read_events(rig.settings.paths.journal)
    _check_calls(events)
    _check_told(events, taking, calling)
    hall = Hall()
    for body in events:
        evolve(hall, decode_event(body))
    check(hall)
    assert sum(board.repeats for board in calling.boards) > ROUNDS, "hardly any press was repeated"


def _check_calls(events: list[dict[str, Any]]) -> None:
    """Every number was called once, without a gap, and each class of each queue in its order."""
    issued = [e for e in events if e["kind"] == "ticket_issued"]
    called = [e["ticket"] for e in events if e["kind"] == "ticket_called"]
    assert len(called) == COUNTERS * ROUNDS
    assert max(Counter(called).values()) == 1, "a number was called twice"
    assert set(called) == {e["ticket"] for e in issued}, "a number was never called"
    numbers: dict[str, list[int]] = {}
    lanes: dict[tuple[str, bool], list[str]] = {}
    lane_of: dict[str, tuple[str, bool]] = {}
    for e in issued:
        lane = e["queue"], "klass" in e
        numbers.setdefault(e["queue"], []).append(e["number"])
        lanes.setdefault(lane, []).append(e["ticket"])
        lane_of[e["ticket"]] = lane
    for queue, given in numbers.items():
        assert given == list(range(1, len(given) + 1)), f"numbers of {queue} have a gap"
    for lane, tickets in lanes.items():
        assert [t for t in called if lane_of[t] == lane] == tickets, f"{lane}: out of order"


def _check_told(events: list[dict[str, Any]], taking: Crowd, calling: Crowd) -> None:
    """What each board was told is what the journal says, press by press."""
    for n, board in enumerate(calling.boards, 1):
        mine = [e for e in events if e.get("counter") == n]
        calls = [e["ticket"] for e in mine if e["kind"] == "ticket_called"]
        ends = [e["ticket"] for e in mine if e["kind"] == "ticket_ended"]
        told = [board.receipts[seq] for seq in range(1, board.seq + 1)]
        assert [r["ticket"] for r in told if r["ticket"]] == calls
        assert [r["done"]["ticket"] for r in told if r["done"]] == ends
        assert {r["why"] for r in told if not r["ticket"]} == {"nobody_waiting"}
        assert len(told) == ROUNDS + 1
    issued = [e for e in events if e["kind"] == "ticket_issued"]
    for board in taking.boards:
        given = [e["ticket"] for e in issued if e["board"] == board.board]
        told = [board.receipts[seq] for seq in range(1, board.seq + 1)]
        assert [r["ticket"] for r in told] == given
