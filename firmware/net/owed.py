"""What the broker owes us on one connection: CONNACK, SUBACK, PUBACKs, a PINGRESP. Pure.

An answer that nobody asked for is Malformed, one that does not come in time is overdue.
"""

from firmware.net import packets
from firmware.net.errors import Malformed, Refused
from firmware.net.ticks import ticks_diff
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_PACKET_ID = 65_535


class Owed:
    """The debts of one connection, from its CONNECT on."""

    def __init__(self, user: str) -> None:
        self.accepted = False  # the CONNACK has come
        self.in_flight: "dict[int, int]" = {}  # packet id -> ticks_ms of its PUBLISH
        self.ping_sent_ms: "int | None" = None  # of the PINGREQ not yet answered
        self.last_id = 0
        self._user = user
        self._suback_id = 0  # the SUBSCRIBE under way, 0 if none
        self._suback_topics: "Sequence[str]" = ()

    def new_id(self) -> int:
        """Give a packet id (1 to 65,535) that no message in flight has."""
        while True:
            self.last_id = self.last_id % MAX_PACKET_ID + 1
            if self.last_id not in self.in_flight:
                return self.last_id

    def suback(self, packet_id: int, topics: "Sequence[str]") -> None:
        """Note that a SUBSCRIBE to `topics` is being sent."""
        self._suback_id = packet_id
        self._suback_topics = topics

    def overdue(self, now_ms: int, timeout_ms: int) -> str:
        """Give the name of an answer that should have come, or an empty text."""
        for packet_id in self.in_flight:
            if ticks_diff(now_ms, self.in_flight[packet_id]) > timeout_ms:
                return "PUBACK"
        if self.ping_sent_ms is not None and ticks_diff(now_ms, self.ping_sent_ms) > timeout_ms:
            return "PINGRESP"
        return ""

    def pay(self, kind: int, body: memoryview) -> bool:
        """Take an answer; give whether it is the CONNACK or SUBACK that somebody waits for.

        Raises Refused if the answer is no, and Malformed if it is not owed.
        """
        if kind == packets.PUBACK:
            if self.in_flight.pop(packets.read_u16(body, 0), None) is None:
                raise Malformed("PUBACK of a message that is not in flight")
            return False
        if kind == packets.PINGRESP:
            if self.ping_sent_ms is None:
                raise Malformed("PINGRESP without PINGREQ")
            self.ping_sent_ms = None
            return False
        if kind == packets.SUBACK:
            self._pay_suback(body)
        else:
            self._pay_connack(body)
        return True

    def _pay_connack(self, body: memoryview) -> None:
        code = body[1]
        if self.accepted or body[0] > 1 or code > 5:
            raise Malformed("CONNACK: a second one, or unknown flags or code")
        if code:
            raise Refused(code, "user " + self._user)
        self.accepted = True

    def _pay_suback(self, body: memoryview) -> None:
        if not self._suback_id or packets.read_u16(body, 0) != self._suback_id:
            raise Malformed("SUBACK of another SUBSCRIBE")
        if len(body) != 2 + len(self._suback_topics):
            raise Malformed("SUBACK: %d codes for another number of topics" % (len(body) - 2))
        for topic, code in zip(self._suback_topics, body[2:]):
            if code == 0x80:
                raise Refused(code, "subscription to " + topic)
            if code > 1:
                raise Malformed("SUBACK: code 0x%02x" % code)
        self._suback_id = 0
