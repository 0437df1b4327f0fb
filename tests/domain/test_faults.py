"""The walks do find faults: each guard taken out, or rule broken, makes one fail."""

import inspect
from importlib import import_module
from types import FunctionType
from typing import Any

import pytest

from gateway.domain.counter_acts import COUNTER_ACTS
from gateway.domain.decide import ACTS
from gateway.domain.evolve import _EVOLVE
from gateway.domain.lines import Lane
from tests.domain.walk import wander

FAULTS: list[tuple[str, str, str, str]] = [
    ("calling", "undo", "hall.tickets[label].rev != rev or ", ""),
    ("calling", "reinstate", "if counter.ticket:", "if False:"),
    ("calling", "reinstate", "ticket.state not in _REINSTATABLE or ", ""),
    ("calling", "call", "if counter.ticket:", "if False:"),
    ("calling", "call", "if ticket.state != WAITING:", "if False:"),
    ("calling", "next_", "if in_hand:", "if False:"),
    ("ticket_acts", "paper", "ticket.state not in (RESERVED, VOID) or ", ""),
    ("ticket_acts", "check_in", "ticket.state != NO_SHOW", "False"),
    ("ticket_acts", "cancel", "ticket.state not in (RESERVED, BOOKED, WAITING, PARKED)", "False"),
    ("ticket_acts", "free_number", "not in hall.tickets", "!= ''"),
    ("bookings", "_may_not_come", "if booking.ticket:", "if False:"),
    ("catch_up", "catch_up", "ticket.state not in _UNSERVED", "False"),
    ("leases", "offline", "number in block.used", "False"),
    ("leases", "_not_free", "block.day == hall.day or block.board == board", "False"),
    ("leases", "_not_free", "label_of(prefix, number) in hall.tickets", "False"),
    ("evolve_bookings", "booking_ended", "booking.day, -1", "booking.day, 0"),
    ("evolve_bookings", "day_opened", "booking.day, 1", "booking.day, 0"),
    ("decide", "_decide", "not counter.ticket and", "False and"),
    ("evolve_tickets", "_move", "if was == WAITING:", "if False:"),
    ("evolve_tickets", "_move", "if used:", "if False:"),
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


@pytest.mark.parametrize(("file", "name", "old", "new"), FAULTS)
def test_a_fault_is_found(
    file: str, name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module(f"gateway.domain.{file}")
    original = getattr(module, name)
    source = inspect.getsource(original)
    assert source.count(old) >= 1, f"{name} has changed: seed another fault"
    space: dict[str, object] = {}
    exec(source.replace(old, new), vars(module), space)
    broken = space[name]
    assert isinstance(broken, FunctionType)
    monkeypatch.setattr(module, name, broken)
    tables: list[dict[Any, Any]] = [COUNTER_ACTS, ACTS, _EVOLVE]
    for table in tables:
        for key in [key for key, value in table.items() if value is original]:
            monkeypatch.setitem(table, key, broken)
    assert _is_found()


def test_a_head_that_is_not_tidied_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lane, "_tidy", lambda lane: None)
    assert _is_found()


def test_the_walks_are_clean_without_a_fault() -> None:
    assert not _is_found()


def _is_found() -> bool:
    for seed in range(24):
        try:
            wander(seed, 250, shadowed=False)
        except (AssertionError, KeyError, AttributeError, TypeError, ValueError):
            return True
    return False
