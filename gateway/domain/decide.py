"""`decide`: what a command leads to, as events or a refusal. Pure: it changes nothing."""

from collections.abc import Callable
from copy import deepcopy

from gateway.domain import (
    admin_acts,
    bookings,
    breaks,
    catch_up,
    classes,
    clock_acts,
    closing,
    due,
    hall_acts,
    holds,
    leases,
    reasons,
    room,
    ticket_acts,
)
from gateway.domain import events as e
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.counter_acts import COUNTER_ACTS, NEED_TICKET
from gateway.domain.evolve import evolve
from gateway.domain.hall import FINAL, CounterState, Hall
from gateway.domain.people import may

ACTS: dict[str, Callable[[Hall, Command], Decision]] = {
    "hello": hall_acts.hello,
    "take": ticket_acts.take,
    "paper": ticket_acts.paper,
    "check_in": bookings.check_in,
    "cancel": bookings.cancel,
    "set_class": classes.set_class,
    "book": bookings.book,
    "lease": leases.lease,
    "offline": leases.offline,
    "catch_up": catch_up.catch_up,
    "count": hall_acts.count,
    "correct": hall_acts.correct,
    "screen": hall_acts.screen,
    "touch": hall_acts.touch,
    "break_start": breaks.break_start,
    "break_end": breaks.break_end,
    "hold": holds.hold,
    "hold_end": holds.hold_end,
    "queue_close": closing.queue_close,
    "queue_open": closing.queue_open,
    "ask_in": room.ask_in,
    "settings": admin_acts.settings,
    "tick": due.tick,
    "clock": clock_acts.clock,
    "clock_accept": clock_acts.clock_accept,
    "site_load": admin_acts.site_load,
    "board_add": admin_acts.board_add,
    "board_secret": admin_acts.board_secret,
    "board_retire": admin_acts.board_retire,
    "board_cmd": admin_acts.board_cmd,
}
COMMANDS = frozenset(ACTS) | frozenset(COUNTER_ACTS)


def decide(hall: Hall, command: Command) -> Decision:
    """Give what the command leads to. Never raises for a bad command, never changes the hall.

    If a new business day is due, its opening is the first event of an accepted command.
    """
    day = due_day(hall, command.at_ms)
    if day is None:
        return _decide(hall, command)
    if command.name == "tick":
        # It opens nearly every day; what else is due is the next tick's, in the new day.
        return Decision((day,))
    # The rules look at a copy of the hall in which the new day has begun. The settings are
    # frozen and need no copy.
    tomorrow = deepcopy(hall, {id(hall.site): hall.site})
    evolve(tomorrow, day)
    decision = _decide(tomorrow, command)
    if decision.why is None:
        decision.events = (day, *decision.events)
    return decision


def due_day(hall: Hall, at_ms: int) -> e.DayOpened | None:
    """Give the opening of a later business day than the hall's, if `at_ms` lies in one."""
    if at_ms < hall.day_ends_ms or not hall.site.zone:
        return None
    carried = tuple(t.label for t in hall.tickets.values() if t.state not in FINAL)
    return e.DayOpened(at_ms, "", hall.index.schedule.day_of(at_ms), carried)


def _decide(hall: Hall, command: Command) -> Decision:
    board = command.from_board
    if board and board not in hall.boards:
        return refuse(reasons.UNKNOWN_BOARD)
    if board and hall.boards[board].spare and command.name != "hello":
        return refuse(reasons.NOT_ALLOWED, "a spare does nothing yet")
    if not may(hall, command):
        return refuse(reasons.NOT_ALLOWED)
    at_counter = COUNTER_ACTS.get(command.name)
    if at_counter is None:
        act = ACTS.get(command.name)
        if act is None:
            return refuse(reasons.BAD_PAYLOAD, f"there is no command {command.name!r}")
        return act(hall, command)
    counter = _counter(hall, command, board)
    if counter is None:
        return refuse(reasons.UNKNOWN_COUNTER)
    if command.has is not None and command.has != counter.ticket:
        return refuse(reasons.WRONG_STATE)
    if not counter.ticket and command.name in NEED_TICKET:
        return refuse(reasons.NO_TICKET)
    return at_counter(hall, command, counter)


def _counter(hall: Hall, command: Command, board: str) -> CounterState | None:
    # A board's counter is the register's, whatever the command says.
    number = hall.boards[board].counter if board else command.counter
    return None if number is None else hall.counters.get(number)
