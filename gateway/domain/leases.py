"""Numbers that ticket boards may give alone: leasing them out, and taking them in."""

from gateway.domain import events as e
from gateway.domain import reasons, schedule
from gateway.domain.classes import CLASS_TEXT, CLASSES
from gateway.domain.command import Command, Decision, refuse
from gateway.domain.evolve_bookings import LEASES_KEPT_DAYS
from gateway.domain.hall import EXPIRE, EXPIRED, OFFLINE, WAITING, Hall, Lease
from gateway.domain.local_time import DAY_MIN, MINUTE_MS
from gateway.domain.site import Site
from gateway.domain.ticket_acts import label_of

BLOCKS_MOST = 2  # of one queue that a board has in force at a time
_DIGITS_MOST = 6
_TICKET_ROLE = "ticket"


def lease(hall: Hall, command: Command) -> Decision:
    """Lease to a ticket board what it lacks of its queues' numbers.

    The gateway's own wish, when a board comes up, a day opens or numbers were handed in. A board
    lacks numbers of a queue when less than half a block is left. `missing` in the result names
    queues of which nothing is free, `reused` those whose oldest leased numbers were taken again.
    """
    board = hall.boards.get(command.board)
    if board is None:
        return refuse(reasons.UNKNOWN_BOARD)
    if board.role != _TICKET_ROLE:
        return refuse(reasons.NOT_ALLOWED)
    at_ms, day = command.at_ms, hall.day
    events: list[e.Event] = []
    missing: list[str] = []
    reused: list[str] = []
    for prefix in dict.fromkeys(command.queues):
        if not _lacks(hall, board.id, prefix, at_ms):
            continue
        taken, on_paper = _not_free(hall, board.id, prefix)
        block = _block(hall, prefix, taken | on_paper)
        if block is None:
            block = _block(hall, prefix, taken)
            (missing if block is None else reused).append(prefix)
        if block is not None:
            first, last = block
            events.append(
                e.Leased(
                    at_ms, command.by, board.id, prefix, first, last, day, hall.day_ends_ms
                )
            )  # fmt: skip
    result: dict[str, object] = {}
    if missing:
        result["missing"] = missing
    if reused:
        result["reused"] = reused
    return Decision(tuple(events), result)


def in_force(hall: Hall, board: str, prefix: str, at_ms: int) -> list[Lease]:
    """Give the blocks of a queue from which a board may still print, in the order of their use.

    None of a queue that was closed for the day. A board takes the blocks one after another, so of
    those before the last one that it handed something in of nothing is left.
    """
    blocks: list[Lease] = []
    line = hall.lines.get(prefix)
    if line is None or line.closing:
        return blocks
    for block in hall.leases:
        if (block.board, block.queue, block.day) != (board, prefix, hall.day):
            continue
        if block.until_ms <= at_ms:
            continue
        if block.used:
            blocks.clear()
        if left(block):
            blocks.append(block)
    return blocks[:BLOCKS_MOST]


def left(block: Lease) -> int:
    """Give how many numbers follow the last one known to be used."""
    return block.last - max(block.used, default=block.first - 1)


def _lacks(hall: Hall, board: str, prefix: str, at_ms: int) -> bool:
    line = hall.lines.get(prefix)
    if line is None or line.closing or prefix not in hall.index.walk_in:
        return False
    hours = hall.index.schedule
    over = hours.service(prefix, at_ms) in (schedule.NONE, schedule.AFTER)
    if over and hours.tickets(prefix, at_ms) == schedule.TICKETS_CLOSED:
        return False
    blocks = in_force(hall, board, prefix, at_ms)
    return (
        len(blocks) < BLOCKS_MOST
        and 2 * sum(left(block) for block in blocks) < hall.site.lease_size
    )


def _not_free(hall: Hall, board: str, prefix: str) -> tuple[set[int], set[int]]:
    """Give the numbers that cannot be leased to this board, and those that others had lately.

    What this board had lately may still be handed in by it, and then must have one meaning.
    """
    queue = hall.index.queues[prefix]
    numbers = range(queue.lease_first, queue.lease_last + 1)
    taken = {number for number in numbers if label_of(prefix, number) in hall.tickets}
    on_paper: set[int] = set()
    for block in hall.leases:
        if block.queue == prefix:
            own = block.day == hall.day or block.board == board
            (taken if own else on_paper).update(range(block.first, block.last + 1))
    return taken, on_paper


