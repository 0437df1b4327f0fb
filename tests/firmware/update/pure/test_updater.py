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
from tests.firmware.update.pure.memory import MemoryFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SECRET = "s" * 20
SETTINGS = {"id": ID, "secret": SECRET, "role": "counter", "host": "h", "port": 1883}
DONE = {"id": "u2", "kind": "link", "number": 2, "version": "2", "st": "failed", "why": "hash"}
LINK = 0  # the number of the settings that a start goes by
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
        self.now_ms = 0
        clock = _Holder(now_ms=lambda: self.now_ms)
        power = _Holder(sleeps=False)
        self.hw = _Holder(clock=clock, trial_s=120, network=None, power=power)
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
        work.start(LINK)
        await ended(work)
        assert main.ends, garbage
        assert not work._state["now"], garbage
    main = _Main({"slot": "a", "id": "u1", "now": {"offer": ABOUT}})
    work = updater(main)
    work._begin = no_memory
    work.start(LINK)
    assert main.take("up/update") == [], "nobody hears it yet"
    work.greeted("accepted")
    said = main.take("up/update")[-1]
    assert (said["st"], said["why"]) == ("failed", "no_memory"), said
    await ended(work)


async def test_an_outcome_of_garbage_is_no_reason_to_crash_at_each_hello():
    outcomes: "list[object]" = [7, [], "x", {}, {"st": "failed"}]
    for garbage in outcomes:
        main = _Main({"slot": "a", "id": "u1", "now": {"done": garbage}})
        work = updater(main)
        work.start(LINK)
        work.greeted("accepted")
        await ended(work)
        assert main.take("up/update") == [], garbage


async def test_an_offer_for_which_memory_is_too_short_is_refused():
    main = _Main({"slot": "a", "id": "u1"})
    work = updater(main)
    work._begin = no_memory
    work.offered(offer(), 0, False)
    said = main.take("up/update")[-1]
    assert (said["st"], said["why"]) == ("refused", "no_memory"), said
    assert "now" not in main.boot()


def battery(main):
    """Let it be a board that sleeps; give the times until which it is asked to stay awake."""
    stays: "list[int]" = []
    main.hw.power.sleeps = True
    main.role.stay = lambda now_ms, for_ms: stays.append(now_ms + for_ms)
    return stays


async def test_what_is_begun_keeps_a_battery_board_awake_only_where_somebody_hears_it():
    main: "Any" = _Main({"slot": "a", "id": "u1", "now": {"offer": ABOUT}})
    stays = battery(main)
    work = updater(main)
    work.start(LINK)
    assert stays == []
    work.greeted("accepted")
    assert stays == [10_000]
    await ended(work)
    main = _Main({"slot": "a", "id": "u1"})
    stays = battery(main)
    main.now_ms = 7
    work = updater(main)
    work.offered(offer(), 7, False)
    assert stays == [10_007]
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


async def test_a_battery_board_whose_workshop_is_gone_forgets_what_it_has_begun():
    # Or it would stay awake for it at each start, until the battery is empty.
    boot = {"slot": "a", "id": "u1", "now": {"offer": ABOUT}}
    starts = 0
    while "now" in boot:
        starts += 1
        assert starts < 20
        main: "Any" = _Main(boot)
        battery(main)
        work = updater(main)
        work._files = MemoryFiles()
        work.start(LINK)
        work.greeted("accepted")
        work.greeted("accepted")  # its link broke: that is no other start
        for _ in range(10):
            await asyncio.sleep(0)
        boot = main.boot()
        await ended(work)
    assert starts == 13, starts
    assert main.take("up/update")[-1]["st"] == "cancelled", "so that it is offered again"
    assert main.ends


async def test_a_piece_says_that_the_workshop_is_there():
    main: "Any" = _Main({"slot": "a", "id": "u1", "now": {"offer": dict(ABOUT, idle=5)}})
    battery(main)
    work = updater(main)
    work._files = MemoryFiles()
    work.start(LINK)
    work.greeted("accepted")
    await asyncio.sleep(0)
    assert main.boot()["now"]["offer"]["idle"] == 6
    data = {"id": "u2", "sha": ABOUT["sha"], "at": 0, "data": "QUFB" * 13 + "QQ=="}
    work.chunk(data, 0)
    assert main.boot()["now"]["offer"]["idle"] == 0
    await ended(work)


async def test_a_board_on_a_battery_is_awake_for_all_of_its_trial():
    # Asleep after 20 s, three starts without the broker would take back what is good.
    tried = dict(ABOUT, kind="firmware", to="b", tries=1)
    main: "Any" = _Main({"slot": "a", "id": "u1", "now": {"trial": tried}})
    stays = battery(main)
    main.hw.trial_s = 0.1
    work = updater(main)
    work._slot = "b"
    work.start(LINK)
    await asyncio.sleep(0.01)
    assert stays == [10_000]
    await asyncio.sleep(0.2)
    assert main.restarts == 1
    assert main.boot()["now"]["done"]["why"] == "no_hello"
    await ended(work)


