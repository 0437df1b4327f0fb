"""Fetching a release: what is asked for, what is taken, and when it is given up."""

import binascii

from firmware.update.fetch import (
    ASK_AGAIN_MS,
    MOST_GARBLED,
    MOST_UNKNOWN,
    SELDOM_MS,
    Ended,
    Fetcher,
    Progress,
)
from firmware.update.release import get_release
from firmware.wire.codec import BadPayload
from tests.firmware.pure.expect import raises
from tests.firmware.update.pure.memory import MemoryFiles, sha_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BOARD = {"role": "counter", "kind": "counter_led", "chip": "rp2", "mpy": 6}
FILES = {"c.mpy": b"c" * 700, "firmware/main.mpy": b"main" * 500}


def manifest_of(files, role="counter", chip="rp2", mpy=6, kind="-", number=2):
    lines = ["loket-firmware 1", "version 2.0", "number %d" % number, "role " + role,
             "chip " + chip, "mpy %d" % mpy, "kind " + kind]  # fmt: skip
    for path in sorted(files):
        lines.append("%s %d %s" % (sha_of(files[path]), len(files[path]), path))
    lines.append("end %d" % len(files))
    return ("\n".join(lines) + "\n").encode()


def as_slots(files: "Any") -> "Any":
    return files


class Bench:
    """A fetcher, and a workshop that answers; `wants` is what was asked for."""

    def __init__(self, files=None, manifest=None, slot="a", new=None):
        new = FILES if new is None else new
        manifest = manifest or manifest_of(new)
        self.files = files or MemoryFiles()
        self.blobs = {sha_of(data): data for data in new.values()}
        self.blobs[sha_of(manifest)] = manifest
        self.progress = Progress(len(manifest))
        offer = {"id": "u1", "kind": "firmware", "number": 2, "version": "2.0"}
        offer["size"] = len(manifest)
        offer["sha"] = sha_of(manifest)
        plan = get_release(as_slots(self.files), offer, slot, BOARD, 1_024, self.progress)
        self.fetcher = Fetcher(plan, "u1")
        self.wants = []
        self.now_ms = 0

    def answer(self, want, **more):
        answer = {"id": want["id"], "sha": want["sha"], "at": want["at"]}
        data = self.blobs[want["sha"]][want["at"] : want["at"] + want["n"]]
        answer["data"] = binascii.b2a_base64(data).decode().strip()
        answer.update(more)
        return answer

    def next_want_or_work(self):
        """Do one piece of work; give what is asked for, if anything is."""
        self.fetcher.step(self.now_ms)
        return self.fetcher.want(self.now_ms + ASK_AGAIN_MS)

    def next_want(self):
        """Work until something is asked for, or it is over."""
        piece = None
        while not self.fetcher.over:
            self.fetcher.step(self.now_ms, piece)
            want = self.fetcher.want(self.now_ms)
            if want:
                self.wants.append(want)
                return want
        return None

    def give(self, answer):
        piece = self.fetcher.chunk(answer)
        if piece is not None:
            self.fetcher.step(self.now_ms, piece)
        return piece is not None

    def run(self):
        # After a piece the next one is wanted at once, or there is other work.
        while not self.fetcher.over:
            want = self.next_want()
            if want:
                assert self.give(self.answer(want))


def test_a_release_comes_whole_into_the_other_slot():
    bench = Bench()
    bench.run()
    for path in FILES:
        assert bench.files.data["b/" + path] == FILES[path], path
    assert bench.files.data["b/manifest"] == manifest_of(FILES)
    assert "b/manifest.new" not in bench.files.data
    assert (bench.progress.got, bench.progress.size) == (2_700, 2_700)


def test_what_is_there_already_is_not_fetched():
    files = MemoryFiles()
    files.data["a/c.mpy"] = FILES["c.mpy"]  # of the slot that runs
    files.data["b/firmware/main.mpy"] = FILES["firmware/main.mpy"]  # of a try before
    files.data["b/old.mpy"] = b"old"
    files.data["b/manifest"] = b"of the old"
    bench = Bench(files)
    bench.run()
    assert {want["sha"] for want in bench.wants} == {sha_of(manifest_of(FILES))}
    assert files.data["b/c.mpy"] == FILES["c.mpy"]
    assert "b/old.mpy" in files.removed
    assert files.removed[0] == "b/manifest", "it is no slot while it is filled"


def test_from_source_the_first_slot_is_filled():
    bench = Bench(slot="")
    bench.run()
    assert bench.files.data["a/manifest"] == manifest_of(FILES)


