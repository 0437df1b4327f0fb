"""The hall's state for consoles and displays (`gw/hall/<part>`), each part whole. Pure.

The domain says what it knows; boards, screens' confirmations and sensors are added here.
"""

from collections.abc import Callable

from firmware.wire import codec
from firmware.wire.codec import BadPayload
from gateway.domain.hall import Board, Hall
from gateway.domain.hallview import line_part, site_part
from gateway.facility import Readings, alerts
from gateway.facility.readings import status as reading_status
from gateway.fleet.presence import BoardStatus, Presence
from gateway.fleet.refusals import Refusals
from gateway.service.faces import Faces

# A display has this long to confirm a face before people are told that it did not.
SHOWN_WITHIN_MS = 1_500
# Kinds of fault shown of each board: those that it commits most.
_FAULTS_MOST = 4
# What is told of alerts, of a sensor's board and of all: the most urgent.
_SENSOR_ALERTS_MOST = 3
_ALERTS_MOST = 16
# What is told of one board's hardware and alerts.
_CAPS_MOST = 8
_BOARD_ALERTS_MOST = 6
# What is left out of all boards, one after another, where the whole would be too long. The rest
# fits for the largest hall.
_LEFT_OUT = (
    ("hw", "caps", "addresses"),
    ("alerts", "reset", "minor"),
    ("shown", "dropped", "flash_failures", "boots", "readies", "twins", "ahead"),
    ("settings_wanted", "settings_applied"),
)
# For numbers and pages' own bookkeeping beside the boards.
_FRAME_BYTES = 64


