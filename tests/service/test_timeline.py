"""The hall's time under clocks that start in the past, jump, drift, and come right."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.service import machine_clock
from gateway.service.timeline import BACK_MS, JUMP_MS, SHUT_MOST_MS, Step, Timeline

KNOWN_MS = 1_795_230_000_000  # the newest event of the journal
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass
class Machine:
    """A machine's two clocks, and what its NTP says."""

    ahead_ms: int = 0  # of the right time
    synced: bool | None = False
    mono_ms: int = 5_000
    asked: int = field(default=0)

    def read(self) -> tuple[int, int]:
        return self.mono_ms, KNOWN_MS + self.mono_ms - 5_000 + self.ahead_ms

    def is_synced(self) -> bool | None:
        self.asked += 1
        return self.synced

    def line(self, known_ms: int = KNOWN_MS, was: str = "") -> Timeline:
        return Timeline(self.read, self.is_synced, known_ms, was)


def ran_ms(machine: Machine, line: Timeline, ms: int = 0) -> int:
    """Let time pass; give what the hall's time shows more than the right time."""
    machine.mono_ms += ms
    mono_ms, utc_ms = line.now()
    assert mono_ms == machine.mono_ms
    return utc_ms - KNOWN_MS - mono_ms + 5_000


# -- at the start ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead_ms", "synced", "was", "state", "off_ms"),
    [
        (0, False, "", "", 0),
        (60 * HOUR_MS, False, "", "", 60 * HOUR_MS),  # a weekend
        (SHUT_MOST_MS, False, "", "", SHUT_MOST_MS),
        (SHUT_MOST_MS + 1, False, "", "ahead", 0),
        (SHUT_MOST_MS + 1, None, "", "ahead", 0),
        (SHUT_MOST_MS + 1, True, "", "", SHUT_MOST_MS + 1),
        (-BACK_MS, False, "", "", 0),
        (-BACK_MS - 1, False, "", "behind", 0),
        (-BACK_MS - 1, None, "", "behind", 0),
        (-KNOWN_MS, False, "", "behind", 0),  # 1970
        (-DAY_MS, True, "", "", -DAY_MS),  # the hall was wrong
        # Starting again is no way to have a jump believed that was not.
        (3 * HOUR_MS, False, "ahead", "ahead", 0),
        (3 * HOUR_MS, True, "ahead", "", 3 * HOUR_MS),
        (JUMP_MS, False, "ahead", "", JUMP_MS),
        (3 * HOUR_MS, False, "behind", "", 3 * HOUR_MS),
        (-HOUR_MS, False, "behind", "behind", 0),
    ],
)
def test_start(ahead_ms: int, synced: bool | None, was: str, state: str, off_ms: int) -> None:
    machine = Machine(ahead_ms, synced)
    line = machine.line(was=was)
    assert line.state == state
    assert ran_ms(machine, line) == off_ms
    assert line.state == state


def test_a_new_hall_has_the_machines_time() -> None:
    machine = Machine(-KNOWN_MS)
    line = machine.line(known_ms=0)
    assert (line.state, ran_ms(machine, line)) == ("", -KNOWN_MS)


def test_started_in_the_past_time_goes_on_from_the_newest_event() -> None:
    machine = Machine(-9 * HOUR_MS)
    line = machine.line()
    for _ in range(3):
        assert ran_ms(machine, line, HOUR_MS) == 0
    assert (line.state, line.since_ms) == ("behind", KNOWN_MS)
    assert line.system_ms == KNOWN_MS - 6 * HOUR_MS


@pytest.mark.parametrize(
    ("synced", "later_ms", "state", "off_ms"),
    [
        (False, 0, "", 0),
        (False, JUMP_MS, "", JUMP_MS),
        (True, 15 * HOUR_MS, "", 15 * HOUR_MS),  # off overnight, NTP came up
        (None, 15 * HOUR_MS, "", 15 * HOUR_MS),  # nobody can say; it is what one expects
        (False, 15 * HOUR_MS, "ahead", 0),  # set by hand: is it right?
        (True, -HOUR_MS, "", -HOUR_MS),  # the hall had been ahead
        (False, -HOUR_MS, "behind", 0),
    ],
)
def test_a_late_start_comes_right(
    synced: bool | None, later_ms: int, state: str, off_ms: int
) -> None:
    machine = Machine(-DAY_MS, None if synced is None else False)
    line = machine.line()
    ran_ms(machine, line, 5_000)
    machine.ahead_ms, machine.synced = later_ms, synced
    assert ran_ms(machine, line, 1_000) == off_ms
    assert line.state == state


