"""An update at work: takes offers, runs the plan beside everything else, tries, tells."""

import asyncio
import gc
import json
import sys

from firmware.update.begin import place
from firmware.update.fetch import Ended, Fetcher, Progress
from firmware.update.slots import Slots, spare_of
from firmware.update.state import NAMES, end, keep, load
from firmware.version import NUMBER
from firmware.wire import board_topics as topics
from firmware.wire import update_topics
from firmware.wire.board_words import ACCEPTED
from firmware.wire.codec import (
    MAX_INT,
    MAX_UP_BYTES,
    encode,
    read_choice,
    read_int,
    read_str,
)
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

_PIECE_BYTES = const(1_024)
_SMALL_PIECE_BYTES = const(256)
_ROOMY_BYTES = const(24_000)  # free memory with which large pieces are no matter
_LEAST_BYTES = const(32)
_BAUD_A_BYTE = const(1_200)  # of a piece: asked for and given, it takes 40 ms of a line
_REST_BITS = const(16_000_000)  # one in 140 ms, so that most presses find the line free
_REST_MOST_MS = const(600)
_REPORT_MS = const(1_000)
_PRESS_MS = const(20)
_QUIET_MS = const(1_500)  # so long nobody is being served
_RESTART_WITHIN_MS = const(600_000)
_LOOK_MS = const(250)
_ENOSPC = const(28)
_STAY_MS = const(10_000)  # as long as three wants for one piece
_LOOK_S = const(2)  # of the trial
_MOST_IDLE = const(12)  # starts of a board on a battery without an answer of the workshop
_MOST_CRASHES = const(3)  # fewer than the loader takes


