"""The loop of the gateway: wait, drain, decide, commit, speak; and what is due by the clock."""

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from firmware.wire import codec, topics, words
from firmware.wire.codec import BadPayload
from gateway.bus import Message
from gateway.domain.site import Site
from gateway.service.batch import Batch
from gateway.service.clock import Throttle, Timer
from gateway.service.committer import Committer
from gateway.service.fleet_changes import FleetChanges
from gateway.service.leases import Leases
from gateway.service.listening import Listening
from gateway.service.out import Out
from gateway.service.parts import Parts
from gateway.service.timekeeping import clock_part, obey_trust, record_clock
from gateway.service.timeline import Timeline
from gateway.service.writer import Writer

_log = logging.getLogger(__name__)

_TICK_EVERY_MS = 1_000
# A part follows changes at once, but no more often than this: presses come first.
_LINE_EVERY_MS = 100
_SENSORS_EVERY_MS = 500
_BOARDS_EVERY_MS = 5_000
_BOARDS_SOON_MS = 300  # when a board came or went
_AGES_EVERY_MS = 10_000  # readings grow stale by themselves
_SITE_FILE_EVERY_MS = 2_000
# Roles whose faces follow the line and the time, not a press.
_SLOW_FACES = ("ticket", "rating", "hall", "gate", "panel")
_NOTICE_CHARS = 1_000  # the whole is in the log


class Bus(Protocol):
    """What the service needs of the broker's door."""

    def took_ready(self) -> bool:
        """Tell, once after each connection, that everything is to be republished."""

    def wait(self, timeout_s: float) -> list[Message]:
        """Wait for messages and give them."""

    def say(self, messages: Sequence[Out]) -> None:
        """Hand messages to the broker, in their order."""


