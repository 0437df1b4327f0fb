"""A board's /main.py: chooses the slot that runs, counts its tries, and takes a bad one back.

It lies on the flash as source, since it must start under any interpreter, and imports nothing of
ours before it has chosen. What it goes by is boot.json (docs/updates.md). A virtual board runs it
with its flash folder as `root`.
"""

import gc
import json
import os
import sys
import time
from hashlib import sha256

_FILE = "boot.json"
_TRIES = 3  # starts of what is on trial
_CRASHES = 5  # in a row, without an accepted hello in between
_PAUSE_S = 1  # for who reads along at the cable, and wants to stop it
_WATCHDOG_MS = 8_000  # as in hal/real.py
_RESET_STATUS = 11  # as in hal/virtual.py
# What an RP2 leaves in a register that outlasts a restart on purpose: as in hal/rp2.py.
_SCRATCH_RP2040 = 0x4005800C
_SCRATCH_RP2350 = 0x400D800C
_RESET = 0x10CE0001
_SLEPT = 0x10CE0002
# What a start needs before the firmware runs, and never after.
_ONCE = ("choose", "is_whole", "_end", "_names", "_is_there", "_hash", "_start_watchdog", "_link")
_ONCE += ("_was_watchdog", "sha256")


def choose(root, trials=None):
    """Give the slot to start ("a", "b", or "" where there is none), having counted the try; a list
    `trials` gets what is tried."""
    state = _read(root)
    slot = state.get("slot")
    if slot not in ("a", "b", ""):
        # Nobody says: it is the first start, or boot.json is lost.
        for slot in ("a", "b"):
            if is_whole(root, slot):
                # What was taken back is whole, too: from now on it is counted how it goes.
                _write(root, {"slot": slot})
                return slot
        return ""
    now = state.get("now", {})
    trial = now.get("trial")
    other = "b" if slot == "a" else "a"
    if trial:
        if trial["kind"] == "link" and _link(root) == trial["number"]:
            # The power went between the commit and its note.
            _end(root, state, slot, trial, "committed", "")
        elif trial["tries"] >= _TRIES:
            _end(root, state, slot, trial, "rolled_back", "crash")
        else:
            trial["tries"] += 1
            # What cannot be counted is not tried.
            if _write(root, state):
                if trials is not None:
                    trials.append(trial)
                return trial["to"]
    elif now.get("crashes", 0) >= _CRASHES and slot and is_whole(root, other):
        number, version = _names(root, slot)
        trial = {"kind": "firmware", "id": state.get("id", ""), "number": number}
        trial["version"] = version
        if _end(root, state, other, trial, "rolled_back", "crash"):
            return other
    return slot


def is_whole(root, slot):
    """Tell whether every file of a slot is there, as its manifest says."""
    files = 0
    try:
        with open(root + slot + "/manifest") as manifest:
            for line in manifest:
                words = line.split()
                if words[0] == "end":
                    return int(words[1]) == files
                if len(words[0]) == 64:
                    files += 1
                    if _hash(root + slot + "/" + words[2]) != words[0]:
                        return False
    except (OSError, ValueError, IndexError):
        pass
    return False


def run(root="/", source=""):
    """Start the slot that is chosen, or where there is none the firmware below `source`; whatever
    goes wrong is counted, and the board starts anew."""
    if _was_watchdog(sys.platform, _model()):
        _failed(root)
    trials: "list[dict]" = []
    slot = choose(root, trials)
    if not slot and not source:
        print("There is no firmware on this board: `loket board flash` brings it.")
        return
    if not _is_there(root + "settings.json"):
        print("settings.json is not on this board: make it with `loket board add`")
        return
    sys.path.insert(0, root + slot if slot else source)
    words = [root[:-1]]
    if trials:
        _start_watchdog()
        if trials[0]["kind"] == "link":
            words.append("settings.new")
    for name in _ONCE:
        globals().pop(name, None)  # memory that is not needed again
    gc.collect()
    try:
        from firmware.main import boot

        boot(*words)
    except Exception as why:  # noqa: BLE001 - whatever it is, the way out is a restart
        try:
            _forget()
            _print_exception(why)
            _failed(root)
        finally:
            _reset()