class Parts:
    """Builds the parts from the hall and from what the boards said."""

    def __init__(
        self, epoch: int, faces: Faces, presence: Presence, readings: Readings, demo: bool,
        insecure_lan: bool, refusals: Refusals,
    ) -> None:  # fmt: skip
        self._epoch = epoch
        self._faces = faces
        self._presence = presence
        self._readings = readings
        self._refusals = refusals
        self._flags: dict[str, object] = {"demo": demo, "insecure_lan": insecure_lan}

    def site(self, hall: Hall, notices: list[dict[str, object]]) -> dict[str, object]:
        """Give names and layout, and the notices for staff (such as a refused site file)."""
        return {
            "epoch": self._epoch,
            **self._flags,
            **site_part(hall),
            "notices": notices,
        }

    def line(
        self, hall: Hall, rev: int, at_ms: int, clock: dict[str, object] | None
    ) -> tuple[dict[str, object], int | None]:
        """Give counters, queues and calls; and when (UTC ms) to look again, or None.

        The second is the time at which a display that has not confirmed its face is overdue.
        `clock` is what is wrong with the machine's clock, None for nothing.
        """
        part = {"epoch": self._epoch, "rev": rev, "utc_ms": at_ms, **line_part(hall, at_ms)}
        part["clock"] = clock
        look_again_ms: int | None = None
        counters = part["counters"]
        assert isinstance(counters, list)  # line_part's promise
        for entry in counters:
            shown, overdue_ms = self._shown(entry["boards"], at_ms)
            entry["shown"] = shown
            if overdue_ms is not None and (look_again_ms is None or overdue_ms < look_again_ms):
                look_again_ms = overdue_ms
        return part, look_again_ms

    def _shown(self, boards: list[str], at_ms: int) -> tuple[bool | None, int | None]:
        if not boards:
            return None, None
        shown = True
        for board in boards:
            sent = self._faces.sent(board)
            status = self._presence.of(board)
            if sent is None or (status.shown_epoch == self._epoch and status.shown_rev == sent.rev):
                continue
            overdue_ms = sent.at_ms + SHOWN_WITHIN_MS
            if sent.at_ms <= at_ms < overdue_ms:  # else the hall's time was set back meanwhile
                return True, overdue_ms
            shown = False
        return shown, None

    def facilities(self, hall: Hall, places: Callable[[str], str], at_ms: int) -> dict[str, object]:
        """Give every sensor's latest reading, how much it is to be believed, and all alerts."""
        sensors: list[dict[str, object]] = []
        for board, record in hall.boards.items():
            if record.role != "dispenser":
                continue
            status = self._presence.of(board)
            of_board = self._readings.of(board)
            for name, reading in of_board.items() or {"level": None}.items():
                sensors.append(
                    {
                        "board": board,
                        "sensor": name,
                        "place": places(board),
                        "level_pct": reading and reading.level_pct,
                        "battery_mv": reading and reading.battery_mv,
                        "at_ms": reading and reading.at_ms,
                        "every_s": reading and reading.every_s,
                        "status": reading_status(reading, status.state, at_ms),
                        "doses": reading and reading.doses,
                        "alerts": alerts.first(status.alerts, _SENSOR_ALERTS_MOST),
                    }
                )
        every = {board: self._presence.of(board).alerts for board in hall.boards}
        return {
            "epoch": self._epoch,
            "sensors": sensors,
            "alerts": alerts.told(every, places, _ALERTS_MOST),
        }

    def boards(
        self, hall: Hall, places: Callable[[str], str], at_ms: int
    ) -> dict[str, object]:  # fmt: skip
        """Give every board's presence and health, and whom the broker sent away lately.

        Of a board that has nothing to say in a field, the field is left out. What does not fit
        (some hundred boards, all with much to say) is left out of all, the least urgent first.
        """
        rows = [self._board(record, places(board), at_ms) for board, record in hall.boards.items()]
        part: dict[str, object] = {"epoch": self._epoch, "boards": rows}
        refused, tls = self._refusals.told(at_ms), self._refusals.told_tls(at_ms)
        if refused:
            part["refused"] = refused
        if tls:
            part["disbelieved"] = tls
        for names in ((), *_LEFT_OUT):
            for row in rows:
                for name in names:
                    row.pop(name, None)
            try:
                codec.encode(part, codec.MAX_HALL_BYTES - _FRAME_BYTES)
                break
            except BadPayload:
                continue
        return part

    def _board(self, record: Board, place: str, at_ms: int) -> dict[str, object]:
        status = self._presence.of(record.id)
        row: dict[str, object] = {
            "board": record.id,
            "role": record.role,
            "counter": record.counter,
            "spare": record.spare,
            "place": place,
            "state": status.state,
            "seen_ms": status.seen_ms,
            "greeted_boot": status.greeted_boot,
            "fw": status.firmware,
            "rssi_dbm": status.rssi_dbm,
            "free_bytes": status.free_bytes,
            "reconnects": status.reconnects,
            "bad": _most(status.bad),
            "settings_wanted": status.settings_wanted,
            "settings_applied": status.settings_rev,
        }
        more = {
            "hw": status.hardware,
            "caps": list(status.caps[:_CAPS_MOST]),
            "minor": status.minor,
            "reset": status.reset_cause,
            "alerts": _first_alerts(status),
            "addresses": list(status.addresses),
            "dropped": status.dropped,
            "flash_failures": status.flash_failures,
            "boots": status.boots.count(at_ms),
            "readies": status.readies.count(at_ms),
            "twins": status.twins.count(at_ms),
            "ahead": status.ahead.count(at_ms),
        }
        row.update((name, value) for name, value in more.items() if value)
        sent = self._faces.sent(record.id)
        if sent is not None and at_ms >= sent.at_ms + SHOWN_WITHIN_MS:
            row["shown"] = status.shown_epoch == self._epoch and status.shown_rev == sent.rev
        return row


def _first_alerts(status: BoardStatus) -> dict[str, str]:
    return {code: status.alerts[code] for code in alerts.first(status.alerts, _BOARD_ALERTS_MOST)}


def _most(bad: dict[str, int]) -> dict[str, int]:
    if len(bad) <= _FAULTS_MOST:
        return bad
    return dict(sorted(bad.items(), key=lambda kind: -kind[1])[:_FAULTS_MOST])
