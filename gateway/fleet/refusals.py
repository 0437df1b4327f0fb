"""Whom the broker sent away: a wrong secret, an unknown name, a certificate not believed. Pure.

Such a client never gets as far as to say who it is; often only its address is known. Times are
passed in, UTC milliseconds.
"""

from dataclasses import dataclass

from gateway.fleet.presence import Lately

# Our own look whether the broker has read its files (broker_reload) comes from here, so that its
# refusals, which are expected, are told from a board's.
PROBE_ADDRESS = "127.0.0.77"

_KEPT_MOST = 64  # addresses; a stranger may come from many
_TOLD_MOST = 8
_WHO_CHARS = 45  # an IPv6 address


@dataclass(slots=True)
class _Sent:
    lately: Lately
    last_ms: int


class Refusals:
    """Who was refused lately, by address or by name."""

    def __init__(self) -> None:
        self._of: dict[str, _Sent] = {}
        self._tls = _Sent(Lately(), 0)

    def refused(self, who: str, utc_ms: int) -> None:
        """Take into account that the broker refused `who` just now."""
        if who == PROBE_ADDRESS:
            return
        who = who[:_WHO_CHARS]
        sent = self._of.pop(who, None) or _Sent(Lately(), 0)
        sent.lately.add(utc_ms)
        sent.last_ms = utc_ms
        self._of[who] = sent  # at the end: the first is the one not heard of for longest
        if len(self._of) > _KEPT_MOST:
            del self._of[next(iter(self._of))]

    def disbelieved(self, utc_ms: int) -> None:
        """Take into account that a client did not believe the broker's certificate."""
        self._tls.lately.add(utc_ms)
        self._tls.last_ms = utc_ms

    def forget(self, who: str) -> None:
        """Drop what is known of somebody who was let in."""
        self._of.pop(who, None)

    def told(self, utc_ms: int) -> list[dict[str, object]]:
        """Give those of the last ten minutes, the newest first, at most 8: `who`, how often (32
        at most are counted) and when last."""
        found = [_entry(who, sent, utc_ms) for who, sent in reversed(self._of.items())]
        return [entry for entry in found if entry["n"]][:_TOLD_MOST]

    def told_tls(self, utc_ms: int) -> dict[str, object] | None:
        """Give the same of certificates not believed, None if there were none."""
        entry = _entry("", self._tls, utc_ms)
        return entry if entry["n"] else None


def _entry(who: str, sent: _Sent, utc_ms: int) -> dict[str, object]:
    return {"who": who, "n": sent.lately.count(utc_ms), "last_ms": sent.last_ms}