async def test_the_watchdog_that_the_loader_has_started_is_fed_from_the_first_moment():
    told: "list[object]" = []

    class Watchdog:
        def __init__(self, timeout: int) -> None:
            told.append(timeout)

        def feed(self) -> None:
            told.append("fed")

    before = sys.modules.get("machine")
    sys.modules["machine"] = _Holder(WDT=Watchdog)  # type: ignore[assignment]
    try:
        tried = dict(ABOUT, kind="firmware", to="b", tries=1)
        main: "Any" = _Main({"slot": "a", "id": "u1", "now": {"trial": tried}})
        work = updater(main)
        work._slot = "b"
        work.start(LINK)
        await asyncio.sleep(0.01)
        assert told == [8_000, "fed"]
        work.greeted("accepted")  # and on, for nothing stops it
        await ended(work)
    finally:
        del sys.modules["machine"]
        if before:
            sys.modules["machine"] = before


async def test_what_became_of_it_is_told_before_a_battery_board_sleeps():
    main: "Any" = _Main({"slot": "a", "id": "u1", "now": {"done": DONE}})
    stays = battery(main)
    work = updater(main)
    work.start(LINK)
    work.greeted("accepted")
    assert stays == [10_000]
    await ended(work)


async def test_only_what_runs_is_kept():
    # Where the loader could not count a try it has started the old one: its hello is no trial.
    for kind, to, link in (("firmware", "b", LINK), ("link", "", 1)):
        tried = dict(ABOUT, kind=kind, to=to, tries=0)
        main = _Main({"slot": "", "id": "u1", "now": {"trial": tried}})
        main.store.files["settings.new"] = b"{}"
        work = updater(main)
        work.start(link)
        work.greeted("accepted")
        said = main.take("up/update")[-1]
        assert (said["st"], said["why"]) == ("rolled_back", "flash"), said
        assert main.boot()["slot"] == ""
        assert json.loads(main.store.files["settings.json"]) == SETTINGS
        await ended(work)
        main = _Main({"slot": "", "id": "u1", "now": {"trial": tried}})
        main.store.broken = True
        work = updater(main)
        work.start(link)
        work.greeted("accepted")
        assert main.take("up/update") == []
        assert main.boot()["slot"] == ""
        assert main.ends, "it takes no memory any more"


async def test_settings_that_were_kept_are_not_lost_when_their_note_fails():
    tried = dict(ABOUT, to="", tries=1)
    main: "Any" = _Main({"slot": "", "id": "u1", "now": {"trial": tried}})
    fresh = dict(SETTINGS, host="new", link=2)
    main.store.files["settings.new"] = json.dumps(fresh).encode()
    write = main.store.write
    main.store.write = lambda name, data: name != "boot.json" and write(name, data)
    work = updater(main)
    work._files.remove = lambda name: main.store.files.pop(name, None)
    work.start(2)
    work.greeted("accepted")
    main.store.write = write
    work.greeted("accepted")  # of the next connection
    assert json.loads(main.store.files["settings.json"]) == fresh
    assert main.boot()["now"]["done"]["st"] == "committed"
    await ended(work)


async def test_an_offer_at_which_the_board_crashes_each_time_is_given_up():
    for crashes, goes_on in ((2, True), (3, False)):
        main = _Main({"slot": "a", "id": "u1", "now": {"offer": ABOUT, "crashes": crashes}})
        work = updater(main)
        work.start(LINK)
        assert bool(work._fetcher) == goes_on
        assert ("offer" in main.boot()["now"]) == goes_on
        work.greeted("accepted")
        said = main.take("up/update")[-1]
        assert said["st"] == ("loading" if goes_on else "failed"), said
        await ended(work)


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
    for more in ({}, {"offer": ABOUT}, {"done": DONE}):
        main = _Main({"slot": "a", "id": "u1", "now": dict(more, crashes=2)})
        work = updater(main)
        work.start(LINK)
        work.greeted("refused")
        assert main.boot()["now"]["crashes"] == 2
        work.greeted("accepted")
        assert "crashes" not in main.boot().get("now", {}), more
        assert bool(main.ends) == (not more), more
        await ended(work)


async def test_what_the_flash_did_not_take_is_not_said_to_be_kept():
    tried = dict(ABOUT, kind="firmware", to="b", tries=1)
    main = _Main({"slot": "a", "id": "u1", "now": {"trial": tried}})
    work = updater(main)
    work._slot = "b"
    work.start(LINK)
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
        main.hook.start(LINK)
        main.role.greeted("refused", "", 0)
        assert main.boot()["now"] == {"crashes": 3}
        main.role.greeted("accepted", "", 0)
        assert "now" not in main.boot() and main.hook is None
        main = _Main({"slot": "a", "id": "u1", "now": {"trial": {"to": "b"}, "crashes": 1}})
        main.hook = hook.Hook(main)
        raises(MemoryError, main.hook.start, LINK)
    finally:
        begin.forget, modules["firmware.update.updater"] = before
