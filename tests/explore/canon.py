"""Which halls are the same situation: a key that equal ones share, however they came about.

A hall remembers times, orders of arrival and revisions that never come twice; the rules only ask
how they compare. So a key keeps of a time how old it is, up to the age at which the last rule
asks (`Ages`); of arrivals their order; of a revision whether it still is the one that an act left.
What no rule reads is left out: `_UNREAD`. Every other field counts as it stands, and a new one
does so without a word here. test_canon.py proves on a whole world that halls with one key answer
alike and lead to the same keys.
"""

import marshal
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from hashlib import blake2b
from operator import attrgetter
from typing import Any, get_args, get_origin, get_type_hints

from gateway.domain import Hall
from gateway.domain.hall import CALLED, LIFE, NO_SHOW, RESERVED, Act, CounterState, Seen, Ticket
from tests.domain.frozen import SHARED, is_plain, none_or

FOR_EVER_MS = 1 << 60


@dataclass(frozen=True, slots=True)
class Ages:
    """From which age on (ms) no rule tells two times apart, by what the time is of.

    0: no rule asks at all. Arrivals keep their order, whatever their age.
    """

    call_ms: int = 0  # presence_s
    act_ms: int = 0  # undo_s
    paper_ms: int = 0  # print_timeout_s
    arrival_ms: int = 0  # guard_min; FOR_EVER_MS under `ageing`
    ended_ms: int = 0  # rate_within_s
    late_ms: int = 0  # late_within_min

    @property
    def longest_ms(self) -> int:
        """Give the age from which on no rule at all tells two times apart."""
        return max(
            self.call_ms, self.act_ms, self.paper_ms, self.arrival_ms, self.ended_ms, self.late_ms
        )  # fmt: skip


# Nothing that a command asks reads these; faces, pages and estimates do.
_UNREAD: dict[str, set[str]] = {
    "Hall": {
        "index", "calls", "order", "arrived_ms", "break_since_ms", "known_ms", "calls_of",
        "printing", "parked",  # the very times of its tickets, which count for themselves
    },
    "Line": {"pace", "issued", "closed_ms"},
    "Hold": {"reason", "since_ms"},
    "Rest": {"reason", "since_ms"},
    "CounterState": {"since_ms", "help_ms", "ended", "ended_ms", "habit"},
    "Ticket": {
        "rev", "times", "issued_ms", "called_ms", "started_ms", "ended_ms", "ended_at",
        "arrived_ms", "order", "joined_ms", "absent", "promised", "seen", "rated",
    },
    "Act": {"revs", "before", "at_ms"},
}  # fmt: skip


@dataclass(slots=True)
class _Look:
    """What the halves of one key share: the time, the ages asked for, the orders of arrival."""

    now_ms: int
    ages: Ages
    arrivals: dict[int, int]  # arrived_ms -> its rank among all
    orders: dict[int, int]
    revs: dict[str, int]

    def age(self, time_ms: int, limit_ms: int) -> int:
        """Give how old a time is, as far as a rule with this limit can tell."""
        return min(self.now_ms - time_ms, limit_ms) if limit_ms else 0

    def time(self, time_ms: int) -> tuple[int, ...]:
        """Give what a rule can tell of any other time: what is left until it, or its age."""
        if time_ms == 0:  # never
            return ()
        left_ms = time_ms - self.now_ms
        return (left_ms,) if left_ms > 0 else (0, self.age(time_ms, self.ages.longest_ms))

    def place(self, rank: int, arrived_ms: int, order: int) -> tuple[int, ...]:
        age = self.age(arrived_ms, self.ages.arrival_ms)
        # A later arrival at this very moment would tie with those of now, and with no other.
        now = arrived_ms == self.now_ms
        return rank, self.arrivals[arrived_ms], age, now, self.orders[order]


def _called(state: str, called_ms: int, look: _Look) -> int:
    # A rule asks how old a call is: of who is called, and of who did not come.
    limits = {CALLED: look.ages.call_ms, NO_SHOW: look.ages.late_ms}
    return look.age(called_ms, limits.get(state, 0))


