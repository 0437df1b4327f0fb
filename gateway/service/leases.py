"""What each ticket board is told of the numbers that it may give alone (`dn/lease`).

A board is given what it lacks when it comes up, when a day opens and when it handed numbers in;
what it holds is said whole, numbered like a face and republished like one.
"""

import logging
from dataclasses import dataclass

from firmware.wire import codec, topics, words
from firmware.wire.leases import MAX_LEASES, write_leases
from gateway.domain import leases
from gateway.domain.hall import Hall
from gateway.fleet.settings import queues_of
from gateway.service.out import Out
from gateway.service.writer import Writer

_log = logging.getLogger(__name__)
_ROLE = "ticket"


@dataclass(slots=True)
class _Said:
    rev: int
    content: list[tuple[str, int, int, str, int]]


class Leases:
    """Asks the writer for what boards lack, and remembers what each was last told."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._said: dict[str, _Said] = {}
        self._missing: dict[str, list[str]] = {}

    def ask(self, utc_ms: int) -> list[Out]:
        """Lease what boards that are up may lack; give what they must be told after the commit.

        A board that is not up is asked for when it comes.
        """
        writer = self._writer
        out: list[Out] = []
        for board in sorted(writer.lease_due):
            record = writer.hall.boards.get(board)
            if record is None or record.role != _ROLE or record.spare:
                writer.lease_due.discard(board)
            elif writer.presence.of(board).state == words.READY:
                writer.lease_due.discard(board)
                self._lease(board, utc_ms)
                told = self._update(writer.hall, board, utc_ms)
                if told is not None:
                    out.append(told)
        return out

    def _lease(self, board: str, utc_ms: int) -> None:
        queues = queues_of(self._writer.hall.site, board, _ROLE, None)
        result = self._writer.lease(board, queues, utc_ms)
        if "reused" in result:
            _log.warning(
                "%s: all numbers for boards were leased within a week; the oldest are leased again"
                " for queues %s: a wider lease_numbers would avoid it", board, result["reused"],
            )  # fmt: skip
        missing = result.get("missing")
        if isinstance(missing, list):
            if self._missing.get(board) != missing:
                _log.error("%s: no numbers are left to be leased for queues %s", board, missing)
            self._missing[board] = missing
        else:
            self._missing.pop(board, None)

    def notices(self) -> list[dict[str, object]]:
        """Give what staff must know: which boards lack numbers that they could give alone."""
        return [
            {"code": "no_lease", "text": f"{board}: {', '.join(queues)}"}
            for board, queues in sorted(self._missing.items())
        ]

    def republish(self, board: str, utc_ms: int) -> Out | None:
        """Give what a ticket board may give alone, once more if it was said already."""
        hall = self._writer.hall
        record = hall.boards.get(board)
        if record is None or record.role != _ROLE:
            return None
        return self._update(hall, board, utc_ms) or self._say(board, utc_ms)

    def forget(self, board: str) -> None:
        """Drop what a retired board was told."""
        self._said.pop(board, None)
        self._missing.pop(board, None)

    def _update(self, hall: Hall, board: str, utc_ms: int) -> Out | None:
        content = [
            (prefix, lease.first, lease.last, lease.day, lease.until_ms)
            for prefix in queues_of(hall.site, board, _ROLE, None)
            for lease in leases.in_force(hall, board, prefix, utc_ms)
        ][:MAX_LEASES]
        last = self._said.get(board)
        if last is not None and last.content == content:
            return None
        self._said[board] = _Said(1 if last is None else last.rev + 1, content)
        return self._say(board, utc_ms)

    def _say(self, board: str, utc_ms: int) -> Out:
        # Always with the time of saying it: a board takes its own from that.
        said = self._said[board]
        payload = write_leases(self._writer.epoch, said.rev, utc_ms, said.content)
        text = codec.encode(payload, codec.MAX_DOWN_BYTES)
        return Out(topics.of_board(board, topics.DN_LEASE), text, retain=True)
