"""A board at a port, a hall that registers boards, and what `flash()` reports."""

import json
import threading
from collections.abc import Callable

import pytest

from boards.virtual.usb import UsbBoard
from gateway.config import Paths
from gateway.fleet.flash.flash import flash
from gateway.fleet.flash.ports import UsbPort
from gateway.fleet.flash.texts import PLEASE, STEPS, FlashError
from gateway.fleet.flash.wish import Flashed, FlashWish

WISH = FlashWish(
    "counter-03", "counter_led", "127.0.0.1", 1, counter=3, settle_s=0, reset_s=10,
    wifi=(("Gerai", "rahasia sekali"),),
)  # fmt: skip


class Hall:
    """A hall that is closed, but registers boards; `secrets` has the valid ones."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.enrolled: list[tuple[str, str, int | None]] = []
        self.lives: list[int | None] = []
        self.shown: list[str] = []

    def honours(self, board: str, secret: str) -> bool:
        return self.secrets.get(board) == secret

    def enrol(self, wish: FlashWish, role: str, secret: str) -> None:
        self.secrets[wish.board] = secret
        self.enrolled.append((wish.board, role, wish.counter))

    def life(self, board: str) -> int | None:
        return self.lives.pop(0) if self.lives else None

    def show(self, board: str) -> None:
        self.shown.append(board)


class Bench:
    """A board at a port, the hall, and what was reported."""

    def __init__(self, paths: Paths, board: UsbBoard) -> None:
        self.board = board
        self.hall = Hall()
        self.paths = paths
        self.steps: list[str] = []
        self.stop = threading.Event()
        self.at: dict[str, threading.Event] = {}  # set when a step is under way
        # Called when a step begins. Somebody sits there to press RESET: an interrupt in the midst
        # of an allocation hangs the unix port of MicroPython now and then.
        self.on: dict[str, Callable[[], object]] = {"reset": board.reset}

    def report(self, step: str, done: int, of: int) -> None:
        assert step in STEPS or step in PLEASE
        assert 0 <= done <= max(of, done if not of else 0)
        if self.steps[-1:] != [step]:
            self.steps.append(step)
            self.on.get(step, bool)()
        if step in self.at:
            self.at[step].set()

    def flash(self, wish: FlashWish = WISH) -> Flashed:
        self.steps.clear()
        port = UsbPort(self.board.port)
        return flash(wish, port, self.paths, self.hall, self.report, self.stop.is_set)

    def fails(self, code: str, wish: FlashWish = WISH) -> FlashError:
        with pytest.raises(FlashError) as caught:
            self.flash(wish)
        assert caught.value.code == code, caught.value
        assert caught.value.text_id
        assert caught.value.text_en
        return caught.value

    def files(self) -> dict[str, bytes]:
        """The flash as it is now; its power is cut for that."""
        self.board.power_cut()
        try:
            return self.board.files()
        finally:
            self.board.power_on()

    def erase(self) -> None:
        """Make it a blank board."""
        self.board.power_cut()
        self.board.image.write_bytes(b"\xff" * self.board.image.stat().st_size)
        self.board.power_on()

    def settings_file(self) -> dict[str, bytes]:
        """Give the settings as they are now; its power is cut for that."""
        return {"settings.json": self.files()["settings.json"]}

    def settings(self) -> dict[str, object]:
        return dict(json.loads(self.files()["settings.json"]))
