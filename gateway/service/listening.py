"""What the gateway hears from boards besides their presses: life, version, health, readings.

Turns each message into presence and readings, and counts what cannot be understood with the
name of its sender.
"""

from collections.abc import Callable

from firmware.wire import codec, topics, words
from firmware.wire.codec import BadPayload
from gateway.bus import Message
from gateway.facility import Readings, read_reading
from gateway.fleet import denied
from gateway.fleet import presence as said
from gateway.fleet.lives import AHEAD
from gateway.fleet.refusals import Refusals
from gateway.fleet.settings import board_config, config_rev
from gateway.service.out import Out
from gateway.service.writer import CONSOLES, Writer

_NAMED = (topics.UP_READING, topics.UP_ALERT)  # below which a board names what it tells of
_WORKSHOPS = (topics.UP_UPDATE, topics.UP_WANT, topics.UP_LOG)  # what the workshop hears, not we
_ALERTS_MOST = 16  # of one board
# Topics taken apart and remembered: a hall has some hundreds, and none of ours is longer. A
# board gone wild may send as many as it likes, each of 64 KB.
_TOPICS_MOST = 4_096
_TOPIC_CHARS = 100


class Listening:
    """Sorts what arrives; the flags and lists say what is to be told on."""

    def __init__(self, writer: Writer, readings: Readings) -> None:
        self._writer = writer
        self._readings = readings
        self._split: dict[str, tuple[str, str, str]] = {}
        self._ready: list[str] = []
        self._out: list[Out] = []
        self.refusals = Refusals()
        self.sensors_changed = False
        self.boards_changed = False
        self.boards_came = False
        self.shown_changed = False
        self._takers: dict[str, Callable[[str, str, Message, int, int], None]] = {
            topics.UP_STATE: self._state,
            topics.UP_ABOUT: self._about,
            topics.UP_HEALTH: self._health,
            topics.UP_FACE: self._face,
            topics.UP_READING: self._reading,
            topics.UP_ALERT: self._alert,
            topics.UP_ACK: self._ack,
        }

    def take(self, message: Message, mono_ms: int, utc_ms: int) -> None:
        """Take one message of `loket/1/+/up/#` into account; never raises for its content."""
        found = self._split.get(message.topic)
        if found is None:
            found = topics.split(message.topic)
            if found is None:
                return
            if len(self._split) >= _TOPICS_MOST:
                self._split.clear()
            if len(message.topic) <= _TOPIC_CHARS:
                self._split[message.topic] = found
        sender, leaf, rest = found
        if leaf == topics.UP_EVENT and not rest:
            if message.retained:
                # Events are never retained: an old press would come back at each start (rule 7).
                self._writer.fault(sender, "retained_event", message.topic)
                self._clear(message.topic)
                return
            self._seen(sender, utc_ms)
            self._writer.event(sender, message, mono_ms, utc_ms)
            return
        taker = self._takers.get(leaf)
        known = sender in self._writer.hall.boards
        if sender in CONSOLES or (not message.payload and not (known and leaf == topics.UP_ALERT)):
            return  # a retained topic that was cleared
        if not known:
            if message.retained:
                # Left of a board that was retired when nobody could clear its topics.
                self._out += [*self.clear_retained(sender), Out(message.topic, b"", retain=True)]
                return
            self._writer.fault(sender, words.UNKNOWN_BOARD, message.topic)
            return
        if taker is None or (rest and leaf not in _NAMED):
            if leaf not in _WORKSHOPS:
                self._writer.fault(sender, "unknown_topic", message.topic)
            return
        try:
            taker(sender, rest, message, mono_ms, utc_ms)
        except BadPayload as e:
            self._writer.fault(sender, words.BAD_PAYLOAD, f"{leaf}: {e}")
            self.boards_changed = True

    def broker_said(self, who: str, what: str, detail: str, utc_ms: int) -> None:
        """Take into account what the broker's log tells (see fleet/denied.py)."""
        known = who in self._writer.hall.boards
        if what == denied.CAME:
            if not known:
                return  # one of the hall's own
            self._writer.presence.of(who).came_from(detail, utc_ms)
            self.refusals.forget(who)
        elif what == denied.REFUSED:
            self.refusals.refused(who, utc_ms)
        elif what == denied.TLS:
            self.refusals.disbelieved(utc_ms)
        else:
            self._writer.fault(who, what, detail)
        self.boards_changed = True

    def place(self, board: str) -> str:
        """Give where a board is mounted, in the site's words ("" if the site does not say)."""
        for entry in self._writer.hall.site.boards:
            if entry.id == board:
                return entry.place
        return ""

    def config(self, board: str) -> Out | None:
        """Give the message with a board's settings."""
        hall = self._writer.hall
        record = hall.boards.get(board)
        if record is None:
            return None
        payload = board_config(hall, record)
        self._writer.presence.of(board).settings_wanted = config_rev(payload)
        return Out(topics.of_board(board, topics.DN_CONFIG), payload, retain=True)

    def take_ready(self) -> list[str]:
        """Give the boards that came up since the last call: they get their topics once more."""
        ready, self._ready = self._ready, []
        return ready

    def take_out(self) -> list[Out]:
        """Give what must be said about boards' lives since the last call."""
        out, self._out = self._out, []
        return out

    def clear_retained(self, board: str) -> list[Out]:
        """Give the messages that remove every retained topic of a retired board."""
        gone = [topics.of_board(board, leaf) for leaf in topics.RETAINED_OF_BOARD]
        gone += [topics.reading(board, sensor) for sensor in self._readings.of(board)]
        gone += [topics.alert(board, code) for code in self._writer.presence.of(board).alerts]
        self._readings.forget(board)
        return [Out(topic, b"", retain=True) for topic in gone]

    def _clear(self, topic: str) -> None:
        self._out.append(Out(topic, b"", retain=True))

    def _seen(self, board: str, utc_ms: int) -> None:
        self._writer.presence.of(board).seen_ms = utc_ms
        self.boards_changed = True

    def _state(self, board: str, _rest: str, message: Message, _mono_ms: int, utc_ms: int) -> None:
        state, boot = said.read_state(codec.decode(message.payload, codec.MAX_UP_BYTES))
        lives, status = self._writer.lives, self._writer.presence.of(board)
        current = lives.current(board)
        if state == words.INIT and not message.retained:
            status.began(boot, utc_ms)
        if state == words.INIT or current is None:
            lives.begin(board, boot)
        elif boot != current:
            # A will or a straggler from another life: what it overwrote is said again (rule 5).
            truth: dict[str, object] = {"s": status.state, "boot": current}
            payload = codec.encode(truth, codec.MAX_UP_BYTES)
            self._out.append(Out(topics.of_board(board, topics.UP_STATE), payload, retain=True))
            self._writer.fault(board, "other_life", f"{state} of boot {boot}, not {current}")
            return
        if state == words.READY and not message.retained:
            self._ready.append(board)
            status.became_ready(utc_ms)
            self._writer.lease_due.add(board)
        if status.state != state:
            status.state = state
            self.boards_came = True
            self.sensors_changed = True
        if not message.retained and state != words.LOST:
            self._seen(board, utc_ms)

    def _about(self, board: str, _rest: str, message: Message, _mono_ms: int, _utc_ms: int) -> None:
        payload = codec.decode(message.payload, codec.MAX_UP_BYTES)
        said.apply_about(self._writer.presence.of(board), payload)
        self.boards_changed = True

    def _health(self, board: str, _rest: str, message: Message, mono_ms: int, utc_ms: int) -> None:
        payload = codec.decode(message.payload, codec.MAX_UP_BYTES)
        boot, t_ms = said.apply_health(self._writer.presence.of(board), payload)
        self._judge(board, boot, t_ms, mono_ms, utc_ms)
        self._seen(board, utc_ms)

    def _face(self, board: str, _rest: str, message: Message, _mono_ms: int, utc_ms: int) -> None:
        payload = codec.decode(message.payload, codec.MAX_UP_BYTES)
        epoch, rev, t_ms = said.apply_face(self._writer.presence.of(board), payload)
        self._writer.on_glass(board, epoch, rev, t_ms, utc_ms)
        self.shown_changed = self.boards_changed = True

    def _reading(
        self, board: str, sensor: str, message: Message, mono_ms: int, utc_ms: int
    ) -> None:
        if not topics.is_name(sensor):
            raise BadPayload("topic", "a sensor's name has a-z, 0-9, - and _, at most 32")
        payload = codec.decode(message.payload, codec.MAX_UP_BYTES)
        reading = read_reading(payload, None if message.retained else utc_ms)
        if not message.retained:
            self._judge(board, reading.boot, reading.t_ms, mono_ms, utc_ms)
            self._seen(board, utc_ms)
        self._readings.take(board, sensor, reading)
        self.sensors_changed = True

    def _alert(self, board: str, code: str, message: Message, _mono_ms: int, _utc_ms: int) -> None:
        if not topics.is_name(code):
            raise BadPayload("topic", "an alert's code has a-z, 0-9, - and _, at most 32")
        alerts = self._writer.presence.of(board).alerts
        if not message.payload:
            alerts.pop(code, None)
        elif code not in alerts and len(alerts) >= _ALERTS_MOST:
            raise BadPayload("topic", f"a board may have at most {_ALERTS_MOST} alerts")
        else:
            alerts[code] = said.read_alert(codec.decode(message.payload, codec.MAX_UP_BYTES))
        self.sensors_changed = True
        self.boards_changed = True

    def _ack(self, board: str, _rest: str, message: Message, _mono_ms: int, _utc_ms: int) -> None:
        cmd_id, why = said.read_ack(codec.decode(message.payload, codec.MAX_UP_BYTES))
        if why:
            self._writer.fault(board, "order_refused", f"{cmd_id}: {why}")

    def _judge(self, board: str, boot: int, t_ms: int, mono_ms: int, utc_ms: int) -> None:
        if self._writer.lives.judge(board, boot, t_ms, mono_ms) == AHEAD:
            self._writer.presence.of(board).ahead.add(utc_ms)
            raise BadPayload("t_ms", "more than 60 s ahead of this board's earlier messages")
