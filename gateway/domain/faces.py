"""What a board's display must show: all of a face but `epoch` and `rev`, the speaker's own."""

from collections.abc import Iterable

from gateway.domain import schedule
from gateway.domain.breaks import pause_of
from gateway.domain.closing import takes_numbers
from gateway.domain.hall import CALLED, CounterState, Hall
from gateway.domain.holds import holds_counter
from gateway.domain.policy import may_call
from gateway.domain.ratings import asked
from gateway.domain.room import is_full
from gateway.domain.schedule import Pause
from gateway.domain.site import VIDEO

IDLE = "idle"
SERVING = "serving"
PAUSED = "paused"
BREAK = "break"
CLOSED = "closed"

TEXT_IDLE = "--"
TEXT_PAUSED = "TUTUP SEMENTARA"
TEXT_CLOSED = "TUTUP"
TEXT_BREAK = "ISTIRAHAT"
TEXT_HELD = "TERTUNDA"

_BREAK_CHARS = 100  # of a break's name: enough to read, short enough for any board

_LAMPS = {CALLED: "green", SERVING: "green", PAUSED: "amber", BREAK: "amber", CLOSED: "red"}


def counter_state(hall: Hall, counter: CounterState, at_ms: int) -> tuple[str, Pause | None]:
    """Give the state of a counter's face, and the break if it is one.

    A ticket in hand comes before all else: no break, pause or closing hides it.
    """
    if counter.ticket:
        called = hall.tickets[counter.ticket].state == CALLED
        return (CALLED if called else SERVING), None
    if not counter.open:
        return CLOSED, None
    if counter.paused:
        return PAUSED, None
    pause = pause_of(hall, counter, at_ms)
    if pause is not None:
        return BREAK, pause
    if holds_counter(hall, counter.number):
        return PAUSED, None
    return (IDLE if in_service(hall, counter.number, at_ms) else CLOSED), None


def in_service(hall: Hall, number: int, at_ms: int) -> bool:
    """Tell whether the hours let this counter work: open, or somebody still waits after."""
    hours = hall.index.schedule
    for prefix in hall.index.counters[number].queues:
        if takes_numbers(hall, prefix) and hours.service(prefix, at_ms) == schedule.OPEN:
            return True
        if hall.lines[prefix].waiting() and may_call(hall, prefix, at_ms):
            return True
    return False


def counter_face(hall: Hall, number: int, at_ms: int) -> dict[str, object]:
    """Give the face of counter `number`, which must exist.

    `times` counts the calls of this ticket, so that a recall is a new face; `kind` is there at a
    video booth.
    """
    counter = hall.counters[number]
    state, pause = counter_state(hall, counter, at_ms)
    face: dict[str, object] = {
        "state": state,
        "text": counter.ticket or _text(hall, counter, state, pause),
        "blink": state == CALLED,
        "lamp": _LAMPS.get(state, "off"),
        "ticket": counter.ticket,
    }
    if state == CALLED:
        ticket = hall.tickets[counter.ticket]
        face["times"] = ticket.times
        if ticket.klass:
            face["priority"] = True
    if hall.index.counters[number].kind == VIDEO:
        face["kind"] = VIDEO
    return face


def _text(hall: Hall, counter: CounterState, state: str, pause: Pause | None) -> str:
    if pause is not None:
        return break_text(hall, pause)
    if state == PAUSED and not counter.paused:
        return TEXT_HELD
    return {PAUSED: TEXT_PAUSED, CLOSED: TEXT_CLOSED}.get(state, TEXT_IDLE)


def break_text(hall: Hall, pause: Pause) -> str:
    """Say that there is a break and until when, in capitals: "SENAM S.D. 10:10"."""
    name = pause.name.upper()[:_BREAK_CHARS] or TEXT_BREAK
    if pause.until_ms is None:
        return name
    return f"{name} S.D. {hall.index.schedule.local_hhmm(pause.until_ms)}"


def rating_face(hall: Hall, number: int, at_ms: int) -> dict[str, object]:
    """Give the face of a rating board at counter `number`: whether to ask, and for which ticket."""
    counter = hall.counters.get(number)  # the settings may have dropped it
    ticket = asked(hall, counter, at_ms) if counter is not None else ""
    return {"ask": ticket != "", "ticket": ticket}


def ticket_face(hall: Hall, at_ms: int, queues: Iterable[str] | None = None) -> dict[str, object]:
    """Give the face of a ticket board: of each queue whether it gives numbers, how many wait.

    `queues` are those the board has keys for (unknown ones are left out); None is all of them.
    """
    return {
        "queues": [
            {
                "q": prefix,
                "open": gives_numbers(hall, prefix, at_ms),
                "waiting": hall.lines[prefix].waiting(),
            }
            for prefix in (hall.lines if queues is None else queues)
            if prefix in hall.lines
        ]
    }


def gives_numbers(hall: Hall, prefix: str, at_ms: int) -> bool:
    """Tell whether a number of this queue can be taken now."""
    index = hall.index
    return (
        prefix in index.walk_in
        and takes_numbers(hall, prefix)
        and index.schedule.tickets(prefix, at_ms) != schedule.TICKETS_CLOSED
        and hall.lines[prefix].next_number <= index.queues[prefix].last_number
    )


def hall_face(hall: Hall) -> dict[str, object]:
    """Give the face of a board at the door: a red light while it is full, how many are inside."""
    return {"light": "red" if is_full(hall) else "green", "inside": hall.inside}


def gate_face(hall: Hall, at_ms: int) -> dict[str, object]:
    """Give the face of the entrance check: whether anybody has a reason to come in.

    So while numbers are given, a counter is in service, or somebody waits who will be called.
    """
    takes = any(gives_numbers(hall, prefix, at_ms) for prefix in hall.lines)
    return {"open": takes or any(in_service(hall, number, at_ms) for number in hall.counters)}
