"""Cuts the power of a whole board at every write and erasure of its flash, and starts it again.

A board (real 32-bit MicroPython, its firmware from its slot, loader and updater as they are) does
some steps on a LittleFS of 4,096-byte blocks, each of whose writes is noted (chip/play.py). For
each of them stands what the power leaves, with nothing and with half of it done. Each of those must
be a file system that can be read and written. What a start makes of it depends on its files only,
so that of those with the same files one is started: it must come to rest by itself, and then do
whatever comes next.
"""

import hashlib
import json
import os
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from boards.catalog import load_kind
from boards.virtual.usb import BLOCK_BYTES, UsbBoard
from firmware.wire.offer import offer_mac, update_key
from tests.boards.scripted import KIND
from tests.support import micropython
from tests.support.release import compiled, manifest_of, version
from tests.support.tools import ROOT

CHIP = Path(__file__).with_name("chip")
BOARD = "board-01"
SECRET = "not needed here"
FLASH_KB = 720
PLAY_HEAP_KB = 2_048
LOOK_HEAP_KB = 8_192  # the flash lies in it
MOST_S = 60  # a few tenths on a machine that is idle
OLD_HOST, NEW_HOST = "10.0.0.1", "10.0.0.2"
CONFIG = 5
_HEAD = struct.Struct("<BIII")
_WRITE, _ERASE, _SEEN = 1, 2, 3

Step = tuple[Any, ...]
Seen = tuple[str, Any]


@dataclass
class Cut:
    """The power goes in the midst of an operation, of which nothing or half is done: what had been
    seen of the board, and the checksum of its files, or what is wrong with them."""

    image: bytes
    seen: list[Seen]
    files: int | str


@dataclass
class Told:
    """What became of all cuts: how many, how many of them were started, and what went wrong."""

    cuts: int = 0
    started: int = 0
    wrong: list[str] = field(default_factory=list)


