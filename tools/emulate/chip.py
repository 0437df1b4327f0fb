"""A Raspberry Pi Pico in the emulator, with our firmware as bytecode on its flash.

with Chip(tmp_path, files={"settings.json": b"..."}) as chip:
    chip.boot()
    chip.run("print(1)")
"""

import json
import os
import queue
import select
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from boards.image import build_image
from tools.emulate.setup import BOOTROM, EMULATOR, FIRMWARE, HERE, node
from tools.setup.common import BIN

FILES_BYTES = 1_408 * 1_024  # of the Pico's 2 MB: boards/RPI_PICO of MicroPython
FILES_AT = 2 * 1_024 * 1_024 - FILES_BYTES
# What a miss of the flash cache costs: 12 clocks of the flash for address and waiting, 16 for a
# line of 8 bytes, at half the chip's clock (boot2_w25q080.S of the Pico's SDK), and some to begin.
FLASH_CYCLES = 60
_PROMPT = ">>> "
Seen = dict[str, Any]


class Chip:
    """One running chip with the firmware of `role`; `folder` is for its files.

    `files` go to its flash beside the firmware. `cs` is the pin that selects what hangs on SPI.
    With `slow_flash`, code that is not in the flash's cache is fetched first, as on the real chip.
    """

    def __init__(
        self,
        folder: Path,
        role: str = "counter",
        files: Mapping[str, bytes] | None = None,
        cs: int | None = None,
        slow_flash: bool = False,
    ) -> None:
        shutil.rmtree(folder / "files", ignore_errors=True)
        build_image(role, "rp2", folder / "files")
        for name, data in (files or {}).items():
            (folder / "files" / name).write_bytes(data)
        image = folder / "files.img"
        maker: list[str | Path] = [
            BIN / "micropython",
            "-X",
            "heapsize=16m",
            HERE / "flash_image.py",
        ]
        subprocess.run([*maker, folder / "files", image, str(FILES_BYTES)], check=True)
        words: list[str | Path] = [
            node(),
            HERE / "chip.mjs",
            BOOTROM,
            FIRMWARE,
            image,
            str(FILES_AT),
        ]
        if cs is not None:
            words.append(f"cs={cs}")
        if slow_flash:
            words.append(f"flash={FLASH_CYCLES}")
        self.words: list[Seen] = []  # what was seen on SPI
        self.uart: list[bytearray] = [bytearray(), bytearray()]
        self.said = bytearray()  # all that came over what is plugged in
        self.at_ns = 0.0  # when the last of all that was
        self.text = ""  # what came over USB and was not yet asked for
        self._seen: queue.Queue[Seen] = queue.Queue()
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "RP2040JS": str(EMULATOR)},
        )
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._plugged: tuple[int, int | None] = (-1, -1)  # terminal; UART, None: USB
        self._pump: threading.Thread | None = None
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._pump:
            self._pump.join()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def tell(self, do: str, **fields: object) -> None:
        """Give the emulator an order (see chip.mjs)."""
        assert self._process.stdin is not None
        with self._lock:
            self._process.stdin.write(json.dumps({"do": do, **fields}) + "\n")
            self._process.stdin.flush()

    def until(self, ready: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
        """Take in what the chip does until `ready()`; AssertionError if it never is."""
        deadline = time.monotonic() + timeout_s
        while not ready():
            try:
                self._take(self._seen.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                raise AssertionError(f"{what}: not within {timeout_s} s; {self.text!r}") from None

    def ask(self, do: str, see: str, **fields: object) -> Seen:
        """Give an order and return its answer."""
        self.tell(do, **fields)
        answers: list[Seen] = []

        def answered() -> bool:
            if self._last.get("see") == see:
                answers.append(self._last)
            return bool(answers)

        self._last: Seen = {}
        self.until(answered, do)
        return answers[0]

    def boot(self) -> str:
        """Wait for MicroPython's prompt; give what it says of itself."""
        self.tell("usb", text="\x02")  # what it said before somebody listened is lost
        self.until(lambda: self.text.endswith(_PROMPT), "a prompt over USB")
        said, self.text = self.text, ""
        return said

    def run(self, code: str, timeout_s: float = 60.0) -> str:
        """Run `code` through the raw REPL and give what it prints; AssertionError if it fails."""
        self.start(code)
        self.until(lambda: self.text.count("\x04") >= 2, code, timeout_s)
        said, failed, self.text = self.text.split("\x04", 2)
        assert not failed, failed
        self.text = ""
        return said

    def start(self, code: str) -> None:
        """Run `code` and do not wait for it."""
        self.tell("usb", text="\r\x03\x01")
        self.until(lambda: self.text.endswith("raw REPL; CTRL-B to exit\r\n>"), "a raw REPL")
        self.text = ""
        self.tell("usb", text=code + "\x04")
        self.until(lambda: self.text.startswith("OK"), "the code to be taken")
        self.text = self.text[2:]

    def json(self, code: str, timeout_s: float = 60.0) -> Any:
        """Run `code` and give what it prints, which is JSON."""
        return json.loads(self.run(code, timeout_s))

    def plug(self, fd: int, unit: int | None = None) -> None:
        """Connect USB, or a UART, to the open terminal `fd` as long as the chip runs."""

        def pump() -> None:
            while not self._ended.is_set():
                if select.select([fd], [], [], 0.1)[0]:
                    data = os.read(fd, 4_096)
                    if unit is None:
                        self.tell("usb", text=data.decode("latin-1"))
                    else:
                        self.tell("uart", unit=unit, hex=data.hex())

        self._plugged = (fd, unit)
        self._pump = threading.Thread(target=pump)
        self._pump.start()

    def glass(self) -> str:
        """Give the frame on a chain of MAX7219: the last data of each of its rows, "" before."""
        rows: dict[int, str] = {}
        for seen in self.words:
            word = bytes.fromhex(seen["hex"])
            assert len(set(word[::2])) == 1, "the modules were sent to different registers"
            rows[word[0]] = word[1::2].hex()
        return "".join(rows.get(row, "") for row in range(1, 9))

    def edges_ns(self, pin: int) -> list[float]:
        """Give when the watched pin changed, since it was asked for last."""
        times: list[float] = self.ask("edges", "edges", pin=pin)["t_ns"]
        return times

    def now_ns(self) -> float:
        """Give the time since power-on."""
        now: float = self.ask("clock", "clock")["t_ns"]
        return now

    def pass_ms(self, ms: float) -> None:
        """Let time pass."""
        until_ns = self.now_ns() + ms * 1e6
        while self.now_ns() < until_ns:
            time.sleep(0.01)

    def _over_the_plug(self, seen: Seen) -> bytes:
        if seen["see"] == "usb" and self._plugged[1] is None:
            return str(seen["text"]).encode("latin-1")
        if seen["see"] == "uart" and self._plugged[1] == seen["unit"]:
            return bytes.fromhex(seen["hex"])
        return b""

    def _take(self, seen: Seen) -> None:
        self._last = seen
        self.at_ns = seen.get("t_ns", self.at_ns)
        self.said += self._over_the_plug(seen)
        if seen["see"] == "usb":
            self.text += seen["text"]
        elif seen["see"] == "uart":
            self.uart[seen["unit"]] += bytes.fromhex(seen["hex"])
        elif seen["see"] == "word":
            self.words.append(seen)
        elif seen["see"] == "stopped":
            raise AssertionError(f"the chip stopped: {seen['why']}; {self.text!r}")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            seen = json.loads(line)
            if data := self._over_the_plug(seen):
                os.write(self._plugged[0], data)
            self._seen.put(seen)
        self._seen.put({"see": "stopped", "why": "the emulator ended"})
