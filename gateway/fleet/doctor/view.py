"""What the hall publishes, as facts for the doctor: who hears `gw/...` can ask. Pure.

Made for the workshop, which hears all the time, and for the command line, which looks once: the
broker keeps the parts. Whatever does not have its shape is taken as not known.
"""

import json
import math
from collections import deque
from collections.abc import Mapping
from typing import Any

from firmware.wire import topics, words
from gateway.fleet.doctor import facts as known
from gateway.fleet.doctor.facts import HallFacts, NetFacts, ReadingFacts, Refused, UpdateFacts

STATE, BEAT = "state", "beat"  # of gw/state and gw/beat, below the prefix
_AWAY = ("never", "lost", "gone")
_LINES_MOST = 40
_BOARDS_MOST = 200  # that said something of an update, or lines
_SILENT_AFTER_MS = words.BEATS_MISSED * words.BEAT_EVERY_MS

Row = Mapping[str, Any]


class View:
    """The latest of each part of the hall; what boards said of updates and in their lines.

    `mono_ms` is of a clock that only goes forward, as for the beats; `utc_ms` the machine's.
    """

    def __init__(self) -> None:
        self._parts: dict[str, Row] = {}
        self._gateway = ""
        self._beat: tuple[int, int] | None = None  # (mono_ms, the hall's utc_ms)
        self._since_ms: int | None = None  # mono_ms of the first word heard
        self._updates: dict[str, tuple[Row, int | None]] = {}
        self._lines: dict[str, deque[str]] = {}
        # What boards said of firmware and network settings (their numbers), and of a cable.
        self._about: dict[str, tuple[object, object, object]] = {}

    def hear(self, leaf: str, payload: bytes, mono_ms: int) -> None:
        """Take a message of `gw/<leaf>` into account: state, beat, hall/<part>, fleet/<part>."""
        got = _object(payload)
        if self._since_ms is None:
            self._since_ms = mono_ms
        if leaf == STATE:
            self._gateway = str(got.get("s", ""))
        elif leaf == BEAT:
            self._beat = (mono_ms, _int(got.get("utc_ms")) or 0)
        elif leaf.startswith(("hall/", "fleet/")):
            self._parts[leaf] = got

    def hear_board(
        self, board: str, leaf: str, payload: bytes, mono_ms: int, retained: bool
    ) -> None:
        """Take a board's `up/about`, `up/update` or a line on its `up/log` into account."""
        if leaf == topics.UP_ABOUT:
            got = _object(payload)
            if board in self._about or len(self._about) < _BOARDS_MOST:
                self._about[board] = (got.get("n"), got.get("link"), got.get("wired"))
        elif leaf == topics.UP_UPDATE:
            if not payload:
                self._updates.pop(board, None)
            elif board in self._updates or len(self._updates) < _BOARDS_MOST:
                self._updates[board] = (_object(payload), None if retained else mono_ms)
        elif leaf == topics.UP_LOG and (board in self._lines or len(self._lines) < _BOARDS_MOST):
            lines = self._lines.setdefault(board, deque(maxlen=_LINES_MOST))
            lines.append(str(_object(payload).get("text", ""))[:400])

    def rows(self) -> list[Row]:
        """Give the boards of the hall as the gateway tells them."""
        return _rows(self._parts.get("hall/boards", {}), "boards")

    def readings(self, board: str, now_ms: int) -> tuple[ReadingFacts, ...]:
        """Give a board's latest readings; `now_ms` is the hall's time (UTC)."""
        return tuple(
            ReadingFacts(
                sensor=str(sensor.get("sensor", "")),
                status=str(sensor.get("status", "")),
                ago_ms=_ago(now_ms, sensor.get("at_ms")),
                every_s=_int(sensor.get("every_s")),
                level_pct=_number(sensor.get("level_pct")),
                battery_mv=_number(sensor.get("battery_mv")),
            )
            for sensor in _rows(self._parts.get("hall/facilities", {}), "sensors")
            if sensor.get("board") == board
        )

    def hall_ms(self, mono_ms: int, utc_ms: int) -> int:
        """Give the hall's time (UTC): by its last beat, or else the machine's."""
        if self._beat is None:
            return utc_ms
        heard_ms, said_ms = self._beat
        return said_ms + mono_ms - heard_ms

    def hall(
        self,
        mono_ms: int,
        utc_ms: int,
        *,
        address: tuple[str, int, bool] | None = None,
        newest: tuple[str, int] = ("", 0),
    ) -> HallFacts:
        """Give what is known of the gateway; `address` is where boards find the broker (host,
        port, TLS), `newest` the newest firmware that is there: its version and number."""
        now_ms = self.hall_ms(mono_ms, utc_ms)
        # Without a beat yet, it is silent for as long as we have listened, at least.
        quiet_ms = mono_ms - (self._beat[0] if self._beat else self._since_ms or mono_ms)
        silent = self._gateway != words.READY or quiet_ms > _SILENT_AFTER_MS
        clock = self._parts.get("hall/line", {}).get("clock")
        clock = clock if isinstance(clock, dict) else {}
        system_ms, held_ms = _int(clock.get("system_ms")), _int(clock.get("held_ms"))
        off_ms = None if system_ms is None or held_ms is None else system_ms - held_ms
        boards = self._parts.get("hall/boards", {})
        tls = boards.get("disbelieved")
        host, port, is_tls = address or ("", None, None)
        return HallFacts(
            state=known.NO_BEAT if silent else known.OPEN,
            beat_ago_ms=quiet_ms,
            clock=str(clock.get("state", "")),
            clock_off_ms=off_ms,
            host=host,
            port=port,
            tls=is_tls,
            firmware=newest[0],
            number=newest[1],
            minor=words.CONTRACT_MINOR,
            away=tuple(str(row.get("board")) for row in self.rows() if row.get("state") in _AWAY),
            refused=tuple(_refused(entry, now_ms) for entry in _rows(boards, "refused")),
            disbelieved=_refused(tls, now_ms) if isinstance(tls, dict) else None,
        )

    def board(self, board: str, mono_ms: int, utc_ms: int) -> NetFacts:
        """Give what the hall says of one board; not registered where it says nothing of it."""
        now_ms = self.hall_ms(mono_ms, utc_ms)
        row = next((row for row in self.rows() if row.get("board") == board), None)
        if row is None:
            return NetFacts(registered=False)
        of_fleet = _rows(self._parts.get("fleet/boards", {}), "boards")
        more = next((entry for entry in of_fleet if entry.get("board") == board), {})
        number, link, wired = self._about.get(
            board, (more.get("number"), more.get("link_rev"), more.get("wired"))
        )
        return NetFacts(
            registered=True,
            role=str(row.get("role", "")),
            counter=_int(row.get("counter")),
            place=str(row.get("place", "")),
            state=str(row.get("state", "")),
            seen_ago_ms=_ago(now_ms, row.get("seen_ms")),
            fw=str(row.get("fw") or ""),
            hw=str(row.get("hw") or ""),
            minor=_int(row.get("minor")),
            rssi_dbm=_number(row.get("rssi_dbm")),
            free_bytes=_int(row.get("free_bytes")),
            reconnects=_int(row.get("reconnects")),
            dropped=_int(row.get("dropped")) or 0,
            flash_failures=_int(row.get("flash_failures")) or 0,
            reset=str(row.get("reset") or ""),
            settings_wanted=_int(row.get("settings_wanted")),
            settings_applied=_int(row.get("settings_applied")),
            alerts={str(k): str(v) for k, v in _dict(row.get("alerts")).items()},
            bad={str(k): _int(v) or 0 for k, v in _dict(row.get("bad")).items()},
            boots=_int(row.get("boots")) or 0,
            readies=_int(row.get("readies")) or 0,
            twins=_int(row.get("twins")) or 0,
            ahead=_int(row.get("ahead")) or 0,
            addresses=tuple(map(str, _list(row.get("addresses")))),
            shown=row["shown"] if isinstance(row.get("shown"), bool) else None,
            readings=self.readings(board, now_ms),
            update=self._update(board, more, mono_ms),
            lines=tuple(self._lines.get(board, ())),
            spare=row.get("spare") is True,
            number=_int(number),
            link=_int(link),
            wired=wired is True,
        )

    def _update(self, board: str, more: Row, mono_ms: int) -> UpdateFacts | None:
        said, at_ms = self._updates.get(board, (_dict(more.get("update")), None))
        if not said.get("st"):
            return None
        return UpdateFacts(
            kind=str(said.get("kind", "")),
            st=str(said.get("st")),
            version=str(said.get("version") or ""),
            why=str(said.get("why") or ""),
            got=_int(said.get("got")) or 0,
            size=_int(said.get("size")) or 0,
            ago_ms=None if at_ms is None else mono_ms - at_ms,
        )


def _refused(entry: Row, now_ms: int) -> Refused:
    n, ago_ms = _int(entry.get("n")) or 0, _ago(now_ms, entry.get("last_ms"))
    return Refused(str(entry.get("who", "")), n, -1 if ago_ms is None else ago_ms)


def _ago(now_ms: int, at: object) -> int | None:
    at_ms = _int(at)
    # A board heard since the beat that told the time is heard just now.
    return None if at_ms is None else max(0, now_ms - at_ms)


def _object(payload: bytes) -> Row:
    try:
        got = json.loads(payload)
    except ValueError:
        return {}
    return got if isinstance(got, dict) else {}


def _rows(part: Row, name: str) -> list[Row]:
    return [row for row in _list(part.get(name)) if isinstance(row, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _int(value: object) -> int | None:
    return value if type(value) is int else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and math.isfinite(value) else None
