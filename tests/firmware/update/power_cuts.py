# mypy: ignore-errors
# ruff: noqa: UP031, SIM105
# (runs inside MicroPython only)
"""Cuts the power at every block write of what an update does to the flash, whole and torn.

`micropython power_cuts.py [in_place]`: a LittleFS lies in memory. Each scenario is first run to
its end and its writes and erasures are counted; then it is run again for each of them, which
fails, with all after it, once leaving nothing and once half of the block. Then the power comes
back: the loader must find a whole slot, settings.json must be the old or the new one, and what was
begun must come to its end. Prints a line of JSON for each scenario: {"scenario", "cuts", "n" (how
many failed), "failed": [the first few]}.
"""

import binascii
import hashlib
import json
import sys

import vfs

sys.path.insert(0, sys.argv[0].rsplit("/", 4)[0])

from firmware.hal.store import FileStore
from firmware.update import loader, state, trial
from firmware.update.fetch import Ended, Fetcher, Progress
from firmware.update.link import get_link
from firmware.update.release import get_release
from firmware.update.slots import Slots

BLOCK_BYTES = 512
BLOCKS = 256
ROOT = "/f/"
_EIO = -5


class Flash:
    """A block device in memory, whose power goes at its `cut_at`th write or erasure; `torn`: half
    of that one is done."""

    def __init__(self):
        self.data = bytearray(b"\xff" * (BLOCK_BYTES * BLOCKS))
        self.power_on()

    def power_on(self, cut_at=0, torn=False):
        self.cut_at = cut_at
        self.torn = torn
        self.writes = 0
        self.dead = False

    def _goes(self):
        if not self.dead:
            self.writes += 1
            if self.writes == self.cut_at:
                self.dead = True
                return self.torn
        return False

    def readblocks(self, block, buffer, offset=0):
        if self.dead:
            return _EIO
        at = block * BLOCK_BYTES + offset
        buffer[:] = memoryview(self.data)[at : at + len(buffer)]
        return 0

    def writeblocks(self, block, buffer, offset=0):
        half = self._goes()
        if self.dead and not half:
            return _EIO
        size = len(buffer) // 2 if half else len(buffer)
        at = block * BLOCK_BYTES + offset
        self.data[at : at + size] = memoryview(buffer)[:size]
        return _EIO if half else 0

    def ioctl(self, op, arg):
        if op == 4:
            return BLOCKS
        if op == 5:
            return BLOCK_BYTES
        if op == 6:
            half = self._goes()
            if self.dead and not half:
                return _EIO
            size = BLOCK_BYTES // 2 if half else BLOCK_BYTES
            at = arg * BLOCK_BYTES
            self.data[at : at + size] = b"\xff" * size
            return _EIO if half else 0
        return 0


flash = Flash()
blobs = {}


def sha_of(data):
    return binascii.hexlify(hashlib.sha256(data).digest()).decode()


def release(number, files):
    lines = ["loket-firmware 1", "version %d.0" % number, "number %d" % number]
    lines += ["role counter", "chip virtual", "mpy 6", "kind -"]
    for path in sorted(files):
        data = files[path]
        blobs[sha_of(data)] = data
        lines.append("%s %d %s" % (sha_of(data), len(data), path))
    lines.append("end %d" % len(files))
    manifest = ("\n".join(lines) + "\n").encode()
    blobs[sha_of(manifest)] = manifest
    return manifest


def offer(kind, number, data):
    blobs[sha_of(data)] = data
    about = {"id": "u%d" % number, "kind": kind, "number": number, "version": "%d.0" % number}
    about["size"] = len(data)
    about["sha"] = sha_of(data)
    return about


SHARED = bytes(range(256)) * 3
OLD = {"firmware/main.mpy": b"old" * 300, "firmware/net/link.mpy": SHARED, "c.mpy": b"x" * 40}
NEW = {"firmware/main.mpy": b"new" * 300, "firmware/net/link.mpy": SHARED, "d/e.mpy": b"y" * 1_100}
OLD_MANIFEST = release(1, OLD)
NEW_MANIFEST = release(2, NEW)
OFFER = offer("firmware", 2, NEW_MANIFEST)
OLD_SETTINGS = {"id": "c-01", "host": "10.0.0.1", "port": 1883, "secret": "s", "role": "counter"}
OLD_SETTINGS["wifi"] = [{"ssid": "old", "password": "p" * 20}]
FRESH = {"host": "10.0.0.2", "ca": "Q0E=" * 200, "wifi": [{"ssid": "new", "password": "q" * 20}]}
NEW_SETTINGS = dict(OLD_SETTINGS, host="10.0.0.2", ca=FRESH["ca"], link=3)
NEW_SETTINGS["wifi"] = FRESH["wifi"] + OLD_SETTINGS["wifi"]
LINK_OFFER = offer("link", 3, json.dumps(FRESH).encode())
BOARD = {"role": "counter", "kind": "k", "chip": "virtual", "mpy": 6}