def test_what_a_late_start_is_allowed_it_is_allowed_once() -> None:
    machine = Machine(-DAY_MS, None)
    line = machine.line()
    machine.ahead_ms = 0
    ran_ms(machine, line, 1_000)
    machine.ahead_ms = HOUR_MS
    assert (ran_ms(machine, line, 1_000), line.state) == (0, "ahead")


# -- while running -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step_ms", "synced", "state", "off_ms"),
    [
        (JUMP_MS, False, "", JUMP_MS),
        (JUMP_MS + 1, False, "ahead", 0),
        (JUMP_MS + 1, None, "ahead", 0),
        (JUMP_MS + 1, True, "", JUMP_MS + 1),
        (400 * DAY_MS, True, "", 400 * DAY_MS),
        (-BACK_MS, False, "", None),
        (-BACK_MS - 1, False, "behind", 0),
        (-BACK_MS - 1, True, "", -BACK_MS - 1),
        (-DAY_MS, None, "behind", 0),
    ],
)
def test_a_jump(step_ms: int, synced: bool | None, state: str, off_ms: int | None) -> None:
    machine = Machine()
    line = machine.line()
    ran_ms(machine, line, HOUR_MS)
    machine.ahead_ms, machine.synced = step_ms, synced
    off = ran_ms(machine, line, 50)
    assert line.state == state
    if off_ms is not None:
        assert off == off_ms
        assert ran_ms(machine, line, HOUR_MS) == off_ms


def test_a_small_step_back_is_waited_for() -> None:
    machine = Machine()
    line = machine.line()
    ran_ms(machine, line, 10_000)
    machine.ahead_ms = -1_500
    offs = [ran_ms(machine, line, 500) for _ in range(5)]
    assert offs == [-500, -1_000, -1_500, -1_500, -1_500]


@pytest.mark.parametrize("step_ms", [HOUR_MS, -HOUR_MS])
def test_a_jump_that_is_undone_is_over(step_ms: int) -> None:
    machine = Machine()
    line = machine.line()
    machine.ahead_ms = step_ms
    ran_ms(machine, line, HOUR_MS)
    assert line.state
    machine.ahead_ms = 0
    assert (ran_ms(machine, line, HOUR_MS), line.state) == (0, "")
    assert line.take_step() is None


@pytest.mark.parametrize("step_ms", [HOUR_MS, -HOUR_MS])
def test_a_jump_is_believed_when_ntp_vouches_for_it_at_last(step_ms: int) -> None:
    machine = Machine()
    line = machine.line()
    machine.ahead_ms = step_ms
    assert ran_ms(machine, line, 1_000) == 0
    machine.synced = True
    assert (ran_ms(machine, line, 1_000), line.state) == (step_ms, "")
    before_ms = KNOWN_MS + 2_000
    assert line.take_step() == Step(before_ms, before_ms + step_ms)
    assert line.take_step() is None


@pytest.mark.parametrize("step_ms", [HOUR_MS, -HOUR_MS])
def test_a_jump_is_believed_when_a_person_says_so(step_ms: int) -> None:
    machine = Machine()
    line = machine.line()
    machine.ahead_ms = step_ms
    ran_ms(machine, line, 1_000)
    assert line.accept() == KNOWN_MS + 1_000 + step_ms
    assert line.state == ""
    assert ran_ms(machine, line, DAY_MS) == step_ms


def test_which_way_it_is_wrong_follows_the_clock() -> None:
    machine = Machine()
    line = machine.line()
    said = []
    for ahead_ms in (HOUR_MS, -HOUR_MS, 2 * HOUR_MS):
        machine.ahead_ms = ahead_ms
        assert ran_ms(machine, line, 1_000) == 0
        said.append((line.state, line.since_ms - KNOWN_MS))
    assert said == [("ahead", 1_000), ("behind", 2_000), ("ahead", 3_000)]


