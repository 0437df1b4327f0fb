"""What a board says: every payload of `up/`, built and handed to the host that sends it."""

from firmware.wire import board_topics as topics
from firmware.wire.codec import MAX_UP_BYTES, encode
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any


class Host:
    """What surrounds a board; main.py has the real one, tests have theirs."""

    store: "Any" = None  # the Store port

    if TYPE_CHECKING:  # what it has to have; a default would take memory

        def command(self, name: str, arg: "dict[str, Any]", now_ms: int) -> "tuple[str, str]":
            """Do an order that the role does not know; give (code, detail)."""
            return "unknown_command", name

        def send(self, topic: str, data: bytes, qos: int, retain: bool) -> None:
            """Send a message now or, without a link, not at all: orders and facts are resent."""

        def vitals(self) -> "dict[str, Any]":
            """Give what `up/health` adds: free_bytes, rssi_dbm, reset."""
            return {}

        def scatter(self, below: int) -> int:
            """Give a random number from 0 up to, not including, `below`."""
            return 0

        def life(self, s: str) -> None:
            """Show a state of the board's life on the board itself."""

        def wake(self) -> None:
            """Look again what is due: it changed by a call that came from the hardware."""

        def restart(self) -> None:
            """Say `gone`, take the link down in good order, and start anew."""

        def rest(self, for_s: int) -> None:
            """Say `sleeping`, take the link down in good order, and sleep deeply for `for_s`."""


class Uplink:
    """The voice of one board in one life (`boot`); numbers its events."""

    def __init__(self, board_id: str, boot: int, host: Host) -> None:
        self.boot = boot
        self.state_topic = topics.of_board(board_id, topics.UP_STATE)
        self._id = board_id
        self._host = host
        self._seq = 0
        # Made once, for the way from a press to the glass is measured in microseconds.
        self._event_topic = topics.of_board(board_id, topics.UP_EVENT)
        self._face_topic = topics.of_board(board_id, topics.UP_FACE)

    def event(self, name: str, event: "dict[str, Any]", now_ms: int) -> "tuple[int, bytes]":
        """Give (seq, payload) of a new event; `event` holds its own fields and gets the rest."""
        event["boot"] = self.boot
        event["seq"] = seq = self.number()
        event["t_ms"] = now_ms
        event["ev"] = name
        return seq, encode(event, MAX_UP_BYTES)

    def number(self) -> int:
        """Give the seq of a new event that its role keeps and encodes itself."""
        self._seq += 1
        return self._seq

    def send_event(self, data: bytes) -> None:
        """Send an event's payload, for the first time or again."""
        self._host.send(self._event_topic, data, 1, False)

    def shown(self, face: "dict[str, Any]", now_ms: int) -> None:
        """Say that a face is on the glass."""
        shown = {"epoch": face["epoch"], "rev": face["rev"], "t_ms": now_ms}
        self._host.send(self._face_topic, encode(shown, MAX_UP_BYTES), 1, True)

    def state(self, s: str) -> bytes:
        """Give the payload of `up/state`."""
        return encode({"s": s, "boot": self.boot}, MAX_UP_BYTES)

    def life(self, s: str) -> None:
        """Say, and show on the board, where in its life it is."""
        self._host.send(self.state_topic, self.state(s), 1, True)
        self._host.life(s)

    def about(self, about: "dict[str, Any]", settings_rev: int) -> None:
        """Say what the board is."""
        about["settings_rev"] = settings_rev
        self._say(topics.UP_ABOUT, about, 1, True)

    def health(self, health: "dict[str, Any]", now_ms: int) -> None:
        """Say how the board feels; `health` holds the counters, the host adds its vitals."""
        health.update(self._host.vitals())
        health["boot"] = self.boot
        health["t_ms"] = now_ms
        self._say(topics.UP_HEALTH, health, 0, False)

    def reading(self, sensor: str, reading: "dict[str, Any]", now_ms: int) -> None:
        """Say a sensor's latest reading."""
        reading["boot"] = self.boot
        reading["t_ms"] = now_ms
        self._host.send(topics.reading(self._id, sensor), encode(reading, MAX_UP_BYTES), 1, True)

    def alert(self, code: str, on: bool, now_ms: int, part: str = "") -> None:
        """Raise or clear one of the board's own troubles; `since_ms` is in the board's time,
        `part` names the part at fault where it is not plain."""
        data = b""
        if on:
            alert = {"code": code, "since_ms": now_ms, "boot": self.boot}
            if part:
                alert["part"] = part
            data = encode(alert, MAX_UP_BYTES)
        self._host.send(topics.alert(self._id, code), data, 1, True)

    def ack(self, cmd_id: str, code: str, detail: str) -> None:
        """Answer a command: done if `code` is empty, else why not. `detail` may be empty."""
        ack = {"id": cmd_id, "st": "error" if code else "ok"}
        if code:
            ack["code"] = code
        if detail:
            ack["detail"] = detail
        self._say(topics.UP_ACK, ack, 1, False)

    def _say(self, leaf: str, payload: "dict[str, Any]", qos: int, retain: bool) -> None:
        data = encode(payload, MAX_UP_BYTES)
        self._host.send(topics.of_board(self._id, leaf), data, qos, retain)