class Service:
    """Runs the writer on the bus. Everything it does is one call of `turn` after another."""

    def __init__(
        self,
        bus: Bus,
        writer: Writer,
        committer: Committer,
        listening: Listening,
        parts: Parts,
        fleet: FleetChanges,
        new_site: Callable[[], Site | str | None],
        clock: Timeline,
    ) -> None:
        """`new_site` gives a changed site, what is wrong with it, or None."""
        self._bus = bus
        self._writer = writer
        self._committer = committer
        self._out: list[Out] = []  # of this turn, to be said after its batch is on disk
        self._listening = listening
        self._leases = Leases(writer)
        self._parts = parts
        self._fleet = fleet
        self._new_site = new_site
        self._clock = clock
        self._line_rev = 0
        self._last_part: dict[str, dict[str, object]] = {}
        self._notices: list[dict[str, object]] = []
        self._refused_site: Site | None = None
        mono_ms, _ = clock.now()
        self._beat = Timer(mono_ms)
        self._tick = Timer(mono_ms)
        self._ages = Timer(mono_ms + _AGES_EVERY_MS)
        self._site_file = Timer(mono_ms + _SITE_FILE_EVERY_MS)
        self._line = Throttle(_LINE_EVERY_MS)
        self._slow_faces = Throttle(_LINE_EVERY_MS)
        self._sensors = Throttle(_SENSORS_EVERY_MS)
        self._boards = Throttle(_BOARDS_EVERY_MS)

    def turn(self) -> None:
        """Wait for the next thing to do, and do it: drain, decide, commit, speak."""
        mono_ms, _ = self._clock.now()
        timers = (
            self._beat, self._tick, self._ages, self._site_file, self._line.timer,
            self._slow_faces.timer, self._sensors.timer, self._boards.timer,
        )  # fmt: skip
        due_ms = min(t.at_ms for t in timers if t.at_ms is not None)
        batch = self._bus.wait(max(0, due_ms - mono_ms) / 1_000)
        mono_ms, utc_ms = self._clock.now()
        self._speak(self._committer.finished())
        self._out = []
        record_clock(self._clock, self._writer, utc_ms)
        for message in batch:
            self._listening.take(message, mono_ms, utc_ms)
            utc_ms = obey_trust(self._clock, self._writer, utc_ms)
        if self._tick.take(mono_ms):
            self._tick.by(mono_ms + _TICK_EVERY_MS)
            self._writer.tick(utc_ms)
            self._slow_faces.changed(mono_ms)  # hours, holds and breaks end by themselves
        if self._site_file.take(mono_ms):
            self._site_file.by(mono_ms + _SITE_FILE_EVERY_MS)
            self._reload_site(utc_ms)
        if self._writer.lease_due:
            notices = self._leases.notices()
            self._out += self._leases.ask(utc_ms)
            if self._leases.notices() != notices:
                self._publish_site()
        decided = self._writer.take_batch(utc_ms)
        if self._writer.fleet_changed:
            self._change_fleet(decided, mono_ms, utc_ms)
        else:
            self._speak(self._committer.submit(decided))
        if self._bus.took_ready():
            # After what this batch changed: the last that is said of a topic is what stays there.
            self._republish_all(utc_ms)
        self._follow(mono_ms, utc_ms)
        self._speak(self._committer.submit(Batch(out=self._out)))

    def _speak(self, out: list[Out]) -> None:
        if out:
            self._bus.say(out)

    def _change_fleet(self, decided: Batch, mono_ms: int, utc_ms: int) -> None:
        # The broker's files may follow the journal only: all is put on disk before.
        self._speak(self._committer.submit(decided))
        self._speak(self._committer.drain())
        writer = self._writer
        writer.fleet_changed = False
        self._fleet.begin(list(writer.hall.boards), writer.take_retired(), writer.take_held())
        if writer.boards_changed:
            writer.boards_changed = False
            for board in writer.hall.boards:
                self._out += self._board_topics(board, utc_ms)
        self._boards.changed(mono_ms, _BOARDS_SOON_MS)
        self._sensors.changed(mono_ms)

    def _follow(self, mono_ms: int, utc_ms: int) -> None:
        # Everything that is not somebody's answer waits until the answers have left; and what
        # shows a state waits, like them, until that state is on disk.
        writer, listening = self._writer, self._listening
        for done in self._fleet.finished():
            for board in done.retired:
                self._out += listening.clear_retained(board)
                writer.forget(board)
                self._leases.forget(board)
                self._out += self._board_topics(board, utc_ms)  # if it was added again meanwhile
            writer.release(done.receipts)
            self._out += done.answers()
        if writer.settings_changed:
            writer.settings_changed = False
            self._publish_site()
            for board in writer.hall.boards:
                self._out += self._board_topics(board, utc_ms)
        if writer.line_changed:
            writer.line_changed = False
            self._line.changed(mono_ms)
            self._slow_faces.changed(mono_ms)
        for board in listening.take_ready():
            self._out += self._board_topics(board, utc_ms)
        self._out += listening.take_out()
        if listening.sensors_changed:
            listening.sensors_changed = False
            self._sensors.changed(mono_ms)
        if listening.boards_changed or listening.boards_came:
            self._boards.changed(mono_ms, _BOARDS_SOON_MS if listening.boards_came else None)
            listening.boards_changed = listening.boards_came = False
        if listening.shown_changed:
            listening.shown_changed = False
            self._line.changed(mono_ms)
        self._due(mono_ms, utc_ms)

    def _due(self, mono_ms: int, utc_ms: int) -> None:
        if self._beat.take(mono_ms):
            self._beat.by(mono_ms + words.BEAT_EVERY_MS)
            beat: dict[str, object] = {"epoch": self._writer.epoch, "utc_ms": utc_ms}
            # It waits for the disk like everything else: a writer that cannot write is no writer.
            payload = codec.encode(beat, codec.MAX_DOWN_BYTES)
            self._out.append(Out(topics.GW_BEAT, payload, qos=0))
            self._writer.flush_glass()
        if self._slow_faces.take(mono_ms):
            for board, record in self._writer.hall.boards.items():
                if record.role in _SLOW_FACES:
                    face = self._writer.faces.update(self._writer.hall, board, utc_ms)
                    if face is not None:
                        self._out.append(face)
        if self._line.take(mono_ms):
            self._line_rev += 1
            part, look_again_ms = self._parts.line(
                self._writer.hall, self._line_rev, utc_ms, clock_part(self._clock, utc_ms)
            )
            if look_again_ms is not None:
                self._line.timer.by(mono_ms + look_again_ms - utc_ms)
            self._publish_part("line", part, ("rev", "utc_ms"))
        if self._ages.take(mono_ms):
            self._ages.by(mono_ms + _AGES_EVERY_MS)
            self._sensors.changed(mono_ms)
            self._line.changed(mono_ms)
        if self._sensors.take(mono_ms):
            hall = self._writer.hall
            part = self._parts.facilities(hall, self._listening.place, utc_ms)
            self._publish_part("facilities", {**part, "utc_ms": utc_ms}, ("utc_ms",))
        if self._boards.take(mono_ms):
            part = self._parts.boards(self._writer.hall, self._listening.place, utc_ms)
            self._publish_part("boards", {**part, "utc_ms": utc_ms}, ("utc_ms",))

    def _publish_part(self, name: str, part: dict[str, object], fleeting: tuple[str, ...]) -> None:
        # `fleeting` fields alone make no news: nobody is woken for them.
        content = {field: value for field, value in part.items() if field not in fleeting}
        if self._last_part.get(name) == content:
            return
        try:
            payload = codec.encode(part, codec.MAX_HALL_BYTES)
        except BadPayload as e:
            _log.error("the hall's part %s cannot be shown: %s", name, e)
            return
        self._last_part[name] = content
        self._out.append(Out(topics.hall_part(name), payload, retain=True))

    def _publish_site(self) -> None:
        notices = self._notices + self._leases.notices()
        part = self._parts.site(self._writer.hall, notices)
        self._publish_part("site", part, ())

    def _board_topics(self, board: str, utc_ms: int) -> list[Out]:
        config = self._listening.config(board)
        face = self._writer.faces.republish(self._writer.hall, board, utc_ms)
        lease = self._leases.republish(board, utc_ms)
        return [out for out in (config, face, lease) if out is not None]

    def _republish_all(self, utc_ms: int) -> None:
        # The broker's retained messages may have vanished with it (rule 7).
        state: dict[str, object] = {"s": words.READY, "epoch": self._writer.epoch}
        payload = codec.encode(state, codec.MAX_DOWN_BYTES)
        self._out.append(Out(topics.GW_STATE, payload, retain=True))
        for board in self._writer.hall.boards:
            self._out += self._board_topics(board, utc_ms)
        self._last_part.clear()
        self._publish_site()
        mono_ms, _ = self._clock.now()
        for throttle in (self._line, self._sensors, self._boards):
            throttle.changed(mono_ms, 0)
        _log.info("connected to the broker; everything is republished")

    def _reload_site(self, utc_ms: int) -> None:
        found = self._new_site() or self._refused_site
        if found is None:
            return
        problem = found if isinstance(found, str) else self._writer.load_site(found, utc_ms)
        again = found is self._refused_site
        # What was in use may be free in a while: nobody has to save the file once more.
        self._refused_site = None if problem is None or isinstance(found, str) else found
        if again and problem is not None:
            return
        self._notice_site_problem(problem)
        mono_ms, _ = self._clock.now()
        self._line.changed(mono_ms)
        for board in self._writer.hall.boards:
            self._out += self._board_topics(board, utc_ms)

    def _notice_site_problem(self, problem: str | None) -> None:
        """Show staff why a site file was refused (the old settings stay), or that it is well."""
        if problem is None:
            self._notices = []
            _log.info("the site file was read and is in force")
        else:
            self._notices = [{"code": "site_refused", "text": problem[:_NOTICE_CHARS]}]
            _log.error("the site file is refused, the old settings stay in force: %s", problem)
        self._publish_site()