told = [""]  # the last word on an update


class Board:
    """What is on the flash, and what an update does to it."""

    def __init__(self):
        self.store = FileStore(ROOT)
        self.files = Slots(ROOT)
        self.slot = loader.choose(ROOT)
        self.state = state.load(self.store)

    def go_on(self, fresh=None):
        """Do what a start does; `fresh` has just been offered. Tell whether a restart follows."""
        now = self.state["now"]
        if fresh:
            now = self.state["now"] = {"offer": fresh}
            state.keep(self.store, self.state)
        if "offer" in now:
            self._load(now["offer"])
            return True
        if "trial" in now:
            trial.commit(self.store, self.files, self.state)
        if self.state["now"]:
            told[0] = self.state["now"].get("done", {}).get("st", "")
            self.state["now"] = {}
            state.keep(self.store, self.state)
        return False

    def _load(self, wanted):
        progress = Progress(wanted["size"])
        to = "b" if self.slot == "a" else "a"
        if wanted["kind"] == "link":
            plan = get_link(self.files, self.store, wanted, 512, progress)
            to = self.slot
        else:
            plan = get_release(self.files, wanted, self.slot, BOARD, 512, progress)
        fetcher = Fetcher(plan, wanted["id"])
        piece = None
        while not fetcher.over:
            fetcher.step(0, piece)
            if flash.dead:
                raise OSError("no power")
            piece = None
            if fetcher.wants:
                sha, at, n = fetcher.wants
                piece = blobs[sha][at : at + n]
        trial.arm(self.store, self.state, wanted, to)


def put(path, data):
    with Slots(ROOT).open(path, "wb") as f:
        f.write(data)


def mount():
    vfs.mount(vfs.VfsLfs2(flash, readsize=32, progsize=32, lookahead=32), "/f")


def made(slots, boot, settings=OLD_SETTINGS):
    """Make the flash that a scenario begins with."""
    flash.data[:] = b"\xff" * len(flash.data)
    flash.power_on()
    vfs.VfsLfs2.mkfs(flash, readsize=32, progsize=32, lookahead=32)
    mount()
    for slot in slots:
        files, manifest = slots[slot]
        for path in files:
            put(slot + "/" + path, files[path])
        put(slot + "/manifest", manifest)
    put("settings.json", json.dumps(settings).encode())
    put("boot.json", json.dumps(boot).encode())
    if boot.get("now", {}).get("trial", {}).get("kind") == "link":
        fresh = dict(NEW_SETTINGS, wifi=FRESH["wifi"])
        put("settings.new", json.dumps(fresh).encode())
    vfs.umount("/f")
    return bytes(flash.data)


def on_trial(offered, to, tries):
    about = {name: offered[name] for name in state.NAMES}
    about.update({"to": to, "tries": tries})
    return {"slot": "a", "id": "", "now": {"trial": about}}


def check(wanted_slot, settings):
    """Look at what the power left; give what is wrong, or ""."""
    slot = loader.choose(ROOT)
    if not loader.is_whole(ROOT, slot):
        return "slot %s is not whole" % slot
    with open(ROOT + slot + "/manifest", "rb") as f:
        if f.read() not in (OLD_MANIFEST, NEW_MANIFEST):
            return "a manifest of nobody"
    with open(ROOT + "settings.json", "rb") as f:
        if json.loads(f.read()) not in settings:
            return "settings.json is neither old nor new"
    if wanted_slot and slot != wanted_slot:
        return "slot %s, not %s" % (slot, wanted_slot)
    return ""


def is_new():
    with open(ROOT + "settings.json", "rb") as f:
        return json.loads(f.read()) == NEW_SETTINGS


