"""A change that travels to many boards in stages: one, a few, all; it stops by itself on a failure.

Pure: what boards say and how much time has passed is told to a `Plan`, and its `step` gives what is
to be sent. Time is counted while somebody counts it, so a machine that slept, or a clock that was
set, fails nobody. `plan_json.py` keeps a plan across a restart.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

# The states of one board. The first two wait for their turn or for the board.
WAITING = "waiting"
OFFERED = "offered"
LOADING = "loading"
LOADED = "loaded"
TRIAL = "trial"
COMMITTED = "committed"
ROLLED_BACK = "rolled_back"
REFUSED = "refused"
FAILED = "failed"
SKIPPED = "skipped"
CANCELLED = "cancelled"  # a board's word only: its row waits again
_UNDER_WAY = (OFFERED, LOADING, LOADED, TRIAL)
_CAN_BE_CANCELLED = (OFFERED, LOADING, LOADED)
_IN_ORDER = (WAITING, OFFERED, LOADING, LOADED, TRIAL)
ENDED = (COMMITTED, ROLLED_BACK, REFUSED, FAILED, SKIPPED)

# The states of a plan, besides WAITING (for the end of service hours).
RUNNING = "running"
STOPPED = "stopped"
DONE = "done"

# Why a row waits, or a plan does.
HOURS = "hours"
ABSENT = "absent"
BUSY = "busy"
GATEWAY = "gateway"
DISK = "disk"
BY_HAND = "by_hand"

FIRMWARE = "firmware"
LINK = "link"
KINDS = (FIRMWARE, LINK)

# So many boards load at a time when all follow: more would not be sooner, for they share one
# broker and one air.
AT_ONCE_MOST = 6
_ANSWERS_WITHIN_MS = 10_000
_LOADS_ON_WITHIN_MS = 30_000  # it asks again by itself every 3 s
# What it says of its progress may be wrong: with one offer it has this long in all, which is
# forty times what a load takes.
_LOADS_WITHIN_MS = 60 * 60_000
_OFFERS_MOST = 3
# A board restarts when nobody is being served, and after 10 min anyway.
_RESTARTS_WITHIN_MS = 12 * 60_000
# It judges a trial within 120 s, then starts into the old; a start and a network take a while.
_JUDGES_WITHIN_MS = 5 * 60_000
# So long after it committed a board that is lost is not done yet, and nothing goes on without it.
_WATCHED_MS = 2 * 60_000
_BUSY_REST_MS = 15_000
_BUSY_MOST = 40
_UNHEARD_MOST = 50
_LOST_MOST = 6
_VANISHED_MOST = 3  # boards that were lost while they loaded, and are not back
ABSENT_MOST_MS = 24 * 3_600_000
_STEP_MOST_MS = 5_000  # more at once is no waiting but a sleep


class Order(NamedTuple):
    """What `step` wants sent to a row's board: its offer, or (`cancel`) the end of it."""

    row: "Row"
    cancel: bool = False


@dataclass(slots=True)
class Row:
    """One board of a plan. `offer` is the id of its offer; `as_board` the name under which it
    comes back, where a change gives it another one."""

    board: str
    number: int
    version: str = ""
    as_board: str = ""
    offer: str = ""
    state: str = WAITING
    why: str = ""
    got: int = 0
    size: int = 0
    said_committed: bool = False
    spent_ms: int = 0  # in this state, or without progress
    offers: int = 0  # of this offer, unanswered or without progress
    busy: int = 0  # how often it was
    unheard: int = 0  # how often it went away without an answer
    lost: int = 0  # how often it went away while it loaded, and had come no further
    furthest: int = 0  # what it had got then, at most
    anew: bool = False  # its offer was called back, or refused for now: the next is another one
    under_way_ms: int = 0  # with this offer, until all is loaded

    @property
    def name_after(self) -> str:
        """Give the id under which the board is known after the change."""
        return self.as_board or self.board


@dataclass(frozen=True, slots=True)
class Said:
    """What a board said on `up/update`."""

    offer: str
    state: str
    got: int
    size: int
    why: str


