"""What the doctor judges: each part is None or empty where nothing could be found out.

Ages are in milliseconds and were taken when the facts were; texts are what boards say, unchecked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.fleet.cable.facts import CableFacts

# How a hall was found (`HallFacts.state`).
CLOSED = "closed"  # no process of it runs
NO_BROKER = "no_broker"  # it runs, and its broker takes no connections
NO_BEAT = "no_beat"  # the broker serves, the writer is silent
OPEN = "open"
HALL_STATES = (CLOSED, NO_BROKER, NO_BEAT, OPEN)


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody whom the broker sent away: an address, or a name where it knows one."""

    who: str
    n: int
    ago_ms: int


@dataclass(frozen=True, slots=True)
class HallFacts:
    """The gateway itself, and what it knows of all boards together."""

    state: str
    beat_ago_ms: int | None = None
    clock: str = ""  # behind or ahead: the machine's clock is not believed
    clock_off_ms: int | None = None
    host: str = ""  # where boards are to find the broker
    port: int | None = None
    tls: bool | None = None
    firmware: str = ""  # the newest version that the gateway knows
    number: int = 0  # and its number, 0 if no release is there
    minor: int | None = None  # of the contract that the gateway speaks
    away: tuple[str, ...] = ()  # registered boards that are not connected and not asleep
    refused: tuple[Refused, ...] = ()
    disbelieved: Refused | None = None  # clients that did not believe the broker's certificate


@dataclass(frozen=True, slots=True)
class ReadingFacts:
    """The latest reading of a sensor; `status` is fresh, stale, away or none."""

    sensor: str
    status: str
    ago_ms: int | None = None
    every_s: int | None = None
    level_pct: float | None = None
    battery_mv: float | None = None


@dataclass(frozen=True, slots=True)
class UpdateFacts:
    """What a board said last of an update (`up/update`)."""

    kind: str
    st: str
    version: str = ""
    why: str = ""
    got: int = 0
    size: int = 0
    ago_ms: int | None = None  # since it said so; None: it was kept by the broker


@dataclass(frozen=True, slots=True)
class NetFacts:
    """What the hall knows of one board."""

    registered: bool
    retired: bool | None = None  # it was registered once
    role: str = ""
    counter: int | None = None
    place: str = ""
    state: str = ""  # the contract's words, or never
    seen_ago_ms: int | None = None
    fw: str = ""
    hw: str = ""
    number: int | None = None  # of its firmware, 0 from source
    link: int | None = None  # number of its network settings
    wired: bool = False  # it is on a serial cable, and has no radio
    minor: int | None = None
    rssi_dbm: float | None = None
    free_bytes: int | None = None
    reconnects: int | None = None
    dropped: int = 0
    flash_failures: int = 0
    reset: str = ""
    settings_wanted: int | None = None
    settings_applied: int | None = None
    alerts: Mapping[str, str] = field(default_factory=dict)  # code -> part
    bad: Mapping[str, int] = field(default_factory=dict)
    # Over the last ten minutes.
    boots: int = 0
    readies: int = 0
    twins: int = 0
    ahead: int = 0
    addresses: tuple[str, ...] = ()  # oldest first
    shown: bool | None = None
    readings: tuple[ReadingFacts, ...] = ()
    update: UpdateFacts | None = None
    lines: tuple[str, ...] = ()  # what it said on up/log, oldest first
    spare: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one board; `board` is "" while nobody knows which it is."""

    board: str = ""
    cable: CableFacts | None = None
    hall: HallFacts | None = None
    net: NetFacts | None = None
    # Whether the secret on the board, read over the cable, is the one that the hall admits.
    secret_fits: bool | None = None
