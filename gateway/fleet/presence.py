"""What each board last said of itself: life, version, health, what its glass shows, its faults.

Pure; times are passed in: UTC milliseconds for what people see. Lost at a restart, and told
again by the broker's retained messages and by the boards.
"""

from collections import deque
from dataclasses import dataclass, field

from firmware.wire import words
from firmware.wire.codec import MAX_BOOT, MAX_INT, BadPayload, read_choice, read_int, read_str

NEVER = "never"
ABOUT_CHARS = 64
FIRMWARE_CHARS = 32  # is shown on pages
CAPS_MOST = 16
PART_CHARS = 32
WINDOW_MS = 600_000  # what is counted as "lately" is counted over this
_LATELY_MOST = 32
_ADDRESSES_MOST = 3
_LIVES_MOST = 4
_LEFT = (words.GONE, words.SLEEPING)


class Lately:
    """How often something happened in the last ten minutes: at most 32 times are told apart."""

    __slots__ = ("_at",)

    def __init__(self) -> None:
        self._at: deque[int] = deque(maxlen=_LATELY_MOST)

    def add(self, utc_ms: int) -> None:
        """Say that it happened just now."""
        self._at.append(utc_ms)

    def count(self, utc_ms: int) -> int:
        """Give how often it happened in the ten minutes before `utc_ms`."""
        return sum(utc_ms - WINDOW_MS < at <= utc_ms for at in self._at)


@dataclass(slots=True)
class BoardStatus:
    """One board as last seen; `seen_ms` is UTC, None if not since the gateway's start."""

    state: str = NEVER
    seen_ms: int | None = None
    greeted_boot: int | None = None  # the life of which a hello was accepted
    firmware: str = ""
    hardware: str = ""
    caps: tuple[str, ...] = ()
    minor: int | None = None  # of the contract that its firmware speaks
    settings_rev: int | None = None  # applied
    settings_wanted: int | None = None  # what it was sent last
    rssi_dbm: int | None = None
    free_bytes: int | None = None
    reconnects: int | None = None
    dropped: int | None = None
    flash_failures: int | None = None
    reset_cause: str = ""
    shown_epoch: int | None = None
    shown_rev: int | None = None
    alerts: dict[str, str] = field(default_factory=dict)  # code -> the part at fault, if it says
    bad: dict[str, int] = field(default_factory=dict)
    # Where it came from, by the broker's word: address -> when last (UTC ms), oldest first.
    addresses: dict[str, int] = field(default_factory=dict)
    # Without those after it had taken its leave:
    boots: Lately = field(default_factory=Lately)  # starts
    readies: Lately = field(default_factory=Lately)  # times that it came to the broker
    twins: Lately = field(default_factory=Lately)  # returns to a life that was over
    ahead: Lately = field(default_factory=Lately)  # times that its clock ran ahead
    _lives: deque[int] = field(default_factory=lambda: deque(maxlen=_LIVES_MOST))
    _was_to_come: bool = False  # it had taken its leave before

    def came_from(self, address: str, utc_ms: int) -> None:
        """Take into account from where the board reached the broker just now."""
        self.addresses.pop(address, None)
        self.addresses[address] = utc_ms
        while len(self.addresses) > _ADDRESSES_MOST:
            del self.addresses[next(iter(self.addresses))]

    def began(self, boot: int, utc_ms: int) -> None:
        """Take an `init` into account that came just now.

        A boot number is drawn at random at each start: who returns to an earlier one is another
        board with the same id. A board that took its leave, as before each update, was to start
        anew: that is no sign of trouble.
        """
        self._was_to_come = self.state in _LEFT
        if self._lives and self._lives[-1] == boot:
            return  # the same life, connected anew
        if boot in self._lives:
            self.twins.add(utc_ms)
            self._lives.remove(boot)
        elif not self._was_to_come:
            self.boots.add(utc_ms)
        self._lives.append(boot)

    def became_ready(self, utc_ms: int) -> None:
        """Take a `ready` into account that came just now."""
        if not self._was_to_come:
            self.readies.add(utc_ms)


