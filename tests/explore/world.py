"""What a small world is: a site, all that may be asked in it, and how its time passes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.domain import Command, Decision, Event, Hall, decide, evolve
from gateway.domain.hall import FINAL
from gateway.domain.site import Site
from tests.domain.world import at
from tests.explore.canon import Ages

BOARDS = (("c1", "counter", 1), ("c2", "counter", 2), ("t", "ticket", None))
# What a world remembers besides its hall, e.g. who was passed how often; plain values only.
Memory = tuple[Any, ...]
# (memory, hall before, decision, hall after) -> memory; AssertionError if a bound is broken.
Remember = Callable[[Memory, Hall, Decision, Hall], Memory]


@dataclass(frozen=True)
class SmallWorld:
    """One world to explore. All asks are tried in every state, whether they fit or not."""

    name: str
    site: Site
    asks: tuple[Command, ...]
    # At any point so much time may pass ...
    waits_ms: tuple[int, ...] = ()
    # ... or it goes from one moment to the next, which need not be a later one.
    moments_ms: tuple[int, ...] = ()
    ages: Ages = field(default_factory=Ages)
    boards: tuple[tuple[str, str, int | None], ...] = BOARDS
    remember: Remember | None = None
    # Whether something is asked at all in a hall: what could be repeated for ever must not be.
    asked: Callable[[Hall, Command], bool] | None = None
    # Every state must have a way to one that is settled.
    settles: bool = True
    settled: Callable[[Hall], bool] = lambda hall: all(
        ticket.state in FINAL for ticket in hall.tickets.values()
    )

    def begin(self) -> tuple[Hall, int, list[Event]]:
        """Give the hall at the start, the time, and the events that made it."""
        now_ms = self.moments_ms[0] if self.moments_ms else at("09:00")
        hall, events = Hall(), []
        opening = [Command("site_load", now_ms, site=self.site), Command("tick", now_ms)]
        opening += [
            Command("board_add", now_ms, board=board, role=role, counter=counter)
            for board, role, counter in self.boards
        ]
        for command in opening:
            decision = decide(hall, command)
            assert decision.why is None, decision
            for event in decision.events:
                evolve(hall, event)
                events.append(event)
        return hall, now_ms, events


def later(world: SmallWorld, now_ms: int, moment: int) -> Iterator[tuple[int, int]]:
    """Give the times that may come next, each with the number of its moment."""
    if not world.moments_ms:
        for wait_ms in world.waits_ms:
            yield now_ms + wait_ms, moment
    elif moment + 1 < len(world.moments_ms):
        yield world.moments_ms[moment + 1], moment + 1


def ask(name: str, **fields: Any) -> Command:
    """Give a command to be asked at any time."""
    return Command(name, 0, **fields)


def each(name: str, fields: Iterable[dict[str, Any]]) -> tuple[Command, ...]:
    """Give one command with each of these sets of fields."""
    return tuple(ask(name, **given) for given in fields)


def words(command: Command) -> str:
    """Give a command in short: its name and what it says."""
    told = {
        name: getattr(command, name)
        for name in command.__dataclass_fields__
        if name not in ("name", "at_ms") and getattr(command, name) != getattr(_NOTHING, name)
    }
    if "site" in told:
        told["site"] = command.site.name if command.site else None
    return " ".join([command.name, *(f"{k}={v!r}" for k, v in told.items())])


_NOTHING = Command("", 0)