class Updater:
    """The update of one board, from an offer to what became of it."""

    def __init__(self, main: "Any", hook: "Any") -> None:
        self._main = main
        self._hook = hook
        self._store = main.store
        self._files = Slots(self._store.root)
        self._place = place(self._store)
        self._slot: str = self._place["slot"]
        self._state = load(self._store)
        self._fetcher: "Fetcher | None" = None
        self._progress = Progress(0)
        self._about: "dict[str, Any]" = {}  # the update under way
        self._st = ""
        self._why = ""
        self._told_ms = 0
        self._free_ms = 0
        self._rest_ms = 0
        self._piece: "bytes | None" = None
        self._failed: "Ended | None" = None
        self._begun = False  # before this start, and not yet counted
        self._woken = asyncio.Event()
        self._tasks: "list[Any]" = []

    # What comes in.

    def start(self, link: int) -> None:
        """Go on with what was begun before the start; `link` is the number of the link settings
        that this start goes by."""
        now = self._state["now"]
        trial = now.get("trial")
        offer = now.get("offer")
        if trial:
            if trial["to"] == self._slot and (trial["kind"] != "link" or trial["number"] == link):
                self._begin_trial(trial)
            else:
                # The loader could not count a start of it: this is the old one, and no trial.
                self._give_up(trial, "rolled_back", "flash")
        elif offer is not None:
            why = "error" if now.get("crashes", 0) >= _MOST_CRASHES else self._try(offer)
            self._begun = not why
            if why:
                self._give_up(offer, "failed", why)
        self.rest()

    def _give_up(self, about: "dict[str, Any]", st: str, why: str) -> None:
        # Told when the gateway is there to hear it.
        try:
            if end(self._store, self._state, self._slot, about, st, why):
                return
        except KeyError:  # it is garbage
            keep(self._store, {"slot": self._slot, "id": "", "now": {}})
        self._state["now"] = {}

    def greeted(self, st: str) -> None:
        """The hello has its answer: if it is accepted, what runs is good."""
        if st != ACCEPTED:
            return
        now = self._state["now"]
        if "trial" in now and not self._fetcher:
            from firmware.update.trial import commit

            if not commit(self._store, self._files, self._state):
                return  # the old one returns when the time is over
            now = self._state["now"]
        if now.pop("crashes", 0):
            keep(self._store, self._state)
        if "done" in now:
            self._about = now["done"]
            self._stay()
            self._report(now["done"]["st"], now["done"]["why"])
            self._tasks.append(asyncio.create_task(self._told()))
        elif self._fetcher:
            if self._is_left():
                self._failed = Ended("cancelled", "")  # whoever offers it again may do so
            else:
                self._fetcher.ask_again(self._now_ms())
                self._stay()
                self._report(self._st, self._why)
            self._woken.set()
        self.rest()

    def _is_left(self) -> bool:
        # A board on a battery does not stay awake for ever for a workshop that is gone.
        if not self._begun or not self._main.hw.power.sleeps:
            return False
        self._begun = False
        idle = self._about.get("idle", 0) + 1
        self._is_idle(idle)
        return bool(idle > _MOST_IDLE)

    def _is_idle(self, starts: int) -> None:
        self._about["idle"] = starts
        keep(self._store, self._state)

    def chunk(self, payload: "dict[str, Any]", now_ms: int) -> None:
        """Take a piece; raises BadPayload."""
        if self._fetcher and self._piece is None:
            try:
                self._piece = self._fetcher.chunk(payload)
            except Ended as why:
                self._failed = why
            self._woken.set()
            if self._piece:
                self._stay()
                if self._about.get("idle"):
                    self._is_idle(0)

    def _stay(self) -> None:
        # A board on a battery does not fall asleep as long as there is something to do; where
        # nobody hears it, what it has begun is no reason to stay awake at each start.
        stay = getattr(self._main.role, "stay", None)
        if stay:
            stay(self._now_ms(), _STAY_MS)

    def rest(self) -> None:
        """Give the memory back if there is nothing to do."""
        if not self._fetcher and not self._state["now"]:
            self._hook.end()

    def offered(self, payload: "dict[str, Any]", now_ms: int, retained: bool) -> None:
        """Take an offer; raises BadPayload."""
        offer: "dict[str, Any]" = {"id": read_str(payload, "id", 1, 40)}
        offer["kind"] = kind = read_choice(payload, "kind", ("firmware", "link", "cancel"))
        if retained:
            self._refuse(offer, "retained")
            return
        if kind == "cancel":
            if self._fetcher and self._about["id"] == offer["id"]:
                self._failed = Ended("cancelled", "")
                self._woken.set()
            return
        offer["number"] = read_int(payload, "number", 0, MAX_INT)
        offer["version"] = read_str(payload, "version", 1, 32)
        offer["size"] = read_int(payload, "size", 1, 1 << 20)
        offer["sha"] = read_str(payload, "sha", 64, 64)
        mac = read_str(payload, "mac", 64, 64)
        try:
            why = self._why_not(offer, mac, now_ms)
        except MemoryError:
            gc.collect()
            why = "no_memory"
        if why:
            self._refuse(offer, why)
        elif not self._fetcher:
            self._state["now"] = {"offer": offer}
            # Where flash does not take it, the update does not outlive a restart; no more.
            keep(self._store, self._state)
            self._stay()
            why = self._try(offer)
            if why:
                self._state["now"] = {}
                keep(self._store, self._state)
                self._refuse(offer, why)

    def _settings(self) -> "dict[str, Any]":
        settings: "dict[str, Any]" = json.loads(self._store.read("settings.json") or b"{}")
        return settings

    def _why_not(self, offer: "dict[str, Any]", mac: str, now_ms: int) -> str:
        from firmware.wire.offer import offer_mac, update_key

        settings = self._settings()
        has = settings.get("link", 0)
        secret = settings["secret"]
        del settings  # two kilobytes
        key = update_key(secret)
        if offer_mac(key, self._main.board.id, offer) != mac:
            return "bad_mac"
        if self._fetcher and self._st in ("loading", "loaded"):
            if self._about["sha"] != offer["sha"] or self._about["kind"] != offer["kind"]:
                return "busy"
            # The same again, perhaps by another name: somebody has forgotten that he asked.
            self._about["id"] = self._fetcher.id = offer["id"]
            if self._st == "loaded":  # it is by that name that it will be told
                self._state["now"]["trial"]["id"] = offer["id"]
            keep(self._store, self._state)
            self._fetcher.ask_again(now_ms)
            self._woken.set()
            self._report(self._st, "")
            return ""
        if "trial" in self._state["now"] or self._fetcher:
            return "busy"
        number = offer["number"]
        if offer["kind"] == "link":
            return "older" if number < has else "already" if number == has else ""
        if number < NUMBER:
            return "older"
        return "already" if number == NUMBER and self._runs(offer["sha"]) else ""

    def _runs(self, sha: str) -> bool:
        manifest = self._slot + "/manifest"
        size = self._files.size(manifest)
        whole = self._files.is_whole(manifest, sha, size)
        while self._slot:
            try:
                next(whole)
            except StopIteration as end:
                return bool(end.value)
        return False

    # Loading.

    def _try(self, offer: "dict[str, Any]") -> str:
        # Gives why it does not go.
        why = "no_memory"
        try:
            self._begin(offer)
            return ""
        except MemoryError:
            pass
        except Exception as error:  # noqa: BLE001 - told; raised at a start, it would be so at each
            print("update:", repr(error), file=sys.stderr)
            why = "error"
        self._fetcher = None
        return why

    def _begin(self, offer: "dict[str, Any]") -> None:
        gc.collect()
        step = _PIECE_BYTES if gc.mem_free() > _ROOMY_BYTES else _SMALL_PIECE_BYTES
        baud = getattr(self._main.hw.network, "baud", 0)
        if baud:  # the answer to a press waits behind the piece that is on the line
            step = min(step, max(_LEAST_BYTES, baud // _BAUD_A_BYTE))
            self._rest_ms = min(_REST_MOST_MS, _REST_BITS // baud)
        self._about = offer
        self._progress = Progress(offer["size"])
        if offer["kind"] == "link":
            from firmware.update.link import get_link

            plan = get_link(self._files, self._store, offer, step, self._progress)
        else:
            from firmware.update.release import get_release

            settings = self._settings()
            wanted = {
                "role": settings["role"],
                "kind": settings.get("kind", ""),
                "chip": self._place["chip"],
                "mpy": self._place["mpy"],
            }
            plan = get_release(self._files, offer, self._slot, wanted, step, self._progress)
        self._fetcher = Fetcher(plan, offer["id"])
        self._report("loading")
        self._tasks.append(asyncio.create_task(self._load()))

    async def _load(self) -> None:
        st, why = "failed", "flash"
        try:
            await self._run_plan()
            from firmware.update.trial import arm

            to = self._slot if self._about["kind"] == "link" else spare_of(self._slot)
            if arm(self._store, self._state, self._about, to):
                self._report("loaded")
                await self._quiet()
                self._report("trial")
                self._main.restart()
                return
        except Ended as ended:
            st, why = ended.st, ended.why
        except OSError as error:
            why = "no_space" if error.errno == _ENOSPC else "flash"
        except MemoryError:
            why = "no_memory"
        except Exception as error:  # noqa: BLE001 - told, and the board serves on
            print("update:", repr(error), file=sys.stderr)
            why = "error"
        gc.collect()
        try:
            if why == "no_space":
                try:
                    for _ in self._files.empty(spare_of(self._slot)):
                        await asyncio.sleep(0)
                except OSError:
                    pass  # what cannot be removed stays
            self._state["now"] = {}
            keep(self._store, self._state)
            self._report(st, why)
        finally:  # or it would be busy for ever
            self._hook.end()

    async def _run_plan(self) -> None:
        fetcher = self._fetcher
        now_ms = self._now_ms
        while fetcher and not fetcher.over:
            piece, self._piece = self._piece, None
            fetcher.step(now_ms(), piece)
            pressed = self._main.board.pending.seq  # its answer comes first
            rests_ms = _PRESS_MS if pressed else self._free_ms - now_ms()
            want = fetcher.want(now_ms()) if rests_ms <= 0 else None
            if want:
                self._free_ms = now_ms() + self._rest_ms
                self._send(update_topics.UP_WANT, want, False)
            if now_ms() - self._told_ms >= _REPORT_MS:
                self._report("loading")
            if fetcher.wants:
                await self._wait(rests_ms if rests_ms > 0 else fetcher.due_ms - now_ms())
            else:
                self._stay()
                await asyncio.sleep(0)
            if self._failed:
                raise self._failed

    async def _wait(self, for_ms: int) -> None:
        # Until a piece has come, or it is time to ask again.
        try:
            await asyncio.wait_for(self._woken.wait(), max(1, for_ms) / 1_000)
        except asyncio.TimeoutError:
            pass
        self._woken.clear()

    async def _quiet(self) -> None:
        # Nobody's number shall wait for a restart.
        since_ms = began_ms = self._now_ms()
        while self._now_ms() - began_ms < _RESTART_WITHIN_MS:
            if self._failed:  # cancelled while it waits
                raise self._failed
            if self._main.board.pending.seq or self._main.role.busy:
                since_ms = self._now_ms()
            elif self._now_ms() - since_ms >= _QUIET_MS:
                return
            await asyncio.sleep(_LOOK_MS / 1_000)

    # The trial, and what became of it.

    def _begin_trial(self, trial: "dict[str, Any]") -> None:
        self._about = trial
        self._st = "trial"
        self._tasks.append(asyncio.create_task(self._time_limit()))
        from firmware.update.trial import feed

        self._tasks.append(asyncio.create_task(feed()))

    async def _time_limit(self) -> None:
        from firmware.update.trial import TRIAL_S, roll_back

        left_s = getattr(self._main.hw, "trial_s", TRIAL_S)
        while left_s > 0 and "trial" in self._state["now"]:
            self._stay()  # asleep it would not be heard
            await asyncio.sleep(min(left_s, _LOOK_S))
            left_s -= _LOOK_S
        if "trial" in self._state["now"]:
            roll_back(self._store, self._files, self._state, "no_hello")
            self._main.restart()

    async def _told(self) -> None:
        # Only what the broker has is told.
        client = self._main.link.client
        while client.connected and client.in_flight:
            await asyncio.sleep(_LOOK_MS / 1_000)
        # Meanwhile there may be a new offer.
        if client.connected and self._state["now"].pop("done", None):
            keep(self._store, self._state)
            self.rest()

    # What goes out.

    def _refuse(self, offer: "dict[str, Any]", why: str) -> None:
        said = {name: offer[name] for name in NAMES if name in offer}
        said["st"] = "refused"
        said["why"] = why
        self._send(update_topics.UP_UPDATE, said, True)

    def _report(self, st: str, why: str = "") -> None:
        self._st = st
        self._why = why
        self._told_ms = self._now_ms()
        said = {name: self._about[name] for name in NAMES}
        said["st"] = st
        said["got"] = self._progress.got
        said["size"] = self._progress.size
        if why:
            said["why"] = why
        self._send(update_topics.UP_UPDATE, said, True)

    def _send(self, leaf: str, payload: "dict[str, Any]", retain: bool) -> None:
        topic = topics.of_board(self._main.board.id, leaf)
        self._main.send(topic, encode(payload, MAX_UP_BYTES), 1, retain)

    def _now_ms(self) -> int:
        now_ms: int = self._main.hw.clock.now_ms()
        return now_ms