def _rateable(seen: tuple[Seen, ...], look: _Look) -> tuple[int, ...]:
    # At which counters: asked only where somebody rates.
    return tuple([number for number, *_ in seen]) if look.ages.ended_ms else ()


def _ticket(ticket: Ticket, look: _Look) -> tuple[Any, ...]:
    reserved = ticket.state == RESERVED
    return (
        look.place(ticket.rank, ticket.arrived_ms, ticket.order),
        _called(ticket.state, ticket.called_ms, look),
        look.age(ticket.issued_ms, look.ages.paper_ms) if reserved else 0,
        (_rateable(ticket.seen, look), ticket.rated) if look.ages.ended_ms else (),
    )


_AT = {name: n for n, name in enumerate(LIFE)}
_PLACE = tuple(_AT[name] for name in ("rank", "arrived_ms", "order"))
_CALLED_MS = _AT["called_ms"]
_UNTIL_MS = _AT["until_ms"]
_SEEN = _AT["seen"]
_LIFE_UNREAD = {
    "rank", "arrived_ms", "order", "called_ms", "times", "started_ms", "ended_ms", "ended_at",
    "joined_ms", "until_ms", "absent", "seen",
}  # fmt: skip
_LIFE_KEPT = tuple(n for n, name in enumerate(LIFE) if name not in _LIFE_UNREAD)


def _untouched(act: Act, look: _Look) -> bool:
    labels = [label for label, _ in act.before]
    return [look.revs.get(label) for label in labels] == act.revs


def _act(act: Act | None, look: _Look) -> tuple[Any, ...]:
    if act is None:
        return ()
    age = look.age(act.at_ms, look.ages.act_ms)
    if age >= look.ages.act_ms:
        return ("old",)  # too late to take it back, whatever it was
    if not _untouched(act, look):
        return ("touched", age)
    lives = tuple(
        (
            label,
            tuple([life[n] for n in _LIFE_KEPT]),
            look.place(*[life[n] for n in _PLACE]),  # type: ignore[arg-type]
            _called(life[0], life[_CALLED_MS], look),  # type: ignore[arg-type]
            look.time(life[_UNTIL_MS]),  # type: ignore[arg-type]
            _rateable(life[_SEEN], look),  # type: ignore[arg-type]
        )
        for label, life in act.before
    )
    turn = (act.queue, act.turn_before, act.turn_after)
    return (age, act.name, _ended(act, look), lives, turn, act.caller)


def _ended(last: Act | CounterState, look: _Look) -> tuple[Any, ...]:
    # What may still be rated: the ticket that the counter ended last.
    age = look.age(last.ended_ms, look.ages.ended_ms)
    return (last.ended, age) if last.ended and age < look.ages.ended_ms else ()


def _times(times: list[int] | dict[str, int], look: _Look) -> Any:
    if isinstance(times, list):
        return tuple([look.time(time_ms) for time_ms in times])
    return tuple([(of, look.time(time_ms)) for of, time_ms in times.items()])


def _whole(hall: Hall, look: _Look) -> tuple[Any, ...]:
    # An arrival to come gets this time. Calls count for those with a limit, up to so many over it
    # that no undo can bring them below: each counter can take back one.
    spare = len(hall.counters)
    calls = tuple(
        [
            min(hall.calls_of.get(person.id, 0), person.per_day + spare)
            for person in hall.index.limited.values()
            if person.per_day is not None
        ]
    )
    return (max(0, hall.arrived_ms - look.now_ms), calls)


# Fields, and whole classes, that count in another way than as they stand.
_FIELDS: dict[tuple[str, str], Callable[[Any, _Look], Any]] = {
    ("Hall", "passes"): _times,
    ("Hall", "outside"): _times,
    ("CounterState", "last"): _act,
}
_MORE: dict[str, Callable[[Any, _Look], Any]] = {
    "Hall": _whole,
    "Ticket": _ticket,
    "CounterState": _ended,
}