@dataclass(slots=True)
class Plan:
    """A change under way. `maker` and `data` tell who makes what each board is offered.

    `stages` are the sizes of the first stages; what is left follows in a last one. In the first
    stage boards come one after another, later ones side by side.
    """

    id: str
    kind: str
    version: str
    number: int
    maker: str
    rows: list[Row]
    stages: tuple[int, ...] = (1, 5)
    in_service: bool = False
    data: dict[str, object] = field(default_factory=dict)
    state: str = RUNNING
    why: str = ""
    stage: int = 0
    offers_made: int = 0
    absent_ms: int = 0
    # Heard, not kept: whether each board is connected, and which number of the plan's kind it has.
    _ready: dict[str, bool] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _lost: set[str] = field(default_factory=set)  # not by their own will

    def hear_ready(self, board: str, ready: bool, lost: bool = False) -> None:
        """Take note that a board is connected, or is not; `lost`: it left without a word."""
        if self._ready.get(board) is ready and (board in self._lost) == lost:
            return  # whoever says it says it of all boards, several times a second
        self._ready[board] = ready
        (self._lost.add if lost else self._lost.discard)(board)
        row = self._row_of(board)
        if row is None:
            return
        if lost and row.state == COMMITTED and board == row.name_after:
            self._doubt(row)
        elif ready:
            if row.state == WAITING and row.why == ABSENT:
                row.why = ""
            self._settle(row)
        elif row.state in (OFFERED, LOADING) and not self._is_ready(row):
            # One that sleeps most of the time gets many chances, but not for ever.
            row.unheard = row.unheard + 1 if row.state == OFFERED else 0
            if row.state == LOADING:
                # A bad network breaks a load off, and it goes on; a load may break the board, too.
                row.lost = 0 if row.got > row.furthest else row.lost + 1
                row.furthest = max(row.furthest, row.got)
            if row.unheard >= _UNHEARD_MOST:
                self.skip(row, "unheard")
            elif row.lost >= _LOST_MOST:
                self._fail(row, FAILED, "stuck")
            else:
                self._to(row, WAITING, ABSENT)

    def hear_number(self, board: str, number: int) -> None:
        """Take note of the number that a board says it runs with."""
        if self._numbers.get(board) == number:
            return
        self._numbers[board] = number
        row = self._row_of(board)
        if row is not None:
            self._settle(row)

    def hear_said(self, board: str, said: Said) -> None:
        """Take a board's word on how far it is; about another offer than its own it is no news."""
        row = self._row_of(board)
        if row is None or not row.offer or said.offer != row.offer:
            return
        if row.state in ENDED:
            if (row.state, said.state) == (COMMITTED, ROLLED_BACK):
                self._fail(row, ROLLED_BACK, said.why)  # it crashed five times since
            return
        if _is_behind(said.state, row.state):
            return  # a word that came late, or a lie: no time begins anew for it
        if said.state == LOADING:
            if row.state == LOADING and said.got != row.got:
                row.spent_ms = row.offers = 0
            row.got, row.size = said.got, said.size
            if row.state == OFFERED:
                self._to(row, LOADING)
        elif said.state in (LOADED, TRIAL):
            row.got = row.size = said.size or row.size
            if row.state != said.state:
                self._to(row, said.state)
        elif said.state == COMMITTED or (said.state, said.why) == (REFUSED, "already"):
            row.got = row.size
            row.said_committed = True
            if row.state != TRIAL:
                self._to(row, TRIAL)
            self._settle(row)
        elif _is_for_now(said) and row.busy < _BUSY_MOST:
            if row.state in _CAN_BE_CANCELLED:
                row.busy += 1
                row.anew = True
                self._to(row, WAITING, BUSY)
        elif said.state in (ROLLED_BACK, REFUSED, FAILED):
            self._fail(row, said.state, said.why)

    def step(self, elapsed_ms: int, open_now: bool, gateway_lost: bool = False) -> list[Order]:
        """Let time pass and give what is to be sent now. `open_now`: the hall is in service;
        `gateway_lost`: nobody is there whose accepted hello would end a trial."""
        elapsed_ms = min(elapsed_ms, _STEP_MOST_MS)
        if self.state in (RUNNING, WAITING):
            why = GATEWAY if gateway_lost else HOURS if open_now and not self.in_service else ""
            self.state, self.why = (WAITING if why else RUNNING), why
        orders = [] if self.state == RUNNING else self.call_back()
        orders += self._pass_time(elapsed_ms)
        if self.state == RUNNING:
            orders += self._start_next(elapsed_ms)
            self._finish()
        return orders

    def stop(self) -> None:
        """Stop: boards that have not restarted yet go on as they are; `step` tells them."""
        if self.state in (RUNNING, WAITING):
            self.state, self.why = STOPPED, BY_HAND

    def go(self) -> None:
        """Go on after a stop, without those that failed."""
        if self.state == STOPPED:
            self.state, self.why = RUNNING, ""

    def skip(self, row: Row, why: str) -> None:
        """Leave a board out of the plan, listed with the reason."""
        self._to(row, SKIPPED, why)

    def put_off(self, row: Row, why: str) -> None:
        """Offer it to a board a little later: something here is in the way."""
        self._to(row, WAITING, why)

    def resume(self) -> None:
        """Go on after a restart of whoever steps it: an offer may never have left."""
        for row in self.rows:
            if row.state == OFFERED:
                row.spent_ms = _ANSWERS_WITHIN_MS

    def holds(self, boards: Collection[str]) -> bool:
        """Tell whether one of these boards, by its old or new id, is under way."""
        return any(r.board in boards or r.name_after in boards for r in self._under_way())

    def call_back(self) -> list[Order]:
        """Let those that have not restarted yet wait as they are; a trial judges itself."""
        orders = []
        for row in self.rows:
            if row.state in _CAN_BE_CANCELLED:
                orders.append(Order(row, cancel=True))
                self._to(row, WAITING)
                row.got = 0
                row.anew = True
        return orders

    @property
    def boards_at_once(self) -> int:
        """How many boards of this stage may be under way at a time."""
        return 1 if self.stage == 0 and self.stages else AT_ONCE_MOST

    @property
    def is_over(self) -> bool:
        """Whether another plan may take its place."""
        return self.state in (DONE, STOPPED) and not self._under_way()

    # -- inside -----------------------------------------------------------------------------

    def _row_of(self, board: str) -> Row | None:
        for row in self.rows:
            if board in (row.board, row.as_board):
                return row
        return None

    def _under_way(self) -> list[Row]:
        return [row for row in self.rows if row.state in _UNDER_WAY]

    def _is_ready(self, row: Row) -> bool:
        return self._ready.get(row.board, False) or self._ready.get(row.name_after, False)

    def _settle(self, row: Row) -> None:
        # Committed is what the board says, and shows: it is there, with the new number.
        if (
            row.state == TRIAL
            and row.said_committed
            and self._ready.get(row.name_after, False)
            and self._numbers.get(row.name_after) == row.number
        ):
            self._to(row, COMMITTED)

    def _to(self, row: Row, state: str, why: str = "") -> None:
        row.state, row.why = state, why
        row.spent_ms = 0
        if state != OFFERED:
            row.offers = 0

    def _doubt(self, row: Row) -> None:
        # Just committed, and lost: what it has may have broken it. It is done when it is back.
        if self.state in (RUNNING, WAITING) and row.spent_ms < _WATCHED_MS:
            row.lost += 1
            if row.lost >= _LOST_MOST:
                self._fail(row, FAILED, "not_back")
            else:
                self._to(row, TRIAL)

    def _fail(self, row: Row, state: str, why: str) -> None:
        self._to(row, state, why)
        if self.state in (RUNNING, WAITING):
            self.state, self.why = STOPPED, row.board

    def _pass_time(self, elapsed_ms: int) -> list[Order]:
        orders = []
        for row in self.rows:
            row.spent_ms += elapsed_ms
            if row.state in (OFFERED, LOADING):
                row.under_way_ms += elapsed_ms
                if row.under_way_ms >= _LOADS_WITHIN_MS:
                    orders.append(Order(row, cancel=True))
                    self._fail(row, FAILED, "endless")
                    continue
                most_ms = _ANSWERS_WITHIN_MS if row.state == OFFERED else _LOADS_ON_WITHIN_MS
                if row.spent_ms < most_ms:
                    continue
                if row.offers < _OFFERS_MOST:
                    row.offers += 1
                    row.spent_ms = 0
                    orders.append(Order(row))
                else:
                    orders.append(Order(row, cancel=True))
                    self._fail(row, FAILED, "no_answer" if row.state == OFFERED else "stuck")
            elif row.state == LOADED and row.spent_ms >= _RESTARTS_WITHIN_MS:
                orders.append(Order(row, cancel=True))
                self._fail(row, FAILED, "no_restart")
            elif row.state == TRIAL and row.spent_ms >= _JUDGES_WITHIN_MS:
                self._fail(row, FAILED, "no_outcome" if self._is_ready(row) else "not_back")
        return orders

    def _allowed(self) -> int:
        if self.stage >= len(self.stages):
            return len(self.rows)
        return sum(self.stages[: self.stage + 1])

    def _start_next(self, elapsed_ms: int) -> list[Order]:
        under_way = len(self._under_way())
        committed = sum(row.state == COMMITTED for row in self.rows)
        while self.stage < len(self.stages) and not under_way and committed >= self._allowed():
            self.stage += 1
        room = min(self.boards_at_once, self._allowed() - committed) - under_way
        orders, absent = [], []
        vanished = self._vanished()
        if len(vanished) >= _VANISHED_MOST:
            self._fail(vanished[0], FAILED, "not_back")
            return []
        for row in self.rows:
            if row.state != WAITING:
                continue
            if not self._ready.get(row.board, False):
                row.why = ABSENT
                absent.append(row)
            elif room > 0 and (row.why not in (BUSY, DISK) or row.spent_ms >= _BUSY_REST_MS):
                if not row.offer or row.anew:
                    row.anew = False
                    row.lost = row.furthest = row.under_way_ms = 0
                    self.offers_made += 1
                    row.offer = f"{self.id}-{self.offers_made}"
                self._to(row, OFFERED)
                row.offers = 1
                row.said_committed = False
                orders.append(Order(row))
                room -= 1
        if orders or under_way or any(r.state == WAITING and r.why != ABSENT for r in self.rows):
            self.absent_ms = 0
        elif absent:
            self.absent_ms += elapsed_ms
            if self.absent_ms >= ABSENT_MOST_MS:
                for row in absent:
                    self.skip(row, ABSENT)
        return orders

    def _vanished(self) -> list[Row]:
        # Those that loading itself may have broken: lost in the middle of it, while nearly all
        # others are there. Where somebody has cut the power, those are away, too.
        gone = [r for r in self.rows if r.why == ABSENT and r.got and not r.anew]
        lost = [row for row in gone if row.state == WAITING and row.board in self._lost]
        others = [self._is_ready(row) for row in self.rows if row not in lost]
        return lost if 5 * sum(others) >= 4 * len(others) else []

    def _finish(self) -> None:
        if all(row.state in ENDED for row in self.rows):
            self.state, self.why = DONE, ""


def _is_behind(said: str, state: str) -> bool:
    # Whether a word is of a state that its row has left behind.
    return said in _IN_ORDER and _IN_ORDER.index(said) < _IN_ORDER.index(state)


def _is_for_now(said: Said) -> bool:
    # Cancelled: our call-back, and another offer at once, crossed its words.
    return (said.state, said.why) == (REFUSED, BUSY) or said.state == CANCELLED


def check_stages(stages: Sequence[object]) -> tuple[int, ...]:
    """Give the sizes of stages, at most 10 of 1 to 1,000; ValueError says what is wrong."""
    if len(stages) > 10 or not all(type(n) is int and 1 <= n <= 1_000 for n in stages):
        raise ValueError("at most 10 sizes of stages, each from 1 to 1000")
    return tuple(int(str(n)) for n in stages)
