"""The bridge between boards on cables and a real broker; the boards are real 32-bit MicroPython.

Each board hangs on a pair of terminals with a pump between that garbles, cuts and unplugs.
"""

import json
import os
import random
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import serial

from boards.virtual.glass import px
from boards.virtual.process import BoardProcess
from firmware.wire import topics
from firmware.wire.frames import frame
from gateway.config import Paths, Settings
from gateway.ports import claim, is_claimed, served_board
from tests.boards.scripted import Broker, ScriptedGateway, make_flash
from tests.support.cable import DOWN, UP, PtyCable, start_bridge
from tests.support.rig import stop
from tests.support.tools import wait_for


class Hall:
    """A broker, a bridge, and wired counter boards with a gateway that the test scripts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broker = Broker(folder)
        self.log = folder / "serial.log"
        self.bridge: subprocess.Popen[bytes] | None = None
        self._ends: list[Callable[[], object]] = []

    def start_bridge(self) -> None:
        """Start the bridge on whatever is plugged in."""
        env = {"LOKET_HOME": str(self.folder), "LOKET_MQTT_PORT": str(self.broker.port)}
        self.bridge = start_bridge(Settings.from_env(env), f"{self.folder}/usb*", self.log)

    def cable(self, name: str) -> PtyCable:
        """Give a cable that is plugged in."""
        cable = PtyCable(self.folder / f"usb-{name}")
        self._ends.append(cable.close)
        return cable

    def wired(self, name: str) -> "Wired":
        """Give a running board on a cable of its own, ready."""
        cable = self.cable(name)
        gateway = ScriptedGateway(self.broker.port, name)
        self._ends.append(gateway.close)
        gateway.config(next_lock_ms=0)
        gateway.face("--", "idle", "off")
        flash = make_flash(self.folder, name, "counter", self.broker.port, link=cable.link)
        board = Wired(flash, cable, gateway)
        self._ends.append(board.end)
        board.process.wait("state", s="ready", timeout_s=15)
        return board

    def said(self) -> str:
        """Give what the bridge has logged."""
        return self.log.read_text()

    def close(self) -> None:
        """End everything."""
        for end in reversed(self._ends):
            end()
        if self.bridge is not None:
            stop(self.bridge)
        self.broker.kill()


class Wired:
    """A counter board, its cable and its gateway; its presses call A001, A002 and so on."""

    def __init__(self, flash: Path, cable: PtyCable, gateway: ScriptedGateway) -> None:
        self.flash = flash
        self.cable = cable
        self.gateway = gateway
        self.called = 0
        self.answered: dict[tuple[int, int], str] = {}
        gateway.answer = self._answer
        self.process = BoardProcess(flash)

    def _answer(self, event: dict[str, Any]) -> dict[str, Any] | None:
        if event["ev"] != "next":
            return {}
        key = (event["boot"], event["seq"])
        if key not in self.answered:  # as the gateway does: a repeat gets the first answer
            self.called += 1
            self.answered[key] = f"A{self.called:03}"
        self.gateway.face(self.answered[key])
        self.gateway.receipt(event, ticket=self.answered[key], done=None)
        return None

    def end(self) -> None:
        """Take the power away."""
        self.process.kill()

    def press(self) -> None:
        """Press `next`, again if the last press is not over: then it is taken for a bounce."""
        for _ in range(20):
            self.process.press("next")
            with suppress(AssertionError):
                self.process.wait("edge", timeout_s=0.1)
                return
        raise AssertionError(f"no press is taken: {self.process.seen[-5:]}")

    def serves(self, timeout_s: float = 10.0) -> None:
        """Press, and see the next number on the glass."""
        self.press()
        self.process.wait("matrix", lambda see: see["px"] == px(f"A{self.called:03}"), timeout_s)
        # Until the receipt is there, too, presses are dropped.
        self.process.wait("lamp", lamp="next", show="off", timeout_s=timeout_s)


def _is_cut(cut: list[int]) -> bool:
    return cut[0] == 0


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path)
    yield hall
    hall.close()


def test_press_to_glass_over_a_wire(hall: Hall) -> None:
    hall.start_bridge()
    board = hall.wired("counter-01")
    for _ in range(5):
        board.serves()
    assert board.process.look()["free_bytes"] > 20_000
    board.process.do("off")
    board.gateway.state("gone")
    assert board.process.wait_end() == 0


def test_a_board_may_be_there_before_the_bridge(hall: Hall) -> None:
    cable = hall.cable("early")
    assert cable.port.exists()
    gateway = ScriptedGateway(hall.broker.port, "early")
    flash = make_flash(hall.folder, "early", "counter", hall.broker.port, link=cable.link)
    with BoardProcess(flash) as board:
        wait_for(lambda: cable.carried[UP] > 30, what="the board to ask")
        hall.start_bridge()
        board.wait("state", s="ready", timeout_s=20)
    gateway.close()


def test_bursts_of_garbage_both_ways_cost_time_and_nothing_else(hall: Hall) -> None:
    chance = random.Random(4)
    hall.start_bridge()
    board = hall.wired("counter-01")

    def meddle(way: str, data: bytes) -> bytes:
        fate = chance.random()
        at = chance.randrange(len(data))
        if fate < 0.1:
            return data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]
        if fate < 0.2:
            return data[:at] + chance.randbytes(chance.randrange(300)) + data[at:]
        if fate < 0.25:
            return data[:at]
        if fate < 0.3:
            return b"Traceback (most recent call last):\r\n~~~~\n" + data
        return data

    board.cable.meddle = meddle
    for _ in range(20):
        board.serves()
    board.cable.meddle = lambda way, data: data
    board.serves()
    assert board.called == 21


def test_pulled_out_within_a_byte_and_put_in_again(hall: Hall) -> None:
    hall.start_bridge()
    board = hall.wired("counter-01")
    for n in range(3):
        cut = [7 + 11 * n]

        def meddle(way: str, data: bytes, cut: list[int] = cut) -> bytes:
            if way == UP and cut[0] is not None:
                data, cut[0] = data[: cut[0]], 0
            return data

        board.cable.meddle = meddle
        board.press()
        wait_for(partial(_is_cut, cut), what="the press to be cut off")
        board.cable.unplug()
        # The broker tells of it at once: the bridge has closed the board's connection.
        board.gateway.state("lost", timeout_s=3)
        board.cable.meddle = lambda way, data: data
        board.cable.plug()
        board.gateway.state("ready", timeout_s=15)
        board.process.wait("state", s="ready", timeout_s=15)
        board.process.wait("lamp", lamp="next", show="off", timeout_s=10)
        board.serves()
    # Whatever became of the presses that were cut off: none counted twice.
    assert board.called <= 6
    assert "the port is gone" in hall.said()


def test_several_at_once_and_a_noisy_port_delays_nobody(hall: Hall) -> None:
    hall.start_bridge()
    noisy = hall.cable("noise")
    boards = [hall.wired(f"counter-0{n}") for n in range(1, 4)]
    noise = random.Random(5).randbytes(4_000)
    for _ in range(10):
        noisy.inject(UP, noise)
        for board in boards:
            board.serves(timeout_s=3)
    # Nor did it say a word to whoever makes the noise.
    assert noisy.carried[DOWN] == 0


def test_a_port_that_takes_nothing_delays_nobody(hall: Hall) -> None:
    hall.start_bridge()
    stuck, well = hall.wired("counter-01"), hall.wired("counter-02")
    stuck.cable.stall()
    # A request for a session that is not gets an answer: more of them than the line can hold.
    asked = bytes(frame(3, 1, 0, 0)) * 300
    for n in range(20):
        stuck.cable.inject(UP, asked)
        stuck.gateway.config(rev=n, text="x" * 1_500)
        well.serves(timeout_s=3)


def test_the_bridge_killed_and_started_again(hall: Hall) -> None:
    hall.start_bridge()
    board = hall.wired("counter-01")
    board.serves()
    assert hall.bridge is not None
    hall.bridge.kill()
    hall.bridge.wait()
    board.gateway.state("lost", timeout_s=3)
    board.press()  # into the void
    hall.start_bridge()
    board.gateway.state("ready", timeout_s=15)
    # The press is settled, one way or the other, and counted once if at all.
    board.process.wait("lamp", lamp="next", show="off", timeout_s=10)
    assert board.called <= 2
    board.serves()


def test_the_bridge_told_to_end_tells_the_boards(hall: Hall) -> None:
    hall.start_bridge()
    board = hall.wired("counter-01")
    assert hall.bridge is not None
    hall.bridge.terminate()
    assert hall.bridge.wait(5) == 0
    board.process.wait("state", s="lost", timeout_s=2)


def test_a_board_killed_and_started_again_is_a_new_life(hall: Hall) -> None:
    hall.start_bridge()
    board = hall.wired("counter-01")
    board.serves()
    board.process.kill()
    board.process = BoardProcess(board.flash)
    board.process.wait("state", s="ready", timeout_s=10)
    # No OPEN of the new life was taken for the old one's, and the old one's will was given.
    board.gateway.state("lost")
    board.gateway.state("ready")
    board.serves()
    assert board.called == 2


def test_the_largest_settings_reach_the_board_however_small_its_window(hall: Hall) -> None:
    hall.start_bridge()
    board = hall.wired("counter-01")
    for rev in range(2, 7):
        payload = {"rev": rev, "next_lock_ms": 0, "text": ""}
        room = 2_048 - len(json.dumps(payload))
        board.gateway.publish(topics.DN_CONFIG, {**payload, "text": "}" * room}, retain=True)
    board.gateway.wait(topics.UP_ABOUT, lambda about: about["settings_rev"] == 6)
    board.serves()


def test_without_any_board_the_log_says_where_one_is_looked_for(hall: Hall) -> None:
    hall.start_bridge()
    wanted = f"looking for boards at {hall.folder}/usb*"
    wait_for(lambda: wanted in hall.said(), what=wanted)


def test_a_broker_that_is_away_is_told_and_asked_again(hall: Hall) -> None:
    hall.start_bridge()
    board = hall.wired("counter-01")
    hall.broker.kill()
    board.process.wait("state", s="lost", timeout_s=3)
    wait_for(lambda: "cannot be reached" in hall.said(), what="the log to tell")
    hall.broker.start()
    board.process.wait("state", s="ready", timeout_s=15)


def test_what_a_board_prints_is_logged_and_no_binary_is(hall: Hall) -> None:
    hall.start_bridge()
    cable = hall.cable("dead")
    wait_for(lambda: "listening" in hall.said() if hall.log.exists() else False)
    # Printed by a program that died before it could say anything in frames.
    cable.inject(UP, b"ValueError: settings.json is not on this board\r\n\x01\x02")
    cable.inject(UP, b"\r\nMicroPython v1.25.0\r\n>>> ")
    wait_for(lambda: "MicroPython v1.25.0" in hall.said(), what="the log")
    assert "says: ValueError: settings.json is not on this board" in hall.said()
    assert "\x01" not in hall.said()


def test_a_flood_of_printed_lines_does_not_fill_the_log(hall: Hall) -> None:
    hall.start_bridge()
    cable = hall.cable("chatty")
    wait_for(lambda: hall.log.exists() and "listening" in hall.said())
    for n in range(200):
        cable.inject(UP, b"line %d\n" % n * 10)

    def answered() -> bool:
        cable.inject(UP, bytes(frame(3, 1, 0, 0)))
        return cable.carried[DOWN] > 0

    wait_for(answered, what="an answer after the flood")
    assert hall.said().count("says: line") <= 45


def test_a_port_that_another_program_has_is_told_once_and_tried_again(hall: Hall) -> None:
    import fcntl

    cable = hall.cable("taken")
    other = os.open(cable.port, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(other, fcntl.LOCK_EX)
    hall.start_bridge()
    wait_for(lambda: hall.log.exists() and "another program has" in hall.said())
    os.close(other)
    wait_for(lambda: "listening" in hall.said(), what="the bridge to have it")
    assert hall.said().count("another program has") == 1


def test_a_gentle_claim_leaves_a_board_that_is_served_alone(hall: Hall) -> None:
    hall.start_bridge()
    board, other = hall.wired("counter-1"), hall.wired("counter-2")
    board.serves()
    other.serves()
    paths, port = Paths(hall.folder), str(board.cable.port)
    wait_for(lambda: served_board(paths, port) == "counter-1", what="the board at the port")
    with claim(paths, port, gently=True), claim(paths, str(other.cable.port)):
        assert is_claimed(paths, port)
        assert not is_claimed(paths, port, serves=True)
        # Then it has looked at both.
        wait_for(lambda: "let go until it has done" in hall.said(), what="the bridge to let go")
        board.serves()
        wait_for(lambda: not served_board(paths, str(other.cable.port)), what="the other's end")
    assert hall.said().count("let go") == 1


def test_a_claimed_port_is_let_go_of_and_taken_back_afterwards(hall: Hall) -> None:
    hall.start_bridge()
    board = hall.wired("counter-1")
    board.serves()
    paths = Paths(hall.folder)
    with claim(paths, str(board.cable.port)):
        wait_for(lambda: "let go until it has done" in hall.said(), what="the bridge to let go")
        # pyserial's lock: nobody else may have it open, the bridge no more than another tool.
        with serial.Serial(str(board.cable.port), exclusive=True) as port:
            port.write(b"\r\n")
        board.process.wait("state", s="lost", timeout_s=15)
        assert hall.said().count("session opened") == 1
    board.process.wait("state", s="ready", timeout_s=20)
    board.serves()
