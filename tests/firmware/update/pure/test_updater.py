"""What an update does when memory is short, the flash broken, or what it is told is garbage."""

import asyncio
import builtins
import gc
import json
import os
import sys

from firmware.update import begin, hook, trial
from firmware.update.lines import Lines
from firmware.update.updater import Updater
from firmware.wire.codec import BadPayload
from firmware.wire.offer import offer_mac, update_key
from tests.firmware.fakes import ID, FakeHost, MemoryStore
from tests.firmware.pure.expect import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SECRET = "s" * 20
SETTINGS = {"id": ID, "secret": SECRET, "role": "counter", "host": "h", "port": 1883}
ABOUT = {"id": "u2", "kind": "link", "number": 2, "version": "2", "size": 40, "sha": "ab" * 32}

_gc: "Any" = gc
if not hasattr(gc, "mem_free"):  # CPython
    _gc.mem_free = lambda: 100_000
    _gc.threshold = lambda *_: None


class _Holder:
    """Anything with attributes."""

    def __init__(self, **has):
        for name in has:
            setattr(self, name, has[name])


class _Main(FakeHost):
    """As much of firmware.main.Main as an update asks for."""

    def __init__(self, boot):
        FakeHost.__init__(self, MemoryStore())
        self.store.root = "/tmp/loket-updater-" + "".join(["%02x" % b for b in os.urandom(6)]) + "/"
        self.store.files["boot.json"] = json.dumps(boot).encode()
        self.store.files["settings.json"] = json.dumps(SETTINGS).encode()
        self.board = _Holder(id=ID, pending=_Holder(seq=0))
        self.role = _Holder(busy=False, greeted=lambda st, why, now_ms: None)
        self.hw = _Holder(clock=_Holder(now_ms=lambda: 0), trial_s=120, network=None)
        self.link = _Holder(client=_Holder(connected=True, in_flight=0))
        self.hook: "Any" = None
        self.ends = 0

    def end(self):
        self.ends += 1

    def boot(self):
        return json.loads(self.store.files["boot.json"])


def updater(main: "Any") -> "Any":
    return Updater(main, main)


def offer(**more):
    fresh = dict(ABOUT, **more)
    fresh["mac"] = offer_mac(update_key(SECRET), ID, fresh)
    return fresh


def no_memory(_):
    raise MemoryError("for a test")


async def ended(work):
    """Call off the tasks that a test has begun."""
    for task in work._tasks:
        task.cancel()
    await asyncio.sleep(0)


async def test_an_offer_that_cannot_go_on_is_dropped_and_the_board_starts():
    # What is raised here would be raised at each start: no hello, ever.
    offers: "list[object]" = [{}, {"kind": "link"}, {"id": 7}, 7, [], "x"]
    for garbage in offers:
        main = _Main({"slot": "a", "id": "u1", "now": {"offer": garbage}})
        work = updater(main)
        work.start()
        await ended(work)
        assert main.ends, garbage
        assert not work._state["now"], garbage
    main = _Main({"slot": "a", "id": "u1", "now": {"offer": ABOUT}})
    work = updater(main)
    work._begin = no_memory
    work.start()
    assert "now" not in main.boot() and main.ends


async def test_an_offer_for_which_memory_is_too_short_is_refused():
    main = _Main({"slot": "a", "id": "u1"})
    work = updater(main)
    work._begin = no_memory
    work.offered(offer(), 0, False)
    said = main.take("up/update")[-1]
    assert (said["st"], said["why"]) == ("refused", "no_memory"), said
    assert "now" not in main.boot()


async def test_what_is_begun_keeps_a_battery_board_awake_only_where_somebody_hears_it():
    main: "Any" = _Main({"slot": "a", "id": "u1", "now": {"offer": ABOUT}})
    stays: "list[int]" = []
    main.role.stay = stays.append
    work = updater(main)
    work.start()
    assert stays == []
    work.greeted("accepted")
    assert stays == [0]
    await ended(work)
    main = _Main({"slot": "a", "id": "u1"})
    main.role.stay = stays.append
    work = updater(main)
    work.offered(offer(), 7, False)
    assert stays == [0, 7]
    await ended(work)


