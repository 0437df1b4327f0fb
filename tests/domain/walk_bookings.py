"""Steps of a walk with appointments, leased numbers and numbers served by hand."""

from dataclasses import replace
from datetime import date

from gateway.domain import Event, Hall
from gateway.domain.evolve_bookings import LEASES_KEPT_DAYS
from gateway.domain.hall import WAITING
from gateway.domain.hall_events import Leased
from gateway.domain.site import Site, Slots
from gateway.domain.ticket_events import Booked, BookingEnded
from tests.domain.world import World

NAMES = ("book", "book", "come", "come", "unbook", "lease", "offline", "offline", "catch_up")
_COMMANDS = {"come": "check_in", "unbook": "cancel"}
_SLOT_MS = 5 * 60_000
_SLOTS_OF_A_DAY = 288
_AGES_MS = (0, 5_000, 60_000, 86_400_000, None)


class Promises:
    """What was promised so far: appointments end once, and a number has one meaning."""

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._leased: dict[tuple[str, str, int], str] = {}  # (board, queue, number) -> day

    def follow(self, event: Event) -> None:
        """Take an event into account; AssertionError if it breaks a promise."""
        if isinstance(event, Booked):
            assert event.booking not in self._open
            self._open.add(event.booking)
        elif isinstance(event, BookingEnded):
            assert event.booking in self._open, "an appointment ended twice"
            self._open.remove(event.booking)
        elif isinstance(event, Leased):
            for number in range(event.first, event.last + 1):
                for board in ("", event.board):
                    key = (board, event.queue, number)
                    gap = _days(self._leased.get(key, "2000-01-01"), event.day)
                    assert gap > (LEASES_KEPT_DAYS if board else 0), f"{key} was leased twice"
                    self._leased[key] = event.day

    def check(self, hall: Hall) -> None:
        """Check that no appointment was forgotten."""
        assert {one.id for one in hall.bookings.values() if not one.ticket} == self._open


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def with_all(site: Site) -> Site:
    """Give the site with appointments and with few numbers to lease, so that they run out."""
    a, *others = site.queues
    a = replace(a, slots=Slots(every_min=5, per_slot=2, days_ahead=1), lease_last=709)
    return replace(site, queues=(a, *others), lease_size=4)


def prepare(world: World) -> None:
    """Let a second board want numbers."""
    world.ok("board_add", board="ticket-02", role="ticket")


def step(world: World, name: str, a: int, b: int) -> tuple[str, dict[str, object]]:
    """Give the command of a step and its fields."""
    return _COMMANDS.get(name, name), _fields(world, name, a, b)


def _fields(world: World, name: str, a: int, b: int) -> dict[str, object]:
    hall = world.hall
    match name:
        case "book":
            ahead = a % 12 + (_SLOTS_OF_A_DAY if b % 4 == 0 else 0)
            slot_ms = (world.now // _SLOT_MS + ahead) * _SLOT_MS + (b % 9 == 0)
            service = ("", "ktp", "kk")[b % 3]
            return {"queue": "AAB"[a % 3], "slot_ms": slot_ms, "service": service, "link": "x"}
        case "come" | "unbook":
            ids = [one.id for one in hall.bookings.values() if b % 5 == 0 or not one.ticket]
            return {"ticket": ids[b % len(ids)] if ids and b % 11 else "#999"}
        case "lease":
            return {
                "board": ("ticket-02" if a % 3 else "ticket-01" if a % 9 else "hall-01"),
                "queues": ("A", "B"),
            }
        case "offline":
            return {**_leased(world, a, b), "age_ms": _AGES_MS[b % len(_AGES_MS)]}
    # catch_up: a number that waits, one that does not, or none
    waiting = [t.label for t in hall.tickets.values() if t.state == WAITING and t.label[0] == "A"]
    written = (*waiting[:1], "", "A012", "701", "A650")
    return {
        "queue": "A",
        "ticket": written[a % len(written)],
        "service": ("", "ktp")[b % 2],
        "ago_min": (0, 5, 600)[b % 3],
    }


def _leased(world: World, a: int, b: int) -> dict[str, object]:
    # Mostly the next number of a lease, whatever its day; sometimes one that was handed in.
    blocks = world.hall.leases
    if not blocks or b % 13 == 0:
        return {"source": "ticket-01", "ticket": "A705", "queue": "A"}
    block = blocks[a % len(blocks)]
    number = min(block.last, max(block.used, default=block.first - 1) + 1) - (b % 7 == 0)
    label = f"{block.queue}{number:03d}"
    return {"source": block.board, "ticket": label, "queue": block.queue}
