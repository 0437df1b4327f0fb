"""What is asked about the hall itself: door, entrance, touches."""

from gateway.domain import events as e
from gateway.domain import reasons
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.hall import Hall


def hello(hall: Hall, command: Command) -> Decision:
    """Tell a board that it is heard."""
    return Decision()


def count(hall: Hall, command: Command) -> Decision:
    """Count people who came in and went out."""
    came_in, went_out = command.count_in, command.count_out
    if came_in < 0 or went_out < 0:
        return refuse(reasons.BAD_PAYLOAD, "in and out: 0 or more is needed")
    day = earlier_day(hall, command)
    # Who came on an earlier day has left since.
    inside = hall.inside if day else max(0, hall.inside + came_in - went_out)
    event = e.Counted(command.at_ms, command.by, command.from_board, came_in, went_out, inside, day)
    return Decision((event,), {"inside": inside})


def earlier_day(hall: Hall, command: Command) -> str:
    """Give the business day of a fact that waited in its board since before today, else ""."""
    if not command.waited_ms:
        return ""
    # A board's own time may be nonsense: there is no day before all calendars.
    day = hall.index.schedule.day_of(max(0, command.at_ms - command.waited_ms))
    return day if day < hall.day else ""


def correct(hall: Hall, command: Command) -> Decision:
    """Set the number of people inside."""
    if command.inside < 0:
        return refuse(reasons.BAD_PAYLOAD, "inside: 0 or more is needed")
    event = e.InsideCorrected(command.at_ms, command.by, command.inside)
    return Decision((event,), {"inside": command.inside})


def screen(hall: Hall, command: Command) -> Decision:
    """Decide whether somebody may come in, by temperature and mask."""
    passed = command.temp_c < hall.site.fever_c and (command.mask or not hall.site.mask_needed)
    event = e.Screened(
        command.at_ms, command.by, command.from_board, command.temp_c, command.mask, passed
    )
    return Decision((event,), {"pass": passed})


def touch(hall: Hall, command: Command) -> Decision:
    """Count the touches of a touch point."""
    if command.n < 1:
        return refuse(reasons.BAD_PAYLOAD, "n: 1 or more is needed")
    day = earlier_day(hall, command)
    return Decision((e.Touched(command.at_ms, command.by, command.from_board, command.n, day),))