async def test_pieces_are_as_small_as_a_line_is_slow_and_wait_for_the_answer_to_a_press():
    for baud, n in ((9_600, 32), (115_200, 96), (0, 1_024)):
        main: "Any" = _Main({"slot": "a", "id": "u1"})
        main.hw.network = _Holder(baud=baud)
        main.board.pending.seq = 1  # a press
        os.mkdir(main.store.root[:-1])
        work = updater(main)
        work.offered(offer(size=2_000), 0, False)
        await asyncio.sleep(0.03)
        assert main.take("up/want") == []
        main.board.pending.seq = 0
        await asyncio.sleep(0.06)
        assert [want["n"] for want in main.take("up/want")] == [n]
        await ended(work)
        os.remove(main.store.root + "link.new")
        os.rmdir(main.store.root[:-1])


async def test_the_same_offer_by_another_name_is_told_by_that_name():
    for st in ("loading", "loaded"):
        main = _Main({"slot": "a", "id": "u1"})
        work = updater(main)
        work.offered(offer(), 0, False)
        if st == "loaded":
            trial.arm(work._store, work._state, work._about, "a")
            work._report("loaded")
        work.offered(offer(id="u3"), 0, False)
        assert main.take("up/update")[-1]["id"] == "u3"
        now = main.boot()["now"]
        assert now["trial" if st == "loaded" else "offer"]["id"] == "u3", now
        await ended(work)


def test_who_prints_does_not_fail_by_who_listens():
    before = builtins.print
    lines: "Any" = Lines()
    try:
        for why in (MemoryError("for a test"), BadPayload("payload", "too long")):

            def tap(line, why=why):
                raise why

            lines.tap = tap
            print("something")
        assert lines.kept == ["something"] * 2
    finally:
        builtins.print = before


async def test_an_accepted_hello_ends_a_row_of_crashes_whatever_else_is_to_be_done():
    done = {"id": "u2", "kind": "link", "number": 2, "version": "2", "st": "failed", "why": "hash"}
    for more in ({}, {"offer": ABOUT}, {"done": done}):
        main = _Main({"slot": "a", "id": "u1", "now": dict(more, crashes=4)})
        work = updater(main)
        work.start()
        work.greeted("refused")
        assert main.boot()["now"]["crashes"] == 4
        work.greeted("accepted")
        assert "crashes" not in main.boot().get("now", {}), more
        assert bool(main.ends) == (not more), more
        await ended(work)


async def test_what_the_flash_did_not_take_is_not_said_to_be_kept():
    tried = dict(ABOUT, kind="firmware", to="b", tries=1)
    main = _Main({"slot": "a", "id": "u1", "now": {"trial": tried}})
    work = updater(main)
    work.start()
    main.store.broken = True
    work.greeted("accepted")
    work.greeted("accepted")  # of the next connection
    assert main.take("up/update") == []
    main.store.broken = False
    work.greeted("accepted")
    assert main.take("up/update")[-1]["st"] == "committed"
    assert main.boot()["slot"] == "b"
    await ended(work)


def test_garbage_leaves_nothing_in_memory():
    before = begin.forget
    begin.forget = lambda *names: None  # other tests need them
    try:
        for data in (b"[]", b"\xff", b'{"id":"u1","kind":7}', b'{"id":"","kind":"cancel"}'):
            main: "Any" = _Main({"slot": "a", "id": "u1"})
            main.hook = hook.Hook(main)
            raises(BadPayload, main.hook.heard, memoryview(data), 0, False)
            assert main.hook is None, data
    finally:
        begin.forget = before


class _NoMemory:
    def __getattr__(self, name):
        raise MemoryError("for a test")


def test_a_row_of_crashes_ends_also_where_memory_is_short():
    modules: "Any" = sys.modules
    before = begin.forget, modules["firmware.update.updater"]
    begin.forget = lambda *names: None
    modules["firmware.update.updater"] = _NoMemory()
    try:
        main: "Any" = _Main({"slot": "a", "id": "u1", "now": {"crashes": 3}})
        main.hook = hook.Hook(main)
        main.hook.start()
        main.role.greeted("refused", "", 0)
        assert main.boot()["now"] == {"crashes": 3}
        main.role.greeted("accepted", "", 0)
        assert "now" not in main.boot() and main.hook is None
        main = _Main({"slot": "a", "id": "u1", "now": {"trial": {"to": "b"}, "crashes": 1}})
        main.hook = hook.Hook(main)
        raises(MemoryError, main.hook.start)
    finally:
        begin.forget, modules["firmware.update.updater"] = before
