"""What the loader starts, and when it takes a slot back; in a folder of the machine's own."""

import json
import os
import sys

from firmware.update import loader
from tests.firmware.update.pure.memory import sha_of

OFFER = {"id": "u2", "kind": "firmware", "number": 2, "version": "2.0"}


TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Folder:
    """A flash folder; slots are made of their number."""

    def __init__(self, boot=None, slots=("a", "b")):
        name = "".join(["%02x" % byte for byte in os.urandom(6)])
        self.root = "/tmp/loket-loader-" + name + "/"
        os.mkdir(self.root)
        for number, slot in enumerate(slots):
            os.mkdir(self.root + slot)
            data = b"firmware of " + slot.encode()
            lines = "version %d.0\nnumber %d\n" % (number + 1, number + 1)
            lines += "%s %d main.py\nend 1\n" % (sha_of(data), len(data))
            self.put(slot + "/manifest", lines.encode())
            self.put(slot + "/main.py", data)
        if boot is not None:
            self.put("boot.json", json.dumps(boot).encode())

    def put(self, path, data):
        with open(self.root + path, "wb") as f:
            f.write(data)

    def boot(self):
        with open(self.root + "boot.json") as f:
            return json.load(f)

    def choose(self):
        return loader.choose(self.root)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.clear(self.root[:-1])

    def clear(self, folder):
        for name in os.listdir(folder):
            path = folder + "/" + name
            if os.stat(path)[0] & 0x4000:
                self.clear(path)
            else:
                os.remove(path)
        os.rmdir(folder)


def trial(kind="firmware", to="b", tries=0):
    about = dict(OFFER, kind=kind, to=to, tries=tries)
    return {"slot": "a", "id": "u1", "now": {"trial": about}}


def test_the_slot_that_is_named_runs_and_nothing_is_written():
    with Folder({"slot": "b", "id": "u1"}) as folder:
        before = os.stat(folder.root + "boot.json")
        assert folder.choose() == "b"
        assert os.stat(folder.root + "boot.json")[6] == before[6]
    with Folder({"slot": "", "id": "u1"}) as folder:
        assert folder.choose() == ""


def test_without_a_word_the_first_whole_slot_runs():
    boots: Any = (None, [], {"slot": 7}, {"now": 1})
    for boot in boots:
        with Folder(boot) as folder:
            assert folder.choose() == "a", boot
    with Folder() as folder:
        folder.put("a/main.py", b"something else")
        assert folder.choose() == "b"
    with Folder(slots=()) as folder:
        assert folder.choose() == ""


def test_a_trial_has_three_starts():
    with Folder(trial()) as folder:
        for tries in (1, 2, 3):
            assert folder.choose() == "b"
            assert folder.boot()["now"]["trial"]["tries"] == tries
        assert folder.choose() == "a"
        done = dict(OFFER, st="rolled_back", why="crash")
        assert folder.boot() == {"slot": "a", "id": "u2", "now": {"done": done}}, folder.boot()
        assert folder.choose() == "a"


def test_settings_whose_commit_was_cut_are_committed():
    # Also in the last try, and with the fresh ones not yet removed: told as rolled back, the hall
    # would honour the old secret again, which the board has no more.
    for tries in (0, 3):
        for left in (True, False):
            with Folder(trial("link", "a", tries)) as folder:
                folder.put("settings.json", b'{"link": 2}')
                if left:
                    folder.put("settings.new", b'{"link": 2}')
                assert folder.choose() == "a"
                assert folder.boot()["now"]["done"]["st"] == "committed"
    with Folder(trial("link", "a")) as folder:
        folder.put("settings.json", b'{"link": 1}')
        folder.put("settings.new", b'{"link": 2}')
        assert folder.choose() == "a"
        assert folder.boot()["now"]["trial"]["tries"] == 1