class Bench:
    """A board before its steps, and what it is offered: releases 1 to 3, of which it has the
    first."""

    def __init__(
        self, folder: Path, spare: bool, changed: dict[str, str], role: str = "ticket"
    ) -> None:
        """`spare`: its other slot holds an older release, so that little is to be written;
        `changed` is source that takes the place of modules ("firmware/hal/store")."""
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.role = role
        self.face: dict[str, Any] | None = None
        self.serves = True  # what boards ask for
        self.sleeps = role == "dispenser"
        self._blobs: dict[str, str] = {}
        base = dict(_firmware(role))
        for path, source in changed.items():
            del base[path + ".mpy"]
            base[path + ".py"] = source.encode()
        self._releases = {}
        for number in range(4):
            files = dict(base)
            files.pop("firmware/version.mpy")
            files["firmware/version.py"] = version(number, f"{number}.0").encode()
            self._releases[number] = files
            for data in files.values():
                self._has(data)
        flash = {
            "main.py": (ROOT / "firmware" / "update" / "loader.py").read_bytes(),
            "settings.json": self._settings(),
            "boot.json": b'{"slot": "a", "id": "u1"}',
            **self._slot("a", 1),
            **(self._slot("b", 0) if spare else {}),
        }
        usb = UsbBoard(folder / "usb", flash_kb=FLASH_KB)
        usb.put(flash)
        self.image = usb.image.read_bytes()

    def offer(self, number: int) -> Step:
        """Offer a release."""
        return self._offer("firmware", number, self._manifest(number))

    def link(self) -> Step:
        """Offer another address of the broker."""
        return self._offer("link", 1, json.dumps({"host": NEW_HOST}).encode())

    def play(
        self, image: bytes, steps: list[Step], log: Path | None = None
    ) -> tuple[list[Seen], str]:
        """Let a board do some steps; give what was seen of it, and what it died of, or ""."""
        flash, world = self.folder / "flash.img", self.folder / "world.json"
        flash.write_bytes(image)
        said = {
            "board": BOARD,
            "blobs": self._blobs if self.serves else {},
            "steps": steps,
            "face": self.face,
            "sleeps": self.sleeps,
        }
        world.write_text(json.dumps(said))
        words = [str(flash), str(world), *([str(log)] if log else [])]
        with _hands() as (hands, fds):
            try:
                done = subprocess.run(
                    micropython.command(CHIP / "play.py", *words, heap_kb=PLAY_HEAP_KB),
                    env={**os.environ, "LOKET_WORLD": hands},
                    pass_fds=fds,
                    capture_output=True,
                    text=True,
                    timeout=MOST_S,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return [], "it hangs"
        seen = [tuple(json.loads(line)) for line in done.stdout.splitlines() if line[:1] == "["]
        died = f"it ended with {done.returncode}: {done.stderr[-1_500:]}"
        return seen, died if done.returncode else ""

    def cuts(self, log: Path, every: int) -> Iterator[Cut]:
        """Give the cuts of every so manyth operation that was noted."""
        before = self.folder / "before.img"
        before.write_bytes(self.image)
        words = (str(before), str(log), str(every))
        looked = micropython.run(CHIP / "look.py", *words, heap_kb=LOOK_HEAP_KB, timeout_s=600)
        assert looked.returncode == 0, looked.stderr[-1_500:]
        found = iter(looked.stdout.splitlines())
        image = bytearray(self.image)
        seen: list[Seen] = []
        count = 0
        for kind, at, data in _operations(log.read_bytes()):
            if kind == _SEEN:
                seen.append(tuple(json.loads(data)))
                continue
            if count % every == 0:
                whole, torn = json.loads(next(found))
                yield Cut(bytes(image), list(seen), whole)
                half = bytearray(image)
                half[at : at + len(data) // 2] = data[: len(data) // 2]
                yield Cut(bytes(half), list(seen), torn)
            count += 1
            image[at : at + len(data)] = data

    def _settings(self) -> bytes:
        settings = {"id": BOARD, "secret": SECRET, "role": self.role, "kind": KIND[self.role]}
        parts = load_kind(KIND[self.role]).settings_parts()
        return json.dumps({**settings, "host": OLD_HOST, "port": 1, "parts": parts}).encode()

    def _manifest(self, number: int) -> bytes:
        head = {"number": number, "version": f"{number}.0", "role": self.role}
        return manifest_of(self._releases[number], **head)

    def _slot(self, slot: str, number: int) -> dict[str, bytes]:
        files = {f"{slot}/{path}": data for path, data in self._releases[number].items()}
        return {**files, f"{slot}/manifest": self._manifest(number)}

    def _offer(self, kind: str, number: int, data: bytes) -> Step:
        offer: dict[str, Any] = {"id": f"{kind}{number}", "kind": kind, "number": number}
        offer.update(version=f"{number}.0", size=len(data), sha=self._has(data))
        offer["mac"] = offer_mac(update_key(SECRET), BOARD, offer)
        return ("say", "dn/update", offer)

    def _has(self, data: bytes) -> str:
        sha = hashlib.sha256(data).hexdigest()
        path = self.folder / sha
        path.write_bytes(data)
        self._blobs[sha] = str(path)
        return sha


class Updates(Bench):
    """A board gets a release, then another address of its broker, then a config."""

    def __init__(self, folder: Path, spare: bool) -> None:
        super().__init__(folder, spare, {})

    def steps(self) -> list[Step]:
        """Give what is done while the power may go."""
        report = ("report",)
        config = ("say", "dn/config", {"rev": CONFIG, "brightness": 7})
        return [self.offer(2), report, self.link(), report, config, report]

    def after(self) -> list[Step]:
        """Give what is done once it has come to rest with power again."""
        return [("report",), self.offer(3), ("report",)]

    def judge(self, before: list[Seen], after: list[Seen]) -> str:
        """Give what is wrong, or ""."""
        reports = [report for what, report in after if what == "report"]
        if len(reports) != 2:
            return f"it did not come to its end: {after}"
        at, end = reports
        past = sum(what == "report" for what, _ in before)
        # What was over before the cut has been done; what had not begun has not.
        done = (at["n"] == 2, (at["host"], at["link"]) == (NEW_HOST, 1), at["config"] == CONFIG)
        old = (at["n"] == 1, (at["host"], at["link"]) == (OLD_HOST, 0), at["config"] == 0)
        for number in range(3):
            good = done[number] if number < past else old[number]
            if not good and not (number == past and done[number]):
                return f"neither old nor new after {past}: {at}"
        if end["n"] != 3 or end["st"] != "committed":
            return f"what came next came to nothing: {end}"
        return ""


QUEUE = "A"
FIRST, LAST = 501, 540


class Numbers(Bench):
    """A ticket board gives numbers while its gateway is away, and hands them in."""

    def __init__(self, folder: Path, changed: dict[str, str] | None = None) -> None:
        super().__init__(folder, False, changed or {})
        queues = [{"q": QUEUE, "waiting": 0, "open": True}]
        self.face = {"epoch": 7, "rev": 1, "queues": queues}
        self._lease = {"q": QUEUE, "first": FIRST, "last": LAST, "day": "2023-11-14"}

    def steps(self) -> list[Step]:
        """Give what is done while the power may go."""
        config = ("say", "dn/config", {"rev": CONFIG, "queues": [QUEUE]})
        return [config, self._leases(1), *self._alone(2), self._leases(2), *self._alone(1)]

    def after(self) -> list[Step]:
        """Give what is done once it has come to rest with power again."""
        config = ("say", "dn/config", {"rev": CONFIG, "queues": [QUEUE]})
        return [config, self._leases(3), *self._alone(2)]

    def judge(self, before: list[Seen], after: list[Seen]) -> str:
        """Give what is wrong, or ""."""
        seen = [*before, *after]
        paper = [ticket for what, ticket in seen if what == "paper"]
        handed = {ticket for what, ticket in seen if what == "offline"}
        if len(paper) != len(set(paper)):
            return f"a number twice: {paper}"
        if len([what for what, _ in after if what == "paper"]) != 2:
            return f"it gives no numbers any more: {after}"
        if set(paper) - handed:
            return f"nobody hears of {set(paper) - handed}"
        return ""

    def _leases(self, rev: int) -> Step:
        lease = {**self._lease, "until_ms": 1_800_000_000_000}
        told = {"epoch": 7, "rev": rev, "utc_ms": 1_700_000_000_000, "leases": [lease]}
        return ("say", "dn/lease", told)

    @staticmethod
    def _alone(numbers: int) -> list[Step]:
        press = [("press", "queue1")] * numbers
        return [("gateway", "lost"), *press, ("gateway", "ready"), ("report",)]


def cut_at(bench: Updates | Numbers, every: int = 1, first: bool = False) -> Told:
    """Cut at every so manyth operation of the bench's steps, and start what each leaves; `first`:
    no more once something is wrong."""
    log = bench.folder / "log"
    seen, died = bench.play(bench.image, bench.steps(), log)
    told = Told()
    if died or not seen:
        told.wrong.append(died or "nothing was seen of it")
        return told
    distinct: dict[tuple[int | str, str], Cut] = {}
    for cut in bench.cuts(log, every):
        told.cuts += 1
        if isinstance(cut.files, str):
            told.wrong.append(f"the file system of cut {told.cuts}: {cut.files}")
        distinct.setdefault((cut.files, json.dumps(cut.seen)), cut)
    for cut in distinct.values():
        after, died = bench.play(cut.image, bench.after())
        told.started += 1
        wrong = died or bench.judge(cut.seen, after)
        if wrong:
            told.wrong.append(wrong)
            if first:
                break
    return told


@cache
def _firmware(role: str) -> dict[str, bytes]:
    # Compiling takes longer than all that a test does with it.
    with tempfile.TemporaryDirectory() as here:
        return compiled(Path(here, "image"), role)


def _operations(log: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at < len(log):
        kind, block, offset, size = _HEAD.unpack_from(log, at)
        at += _HEAD.size
        data = b"\xff" * BLOCK_BYTES if kind == _ERASE else log[at : at + size]
        yield kind, block * BLOCK_BYTES + offset, data
        at += size


@contextmanager
def _hands() -> Iterator[tuple[str, tuple[int, ...]]]:
    # What presses the board's keys, and where what it shows goes.
    read, write = os.pipe()
    nobody = os.open(os.devnull, os.O_WRONLY)
    try:
        yield f"{read},{nobody},{write}", (read, nobody, write)
    finally:
        for fd in (read, write, nobody):
            os.close(fd)