@pytest.mark.parametrize("ppm", [500, -500])
def test_a_drift_is_no_jump_and_ntp_is_not_asked(ppm: int) -> None:
    machine = Machine()
    line = machine.line()
    for _ in range(86_400):
        machine.mono_ms += 1_000
        machine.ahead_ms = ppm * (machine.mono_ms - 5_000) // 1_000_000
        line.now()
    assert (line.state, machine.asked) == ("", 0)
    assert line.now()[1] == machine.read()[1]


def test_many_small_steps_are_one_large_one() -> None:
    machine = Machine()
    line = machine.line()
    offs = []
    for _ in range(20):
        machine.ahead_ms += JUMP_MS - 1
        offs.append(ran_ms(machine, line, 1_000))
    assert line.state == "ahead"
    assert max(offs) <= JUMP_MS + 20


def test_a_clock_that_is_right_is_never_asked_about() -> None:
    machine = Machine()
    line = machine.line()
    for _ in range(100):
        ran_ms(machine, line, 700)
    assert machine.asked == 0


# -- any clock ---------------------------------------------------------------------------------

_STEPS_MS = st.one_of(
    st.integers(-5_000, 5_000),
    st.integers(-2 * JUMP_MS, 2 * JUMP_MS),
    st.integers(-400 * DAY_MS, 400 * DAY_MS),
)
_LATER_MS = st.one_of(st.integers(0, 3_000), st.integers(0, 12 * HOUR_MS))
_LIVES = st.lists(st.tuples(_LATER_MS, st.one_of(st.just(0), _STEPS_MS)), min_size=1, max_size=60)


@given(st.one_of(st.just(0), _STEPS_MS), _LIVES)
def test_unvouched_no_clock_turns_the_hall_back_or_far_ahead(
    start_ms: int, life: list[tuple[int, int]]
) -> None:
    machine = Machine(start_ms)
    line = machine.line()
    start = last = line.now()[1]
    began_ms = machine.mono_ms
    for later_ms, step_ms in life:
        machine.ahead_ms += step_ms
        machine.mono_ms += later_ms
        _, utc_ms = line.now()
        assert utc_ms >= last, "the hall's time ran back"
        passed_ms = machine.mono_ms - began_ms
        assert utc_ms - start <= passed_ms + passed_ms // 1_000 + JUMP_MS + BACK_MS
        assert utc_ms - start >= passed_ms - passed_ms // 1_000 - BACK_MS * (len(life) + 1)
        last = utc_ms
    assert line.take_step() is None


@given(st.one_of(st.just(0), _STEPS_MS), _LIVES, st.booleans())
def test_vouched_for_any_hall_is_right_again(
    start_ms: int, life: list[tuple[int, int]], by_hand: bool
) -> None:
    machine = Machine(start_ms, None)
    line = machine.line()
    for later_ms, step_ms in life:
        machine.ahead_ms += step_ms
        machine.mono_ms += later_ms
        line.now()
    if by_hand:
        line.accept()
    else:
        machine.synced = True
    machine.mono_ms += BACK_MS
    line.now()
    machine.mono_ms += BACK_MS
    assert line.now()[1] == machine.read()[1]
    assert line.state == ""


# -- the machine -------------------------------------------------------------------------------


def test_this_machine_can_be_asked_or_says_that_it_cannot() -> None:
    assert machine_clock.synced() in (True, False, None)
    mono_ms, utc_ms = machine_clock.read()
    assert utc_ms > mono_ms >= 0


class Libc:
    def __init__(self, answer: int, maxerror_us: int) -> None:
        self._answer, self._maxerror_us = answer, maxerror_us

    def adjtimex(self, timex: object) -> int:
        timex._obj.maxerror_us = self._maxerror_us  # type: ignore[attr-defined]
        return self._answer


@pytest.mark.parametrize(
    ("answer", "maxerror_us", "synced"),
    [(0, 40_000, True), (5, 40_000, True), (5, 16_000_000, False), (-1, 0, None)],
)
def test_what_the_kernel_says(
    answer: int, maxerror_us: int, synced: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_clock, "_LIBC", Libc(answer, maxerror_us))
    assert machine_clock.synced() is synced


def test_another_system_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_clock, "_LIBC", object())
    assert machine_clock.synced() is None
