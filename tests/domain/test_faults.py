"""The walks do find faults: each guard taken out, or rule broken, makes one fail."""

import inspect
from importlib import import_module
from pkgutil import iter_modules
from types import FunctionType
from typing import Any

import pytest

from gateway.domain import __path__, due
from gateway.domain.counter_acts import COUNTER_ACTS
from gateway.domain.decide import ACTS
from gateway.domain.evolve import _EVOLVE
from gateway.domain.lines import Lane
from tests.domain.walk import wander

_MODULES = [import_module(f"gateway.domain.{module.name}") for module in iter_modules(__path__)]
FAULTS: list[tuple[str, str, str, str]] = [
    ("calling", "undo", "hall.tickets[label].rev != rev or ", ""),
    ("calling", "reinstate", "if counter.ticket:", "if False:"),
    ("calling", "reinstate", "not returning.can_come_back(hall, ticket)", "False"),
    ("check_in", "can_come_back", "ticket.state in ENDED and", "True and"),
    ("calling", "call", "if counter.ticket:", "if False:"),
    ("calling", "call", "if ticket.state != WAITING:", "if False:"),
    ("calling", "next_", "_ending(hall, counter, by, at_ms) if counter.ticket else", ""),
    ("calling", "next_", "queues, why = limits.may_serve(hall, by, queues)", "pass"),
    ("calling", "_call_named", "if other:", "if False:"),
    ("calling", "_call_named", "if booth and", "if False and"),
    ("calling", "_may_be_restored", "return not other or", "return True or"),
    ("ticket_acts", "paper", "ticket.state not in (RESERVED, VOID)", "False"),
    ("check_in", "_place", "ticket.state != NO_SHOW", "False"),
    ("ticket_acts", "cancel", "ticket.state not in (RESERVED, BOOKED, WAITING, PARKED)", "False"),
    ("check_in", "_place", "if within_min and", "if False and"),
    ("ticket_acts", "_not_granted", "if limits.is_link_full", "if False and limits.is_link_full"),
    ("ticket_acts", "_not_granted", "if not limits.quota_left", "if False and limits.quota_left"),
    ("visits", "elsewhere", "if label != ticket.label and", "if False and"),
    ("visits", "coming_back", "if other.state == WAITING:", "if False:"),
    ("evolve_lines", "settle", "if other.state == WAITING and", "if False and"),
    ("evolve_lines", "carry_over", "if len(left) > 1:", "if True:"),
    ("evolve_tickets", "reclassed", "if in_line:", "if False:"),
    ("due", "_parked", "if until_ms <= at_ms", "if until_ms"),
    ("ticket_acts", "free_number", "not in hall.tickets", "!= ''"),
    ("bookings", "_may_not_come", "if booking.ticket:", "if False:"),
    ("catch_up", "catch_up", "ticket.state not in _UNSERVED", "False"),
    ("leases", "offline", "number in block.used", "False"),
    ("leases", "_not_free", "block.day == hall.day or block.board == board", "False"),
    ("leases", "_not_free", "label_of(prefix, number) in hall.tickets", "False"),
    ("evolve_bookings", "booking_ended", "booking.day, -1", "booking.day, 0"),
    ("evolve_bookings", "day_opened", "booking.day, 1", "booking.day, 0"),
    ("decide", "_decide", "not counter.ticket and", "False and"),
    ("evolve_lines", "leave", "if ticket.state == WAITING:", "if False:"),
    ("evolve_tickets", "_move", "(ticket.state in GIVES_BACK) != (state in GIVES_BACK)", "False"),
    ("evolve_tickets", "_let_go", 'counter.ticket = ""', "pass"),
    ("evolve_tickets", "undone", 'counter.ticket = ""', "pass"),
    ("evolve", "_day_opened", "t.state not in FINAL", 't.state == "waiting"'),
    ("policy", "choose", "line.normal.head()", "max(line.normal.places.values(), default=None)"),
    ("policy", "line_block", "in hall.held", "in ()"),
    ("policy", "line_block", "in (CARRY, EXPIRE)", "in ()"),
    ("calling", "reinstate", "hold_of(hall, ticket.queue) is not None", "False"),
    ("room", "ask_in", "or ticket.label not in hall.outside", ""),
    ("evolve_day", "asked_in", "hall.outside[event.ticket] = event.at_ms", "pass"),
    ("evolve_day", "everybody_left", "ticket.outside, ticket.asked_ms = False, 0", "pass"),
    ("policy", "pick", "not line.normal.places and not line.priority.places", "line.issued == 1"),
]

_WALKS = 120
# What few walks meet: the one that is tried first, to be quick. The others come after it.
_MET_IN = {
    "if booth and": 74,
    "return not other or": 58,
    "ticket.outside, ticket.asked_ms = False, 0": 47,
    "if within_min and": 31,
    "hall.tickets[label].rev != rev or ": 25,
    "label_of(prefix, number) in hall.tickets": 19,
    "block.day == hall.day or block.board == board": 14,
    "ticket.state != NO_SHOW": 11,
}


def seed(monkeypatch: pytest.MonkeyPatch, file: str, name: str, old: str, new: str) -> None:
    """Put a fault into a function of gateway/domain: `new` stands where `old` stood."""
    module = import_module(f"gateway.domain.{file}")
    original = getattr(module, name)
    source = inspect.getsource(original)
    assert source.count(old) >= 1, f"{name} has changed: seed another fault"
    space: dict[str, object] = {}
    exec(source.replace(old, new), vars(module), space)
    broken = space[name]
    assert isinstance(broken, FunctionType)
    for user in _MODULES:  # those that import it by its name as well
        if vars(user).get(name) is original:
            monkeypatch.setattr(user, name, broken)
    if original in due._DUE:
        monkeypatch.setattr(due, "_DUE", tuple(broken if f is original else f for f in due._DUE))
    tables: list[dict[Any, Any]] = [COUNTER_ACTS, ACTS, _EVOLVE]
    for table in tables:
        for key in [key for key, value in table.items() if value is original]:
            monkeypatch.setitem(table, key, broken)


@pytest.mark.parametrize(("file", "name", "old", "new"), FAULTS)
def test_a_fault_is_found(
    file: str, name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(monkeypatch, file, name, old, new)
    assert _is_found(_MET_IN.get(old, 0))


def test_a_head_that_is_not_tidied_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lane, "_tidy", lambda lane: None)
    assert _is_found()


def test_the_walks_are_clean_without_a_fault() -> None:
    assert not _is_found()


def _is_found(first: int = 0) -> bool:
    for n in range(_WALKS):
        try:
            wander((first + n) % _WALKS, 250, shadowed=False)
        except (AssertionError, KeyError, AttributeError, TypeError, ValueError, IndexError):
            return True
    return False