class _Maker:
    """Makes the function that gives the key's part of each class."""

    def __init__(self) -> None:
        self.space: dict[str, Any] = {"number": SHARED.number}
        self._made: set[str] = set()

    def expression(self, hint: Any, value: str) -> str:
        if is_plain(hint):
            return value
        maybe = none_or(hint)
        if maybe is not None:
            return f"(None if {value} is None else {self.expression(maybe, value)})"
        origin, args = get_origin(hint), get_args(hint)
        item = "i" + value.replace(".", "_")
        if origin is dict:  # in the order of its keys: no rule's answer hangs on another
            inner = self.expression(args[1], item)
            return f"tuple([(k{item}, {inner}) for k{item}, {item} in sorted({value}.items())])"
        if origin in (set, frozenset):
            return f"tuple(sorted({value}))"
        if origin in (list, tuple):
            return f"tuple([{self.expression(args[0], item)} for {item} in {value}])"
        if is_dataclass(hint) and isinstance(hint, type):
            if hint.__dataclass_params__.frozen:  # type: ignore[attr-defined]
                return f"number({value})"
            self.make(hint)
            return f"see_{hint.__name__}({value}, look)"
        raise TypeError(f"no way to see {value}: {hint}")

    def make(self, cls: type) -> None:
        name = cls.__name__
        if name in self._made:
            return
        self._made.add(name)
        hints = get_type_hints(cls)
        plain, parts = [], []
        for f in fields(cls):
            if f.name in _UNREAD.get(name, ()) or not f.compare:
                continue
            own = _FIELDS.get((name, f.name))
            if own is not None:
                self.space[f"own_{name}_{f.name}"] = own
                parts.append(f"own_{name}_{f.name}(o.{f.name}, look)")
            elif f.name.endswith("_ms"):
                parts.append(f"o.{f.name} and look.time(o.{f.name})")
            elif is_plain(hints[f.name]):
                plain.append(f.name)
            else:
                seen = self.expression(hints[f.name], f"o.{f.name}")
                parts.append(f"({seen} if o.{f.name} else ())")
        if len(plain) > 1:
            self.space[f"plain_{name}"] = attrgetter(*plain)
            parts.insert(0, f"plain_{name}(o)")
        elif plain:
            parts.insert(0, f"o.{plain[0]}")
        if name in _MORE:
            self.space[f"more_{name}"] = _MORE[name]
            parts.append(f"more_{name}(o, look)")
        exec(
            f"def see_{name}(o, look):\n    return ({''.join(part + ', ' for part in parts)})\n",
            self.space,
        )


def _made() -> Callable[[Hall, _Look], tuple[Any, ...]]:
    maker = _Maker()
    # Lanes hold what the tickets in them say of themselves: the invariants compare the two.
    _UNREAD["Line"] |= {"normal", "priority"}
    maker.make(Hall)
    see: Callable[[Hall, _Look], tuple[Any, ...]] = maker.space["see_Hall"]
    return see


_see = _made()


def _ranks(values: Iterable[int]) -> dict[int, int]:
    return {value: rank for rank, value in enumerate(sorted(set(values)))}


def look_at(hall: Hall, now_ms: int, ages: Ages) -> tuple[Any, ...]:
    """Give all that the rules can tell about a hall at a time."""
    tickets = hall.tickets.values()
    look = _Look(now_ms, ages, {}, {}, {ticket.label: ticket.rev for ticket in tickets})
    arrivals = [ticket.arrived_ms for ticket in tickets]
    orders = [ticket.order for ticket in tickets]
    for counter in hall.counters.values():
        act = counter.last
        if act is not None and now_ms - act.at_ms < ages.act_ms and _untouched(act, look):
            for _, life in act.before:
                arrivals.append(life[_PLACE[1]])  # type: ignore[arg-type]
                orders.append(life[_PLACE[2]])  # type: ignore[arg-type]
    look.arrivals, look.orders = _ranks(arrivals), _ranks(orders)
    return _see(hall, look)


def key_of(hall: Hall, now_ms: int, ages: Ages, more: tuple[Any, ...] = ()) -> bytes:
    """Give the key of a situation, 8 bytes; `more` is what a world remembers besides."""
    seen = marshal.dumps((look_at(hall, now_ms, ages), more), 2)  # 2: by value, not identity
    return blake2b(seen, digest_size=8).digest()