def _block(hall: Hall, prefix: str, not_free: set[int]) -> tuple[int, int] | None:
    """Give (first, last) of the next free block, going round the range; else the longest left."""
    queue, size = hall.index.queues[prefix], hall.site.lease_size
    runs: list[tuple[int, int]] = []
    start = hall.lines[prefix].lease_next
    if not queue.lease_first <= start <= queue.lease_last:
        start = queue.lease_first
    for numbers in (range(start, queue.lease_last + 1), range(queue.lease_first, start)):
        first = None
        for number in numbers:
            if number in not_free:
                first = None
                continue
            if first is None:
                first = number
                runs.append((first, number))
            runs[-1] = (first, number)
            if number - first + 1 == size:
                return runs[-1]
    return max(runs, key=lambda run: run[1] - run[0], default=None)


def offline(hall: Hall, command: Command) -> Decision:
    """Take in a number that a board gave out alone.

    It joins the line at its true time: `age_ms` ago, but not before its lease, nor before the
    number that the board handed in last. A null age has that number's time, or now. `day` is that
    of its lease; without it, an age may still tell that its lease is forgotten.
    """
    board, prefix, label = command.from_board, command.queue, command.ticket
    number = number_of(prefix, label)
    block = _leased_to(hall, command, prefix, number)
    if block is None or number is None:
        return refuse(reasons.NOT_LEASED)
    if number in block.used:
        return refuse(reasons.DUPLICATE)
    if command.cls not in CLASSES:
        return refuse(reasons.BAD_PAYLOAD, CLASS_TEXT)
    at_ms, age_ms = command.at_ms, command.age_ms
    today = block.day == hall.day
    before_ms = _last_ms(hall, board, prefix) if today else 0
    given_ms = (before_ms or at_ms) if age_ms is None else at_ms - age_ms
    given_ms = max(given_ms, before_ms, block.granted_ms)
    expired = not today or prefix not in hall.lines or hall.lines[prefix].closing == EXPIRE
    event = e.Issued(
        at_ms, command.by, label, prefix, number, EXPIRED if expired else WAITING, given_ms,
        hall.order + 1, board, klass=command.cls, origin=OFFLINE, issued_ms=given_ms,
        day="" if today else block.day,
    )  # fmt: skip
    result: dict[str, object] = {"ticket": label, "queue": prefix}
    if expired:
        result["expired"] = True
    return Decision((event,), result)


def number_of(prefix: str, label: str) -> int | None:
    """Give the number of a label of this queue, or None if it is none."""
    number = number_in(label[len(prefix) :])
    return number if number is not None and label == label_of(prefix, number) else None


def number_in(digits: str) -> int | None:
    """Give the number that these digits are, or None if they are none or too many."""
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > _DIGITS_MOST:
        return None
    return int(digits)


def _leased_to(hall: Hall, command: Command, prefix: str, number: int | None) -> Lease | None:
    if number is None:
        return None
    board, day = command.from_board, command.day
    for block in hall.leases:
        if (block.board, block.queue) != (board, prefix) or not block.first <= number <= block.last:
            continue
        if block.day == day or (not day and not _is_older(command, block)):
            return block
    return None


def _is_older(command: Command, block: Lease) -> bool:
    # A board does not get a number again for a week: one from so long before its lease is from
    # another that is forgotten, and somebody else may hold it from this one.
    given_ms = command.at_ms - (command.age_ms or 0)
    return block.granted_ms - given_ms >= LEASES_KEPT_DAYS * DAY_MIN * MINUTE_MS


def _last_ms(hall: Hall, board: str, prefix: str) -> int:
    # When the board gave out the number that it handed in last, 0 if it has none of today.
    for block in reversed(hall.leases):
        if (block.board, block.queue, block.day) == (board, prefix, hall.day):
            for number in reversed(block.used):
                ticket = hall.tickets.get(label_of(prefix, number))
                if ticket is not None and ticket.board == board:
                    return ticket.issued_ms
    return 0


def kept_from(hall: Hall, site: Site) -> list[str]:
    """Give why `site` cannot come into force today: numbers that a board may print meanwhile."""
    queues = {queue.prefix: queue for queue in site.queues}
    problems = []
    for block in hall.leases:
        queue = queues.get(block.queue)
        if queue is None or block.day != hall.day:
            continue
        if block.first <= queue.last_number and queue.first_number <= block.last:
            problems.append(
                f"queue {block.queue} cannot give {queue.first_number}-{queue.last_number} today:"
                f" {block.board} may print {block.first}-{block.last} until midnight"
            )
    return problems