def test_a_state_of_garbage_starts_what_it_names():
    about = dict(OFFER, to="a", tries=0)
    trials: Any = (7, "x", {}, [1], dict(about, tries="1"), dict(about, number=None), OFFER)
    trials += (dict(about, to="../.."), {"to": "a", "tries": 0, "number": 2})
    nows: Any = [{"trial": garbage} for garbage in trials if garbage != {}]
    nows += [7, [], "now", {"crashes": "5"}, {"crashes": None}, {"crashes": []}]
    for now in nows:
        with Folder({"slot": "b", "id": "u1", "now": now}) as folder:
            assert folder.choose() == "b", now
            assert folder.boot() == {"slot": "b"}, now
            loader._failed(folder.root)
            assert folder.boot()["now"] == {"crashes": 1}, now


def test_who_crashes_five_times_in_a_row_is_left_for_a_whole_slot():
    with Folder({"slot": "b", "id": "u2"}) as folder:
        for _ in range(5):
            assert folder.choose() == "b"
            loader._failed(folder.root)
        assert folder.choose() == "a"
        done = dict(OFFER, st="rolled_back", why="crash")
        assert folder.boot() == {"slot": "a", "id": "u2", "now": {"done": done}}, folder.boot()
    with Folder({"slot": "b", "id": "u2", "now": {"crashes": 5}}) as folder:
        folder.put("a/main.py", b"something else")
        assert folder.choose() == "b"
    with Folder(trial()) as folder:
        folder.choose()
        loader._failed(folder.root)
        assert "crashes" not in folder.boot()["now"], "a trial is counted by its tries"


def test_a_board_that_knows_no_way_out_does_not_wear_out_its_flash():
    with Folder({"slot": "b", "id": "u2", "now": {"crashes": 5}}) as folder:
        folder.put("a/main.py", b"something else")
        writes = []
        before = loader._write
        loader._write = lambda *args: writes.append(args)
        try:
            for _ in range(3):
                assert folder.choose() == "b"
                loader._failed(folder.root)
        finally:
            loader._write = before
        assert not writes


def test_a_board_that_has_lost_its_state_leaves_a_slot_that_crashes():
    # What was taken back lies there whole.
    boots: "list[Any]" = [None, {}, []]
    for boot in boots:
        with Folder(boot) as folder:
            for _ in range(5):
                assert folder.choose() == "a", boot
                loader._failed(folder.root)
            assert folder.choose() == "b"


def test_a_trial_that_cannot_be_counted_is_not_made():
    for kind, to in (("firmware", "b"), ("link", "a")):
        with Folder(trial(kind, to)) as folder:
            trials: "list[Any]" = []
            assert loader.choose(folder.root, trials) == to
            assert [tried["number"] for tried in trials] == [2]
            os.mkdir(folder.root + "boot.json.new")
            trials = []
            assert loader.choose(folder.root, trials) == "a"
            assert trials == []


class _Machine:
    """Stands for the module `machine` of a chip."""

    WDT_RESET = 3

    def __init__(self, cause, note=0):
        self.cause = cause
        self.mem32 = {loader._scratch_of("RP2040"): note}
        self.dogs = []

    def reset_cause(self):
        return self.cause

    def WDT(self, timeout):
        self.dogs.append(timeout)


def test_a_watchdog_is_told_from_a_restart_on_purpose():
    modules: Any = sys.modules
    before = modules.get("machine")
    try:
        for machine, chip, was in (
            (_Machine(1), "rp2", False),
            (_Machine(3), "rp2", True),
            (_Machine(3, loader._RESET), "rp2", False),
            (_Machine(3, loader._SLEPT), "rp2", False),
            (_Machine(3, loader._RESET), "esp32", True),
        ):
            modules["machine"] = machine
            got = loader._was_watchdog(chip, "RP2040")
            assert got is was, (chip, machine.mem32, got)
        loader._start_watchdog()
        assert machine.dogs == [8_000]
    finally:
        del modules["machine"]
        if before:
            modules["machine"] = before