def test_a_want_is_repeated_and_then_only_now_and_then():
    bench = Bench()
    assert bench.next_want()
    assert bench.fetcher.want(ASK_AGAIN_MS - 1) is None
    now_ms = 0
    for _ in range(9):
        now_ms = bench.fetcher.due_ms
        assert bench.fetcher.want(now_ms) == bench.wants[0]
    assert bench.fetcher.due_ms - now_ms == SELDOM_MS
    bench.fetcher.ask_again(now_ms + 1)
    assert bench.fetcher.want(now_ms + 1) == bench.wants[0]


def test_pieces_that_are_not_wanted_are_passed_over():
    bench = Bench()
    want = bench.next_want()
    good = bench.answer(want)
    for wrong in ({"id": "u0"}, {"sha": "cd" * 32}, {"at": 7}, {"data": good["data"][:40]},
                  {"data": "****"}, {"data": ""}):  # fmt: skip
        assert not bench.give(dict(good, **wrong)), wrong
    raises(BadPayload, bench.give, {"id": "u1", "sha": good["sha"], "at": want["at"]})
    assert bench.give(good)
    assert not bench.give(good), "a repeat"
    bench.run()
    assert bench.fetcher.over


def test_garbage_again_and_again_ends_it():
    bench = Bench()
    garbled = bench.answer(bench.next_want(), data="AAAA")
    for _ in range(MOST_GARBLED - 1):
        assert not bench.give(garbled)
    assert raises(Ended, bench.give, garbled).why == "garbled"


def test_a_workshop_that_has_it_not_is_believed_at_last():
    bench = Bench()
    want = bench.next_want()
    unknown = {"id": "u1", "sha": want["sha"], "why": "unknown"}
    for _ in range(MOST_UNKNOWN - 1):
        assert not bench.give(unknown)
    ended = raises(Ended, bench.give, unknown)
    assert (ended.st, ended.why) == ("failed", "unknown")


def test_flash_that_gives_back_something_else_is_tried_three_times():
    bench = Bench()
    bench.files.spoils = ("b/c.mpy",)
    assert raises(Ended, bench.run).why == "hash"
    assert len([want for want in bench.wants if want["sha"] == sha_of(FILES["c.mpy"])]) == 3
    assert "b/manifest" not in bench.files.data


def test_presses_come_in_between_however_many_files_there_are():
    # An RP2040 takes 10 ms for a line that it checks.
    many = {"firmware/m%02d.mpy" % n: b"%d" % n for n in range(60)}
    files = MemoryFiles()
    for path in many:
        files.data["b/" + path] = b"old"
        files.data["b/old/" + path] = b"gone"
    bench = Bench(files, new=many)
    most = 0
    while not bench.fetcher.over:
        before = files.lines_read
        want = bench.next_want_or_work()
        most = max(most, files.lines_read - before)
        if want:
            bench.fetcher.step(0, bench.fetcher.chunk(bench.answer(want)))
    assert most <= 24, most
    assert len(files.removed) == 60 and bench.files.data["b/manifest"]


def test_what_is_refused_leaves_the_other_slot_whole():
    # It is what a crash loop goes back to.
    for manifest in (manifest_of(FILES, chip="esp32"), manifest_of(FILES)[:-2]):
        files = MemoryFiles()
        files.data["b/manifest"] = b"of the old"
        files.data["b/old.mpy"] = b"old"
        raises(Ended, Bench(files, manifest).run)
        assert (files.data["b/manifest"], files.removed) == (b"of the old", [])


def test_what_is_not_for_this_board_is_refused():
    for manifest, why in (
        (manifest_of(FILES, role="ticket"), "foreign"),
        (manifest_of(FILES, chip="esp32"), "foreign"),
        (manifest_of(FILES, kind="counter_p10"), "foreign"),
        (manifest_of(FILES, mpy=5), "interpreter"),
        (manifest_of(FILES, number=3), "bad_manifest"),
        (b"x" * 100, "bad_manifest"),
        (manifest_of(FILES)[:-2], "bad_manifest"),
    ):
        ended = raises(Ended, Bench(manifest=manifest).run)
        assert (ended.st, ended.why) == ("refused", why), ended.why
    Bench(manifest=manifest_of(FILES, kind="counter_led")).run()


def test_a_flash_without_room_is_known_before():
    bench = Bench()
    bench.files.free = 14_000
    bench.files.data["b/stale.mpy"] = b"x"
    ended = raises(Ended, bench.run)
    assert (ended.st, ended.why) == ("refused", "no_space")
    assert "b/stale.mpy" in bench.files.removed, "what lies there goes first"
    bench = Bench()
    bench.next_want()
    bench.files.full = True
    assert raises(OSError, bench.give, bench.answer(bench.wants[0])).errno == 28