class Presence:
    """The status of every board that ever said something, registered or not."""

    # Retired boards and strangers leave entries: bounded by the number of ids the broker admits.
    def __init__(self) -> None:
        self._boards: dict[str, BoardStatus] = {}

    def of(self, board: str) -> BoardStatus:
        """Give the board's status, a fresh one if it never spoke."""
        status = self._boards.get(board)
        if status is None:
            status = self._boards[board] = BoardStatus()
        return status

    def forget(self, board: str) -> None:
        """Drop all that is known of a retired board."""
        self._boards.pop(board, None)

    def count_bad(self, board: str, reason: str) -> int:
        """Count one fault of a board and give how many of this kind there are now."""
        bad = self.of(board).bad
        bad[reason] = bad.get(reason, 0) + 1
        return bad[reason]


def read_state(payload: dict[str, object]) -> tuple[str, int]:
    """Give (state, boot) of an `up/state` payload."""
    return read_choice(payload, "s", words.BOARD_STATES), read_int(payload, "boot", 0, MAX_BOOT)


def apply_about(status: BoardStatus, payload: dict[str, object]) -> None:
    """Take an `up/about` into account: fw, hw, caps and settings_rev, each optional."""
    firmware = _optional_str(payload, "fw", FIRMWARE_CHARS)
    hardware = _optional_str(payload, "hw")
    caps = payload.get("caps", [])
    if (
        not isinstance(caps, list)
        or len(caps) > CAPS_MOST
        or not all(isinstance(cap, str) and len(cap) <= ABOUT_CHARS for cap in caps)
    ):
        raise BadPayload("caps", f"a list of at most {CAPS_MOST} short texts is needed")
    rev = _optional_int(payload, "settings_rev")
    minor = _optional_int(payload, "minor")
    status.firmware, status.hardware = firmware, hardware
    status.caps = tuple(caps)
    status.settings_rev, status.minor = rev, minor


def apply_health(status: BoardStatus, payload: dict[str, object]) -> tuple[int, int]:
    """Take an `up/health` into account and give its (boot, t_ms)."""
    boot = read_int(payload, "boot", 0, MAX_BOOT)
    t_ms = read_int(payload, "t_ms", 0, MAX_INT)
    status.free_bytes = _optional_int(payload, "free_bytes")
    status.reconnects = _optional_int(payload, "reconnects")
    status.dropped = _optional_int(payload, "dropped")
    status.flash_failures = _optional_int(payload, "flash_failures")
    if payload.get("rssi_dbm") is not None:
        status.rssi_dbm = read_int(payload, "rssi_dbm", -200, 0)
    status.reset_cause = _optional_str(payload, "reset")
    return boot, t_ms


def apply_face(status: BoardStatus, payload: dict[str, object]) -> tuple[int, int, int]:
    """Take an `up/face` into account and give its (epoch, rev, t_ms)."""
    epoch = read_int(payload, "epoch", 0, MAX_INT)
    rev = read_int(payload, "rev", 0, MAX_INT)
    t_ms = read_int(payload, "t_ms", 0, MAX_INT)
    status.shown_epoch, status.shown_rev = epoch, rev
    return epoch, rev, t_ms


def read_alert(payload: dict[str, object]) -> str:
    """Give the part at fault that an `up/alert` names, "" if it names none."""
    return _optional_str(payload, "part", PART_CHARS)


def read_ack(payload: dict[str, object]) -> tuple[str, str]:
    """Give (id of the order, "" or why it was not obeyed) of an `up/ack`."""
    cmd_id = read_str(payload, "id", 1, 64)
    if read_choice(payload, "st", ("ok", "error")) == "ok":
        return cmd_id, ""
    return cmd_id, read_str(payload, "code", 1, ABOUT_CHARS)


def _optional_str(payload: dict[str, object], name: str, chars: int = ABOUT_CHARS) -> str:
    return "" if payload.get(name) is None else read_str(payload, name, 0, chars)


def _optional_int(payload: dict[str, object], name: str) -> int | None:
    return None if payload.get(name) is None else read_int(payload, name, 0, MAX_INT)