def _forget():
    # All that has run, for it may have left no memory to count that it failed; without a list of
    # its names, which would take some.
    name: "str | None" = ""
    while name is not None:
        sys.modules.pop(name, None)
        name = None
        for loaded in sys.modules:
            if loaded.startswith("firmware") or loaded.startswith("asyncio"):  # noqa: PIE810
                name = loaded
                break
    gc.collect()


def _failed(root):
    # Before the firmware itself could count it.
    state = _read(root)
    if not _trial(state) and state:
        now = state.setdefault("now", {})
        crashes = now.get("crashes", 0)
        if crashes < _CRASHES:  # more say no more, and flash wears out
            now["crashes"] = crashes + 1
            _write(root, state)


def _trial(state):
    return state.get("now", {}).get("trial")


def _end(root, state, slot, trial, st, why):
    done = {"st": st, "why": why}
    for name in ("id", "kind", "number", "version"):
        done[name] = trial[name]
    state["slot"] = slot
    state["id"] = trial["id"]
    state["now"] = {"done": done}
    return _write(root, state)


def _read(root) -> "dict":
    state = {}
    try:
        with open(root + _FILE) as f:
            state = json.load(f)
        now = state.get("now", {})
        trial = now.get("trial")
        good = type(now.get("crashes", 0)) is int
        if trial and good:
            good = type(trial["tries"]) is int and type(trial["number"]) is int
            good = good and trial["to"] in ("a", "b", "")
            good = good and {"id", "kind", "version"}.issubset(trial)
        if good:
            return state
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        pass
    # What cannot be gone by is no reason to be dead: where it says that the firmware is will do.
    slot = state.get("slot") if isinstance(state, dict) else None
    if slot not in ("a", "b"):
        return {}
    state = {"slot": slot}
    _write(root, state)
    return state


def _link(root):
    # The number of the settings that are kept.
    try:
        with open(root + "settings.json") as f:
            return json.load(f).get("link")
    except (OSError, ValueError, AttributeError):
        return None


def _write(root, state):
    try:
        with open(root + _FILE + ".new", "w") as f:
            json.dump(state, f)
        os.rename(root + _FILE + ".new", root + _FILE)
    except OSError as why:
        print("flash: cannot write", _FILE, repr(why), file=sys.stderr)
        return False
    return True


def _names(root, slot):
    number, version = 0, ""
    try:
        with open(root + slot + "/manifest") as manifest:
            for line in manifest:
                words = line.split()
                if words[0] == "version":
                    version = words[1]
                elif words[0] == "number":
                    number = int(words[1])
                    break
    except (OSError, ValueError, IndexError):
        pass
    return number, version


def _is_there(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def _hash(path):
    digest = sha256()
    piece = bytearray(512)
    with open(path, "rb") as f:
        while True:
            size = f.readinto(piece)
            if not size:
                break
            digest.update(memoryview(piece)[:size])
    return "".join(["%02x" % byte for byte in digest.digest()])


def _start_watchdog():
    # What hangs while it is tried, even before it has a watchdog, must not hang for ever.
    try:
        import machine

        machine.WDT(timeout=_WATCHDOG_MS)
    except (ImportError, AttributeError):
        pass  # a board that is a process


def _print_exception(why):
    if hasattr(sys, "print_exception"):
        sys.print_exception(why, sys.stderr)  # pyright: ignore[reportArgumentType]
    else:  # CPython, where tests run this
        print(repr(why), file=sys.stderr)


def _was_watchdog(chip, model):
    try:
        import machine

        if machine.reset_cause() != machine.WDT_RESET:
            return False
    except (ImportError, AttributeError):
        return False  # a board that is a process
    # An RP2 restarts on purpose by its watchdog, too; then there is a note.
    return chip != "rp2" or machine.mem32[_scratch_of(model)] not in (_RESET, _SLEPT)


def _scratch_of(model):
    return _SCRATCH_RP2350 if "RP2350" in model else _SCRATCH_RP2040


def _model():
    return getattr(sys.implementation, "_machine", "")


def _reset():
    try:
        import machine

        reset = machine.reset
    except (ImportError, AttributeError):
        sys.exit(_RESET_STATUS)
    time.sleep(_PAUSE_S)
    if sys.platform == "rp2":
        machine.mem32[_scratch_of(_model())] = _RESET
    reset()


if __name__ == "__main__":
    if hasattr(gc, "threshold"):
        gc.threshold(4_096)  # while modules are loaded, or their garbage lies between what stays
    run()