def play(act, again, end, settings, snapshot, cut_at, torn, last):
    """Run `act` with a cut, then with power again; give (writes, what is wrong)."""
    told[0] = ""
    flash.data[:] = snapshot
    flash.power_on(cut_at, torn)
    mount()
    try:
        act()
    except (OSError, Ended):
        if not flash.dead:
            raise
    writes = flash.writes
    if cut_at and not flash.dead:
        return writes, "the power did not go"
    flash.power_on()
    vfs.umount("/f")
    try:
        mount()
        wrong = check("", settings)
        if not wrong:
            again()
            wrong = check(end, settings if last else settings[-1:])
            if not wrong and NEW_SETTINGS in settings and (told[0] == "committed") != is_new():
                wrong = "told " + told[0]
    except Exception as why:  # noqa: BLE001 - it is counted
        wrong = repr(why)
    try:
        vfs.umount("/f")
    except OSError:
        pass
    return writes, wrong


def every_cut(name, act, again, end, settings, snapshot, last=False):
    """Cut a scenario at every write, and say how it went; `last`: it is the last try, so that both
    settings are right, but not another word on them."""
    writes, wrong = play(act, again, end, settings, snapshot, 0, False, last)
    failed = [[0, False, wrong]] if wrong else []
    cuts = 0
    for cut_at in range(1, writes + 1):
        for torn in (False, True):
            _, wrong = play(act, again, end, settings, snapshot, cut_at, torn, last)
            cuts += 1
            if wrong:
                failed.append([cut_at, torn, wrong])
    print(json.dumps({"scenario": name, "cuts": cuts, "n": len(failed), "failed": failed[:5]}))
    if failed and FileStore.write is write_in_place:
        sys.exit(0)  # found: that is all that was to be seen


def updated():
    # To the end: as often as a board starts for it. What was not noted is offered again.
    board = Board()
    if board.slot == "a" and not board.state["now"]:
        board.go_on(OFFER)
        board = Board()
    while board.go_on():
        board = Board()


def linked():
    board = Board()
    if not board.state["now"] and board.state.get("id") != "u3":
        board.go_on(LINK_OFFER)
        board = Board()
    while board.go_on():
        board = Board()


def rolled_back():
    board = Board()
    if "trial" in board.state["now"]:
        trial.roll_back(board.store, board.files, board.state, "no_hello")
        board = Board()
    board.go_on()


def write_in_place(store, name, data):
    with open(store.root + name, "wb") as f:
        f.write(data[: len(data) // 2])
    with open(store.root + name, "ab") as f:
        f.write(data[len(data) // 2 :])
    return True


if "in_place" in sys.argv:  # so that it is seen that this file finds what it looks for
    FileStore.write = write_in_place

old, new = (OLD, OLD_MANIFEST), (NEW, NEW_MANIFEST)
ONE = (OLD_SETTINGS,)
BOTH = (OLD_SETTINGS, NEW_SETTINGS)
STALE = {"firmware/main.mpy": b"older" * 100, "gone.mpy": b"z" * 700}
quiet = {"slot": "a", "id": "u1"}
every_cut("update", updated, updated, "b", ONE, made({"a": old}, quiet))
every_cut("update over another slot", updated, updated, "b", ONE,
          made({"a": old, "b": (STALE, release(0, STALE))}, quiet))  # fmt: skip
every_cut("commit", updated, updated, "b", ONE,
          made({"a": old, "b": new}, on_trial(OFFER, "b", 0)))  # fmt: skip
every_cut("settings", linked, linked, "a", BOTH, made({"a": old}, quiet))
every_cut("settings in their last try", linked, linked, "a", BOTH,
          made({"a": old}, on_trial(LINK_OFFER, "a", 2)), last=True)  # fmt: skip
every_cut("roll back", rolled_back, rolled_back, "a", ONE,
          made({"a": old, "b": new}, on_trial(OFFER, "b", 0)))  # fmt: skip
every_cut("roll back settings", rolled_back, rolled_back, "a", ONE,
          made({"a": old}, on_trial(LINK_OFFER, "a", 0)))  # fmt: skip
crashed = {"slot": "b", "id": "u2", "now": {"crashes": 5}}
every_cut("back from a crash loop", rolled_back, rolled_back, "a", ONE,
          made({"a": old, "b": new}, crashed))  # fmt: skip
every_cut("roll back by the loader", rolled_back, rolled_back, "a", ONE,
          made({"a": old, "b": new}, on_trial(OFFER, "b", 3)))  # fmt: skip
