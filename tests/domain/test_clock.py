"""What the hall does with a clock that is held, accepted, or set back: order and numbers stay."""

from dataclasses import fields, is_dataclass
from random import Random

import pytest

from gateway.domain import hall, lines
from gateway.domain import reasons as r
from gateway.domain.clock_events import ClockHeld, ClockTrusted
from gateway.domain.hall_events import DayOpened
from tests.domain.walk import wander
from tests.domain.world import MONDAY, TUESDAY, World, at, small_site

HOUR_MS = 3_600_000


def set_back(w: World, ms: int) -> None:
    """Let the gateway find out that the hall has been ahead of the right time."""
    w.ok("clock", system_ms=w.now - ms)
    w.now -= ms


def test_the_hall_knows_the_time_of_its_newest_event() -> None:
    w = World()
    w.wait(60)
    w.take()
    w.wait(60)
    w.ok("tick")  # without events it leaves no trace
    assert w.hall.known_ms == w.now - 60_000


def test_what_is_held_is_recorded_once() -> None:
    w = World()
    w.ok("clock", clock="behind", system_ms=0)
    w.ok("clock", clock="behind", system_ms=5)
    assert w.events[-1] == ClockHeld(w.now, "", "behind", 0)
    assert w.events[-2].kind != "clock_held"
    assert w.hall.clock == "behind"
    w.ok("clock", clock="ahead", system_ms=w.now + HOUR_MS)
    assert w.hall.clock == "ahead"


def test_a_supervisor_says_that_the_clock_is_right() -> None:
    w = World(small_site(sign_in=True))
    w.ok("clock", clock="ahead", system_ms=w.now + HOUR_MS)
    ask = {"source": "console", "system_ms": w.now + HOUR_MS}
    assert w.no("clock_accept", by="sari", **ask) == r.NOT_ALLOWED
    w.ok("clock_accept", by="budi", **ask)
    assert w.events[-1] == ClockTrusted(w.now, "budi", w.now + HOUR_MS)
    assert (w.hall.clock, w.hall.known_ms) == ("", w.now + HOUR_MS)


def test_no_day_is_opened_by_what_the_machine_shows() -> None:
    w = World()
    w.ok("clock", clock="ahead", system_ms=at("09:00", TUESDAY))
    w.ok("tick")
    assert w.hall.day == MONDAY
    w.ok("clock_accept", system_ms=at("09:00", TUESDAY))
    assert w.hall.day == MONDAY
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    assert w.hall.day == TUESDAY


def test_the_hours_that_really_pass_open_a_day_while_the_clock_is_held() -> None:
    w = World(now=at("23:59"))
    w.ok("clock", clock="behind", system_ms=0)
    w.wait(60)
    w.ok("tick")
    assert (w.hall.day, w.hall.clock) == (TUESDAY, "behind")


@pytest.mark.parametrize("one_left", [False, True])
def test_set_back_within_a_day_the_line_keeps_its_order(one_left: bool) -> None:
    w = World()
    for cls in ("", "elderly", "", ""):
        w.take(cls=cls)
        w.wait(60)
    if one_left:
        w.press("next")
        w.press("park")
    set_back(w, HOUR_MS)
    labels = [w.take(), w.take(cls="disabled")]
    assert labels == ["A005", "A006"]
    order = [w.press("next")["ticket"] for _ in range(5 if one_left else 6)]
    normal = [label for label in order if label not in ("A002", "A006")]
    assert normal == ["A001", "A003", "A004", "A005"]
    assert order.index("A006") > (-1 if one_left else order.index("A002"))


def test_everything_is_as_long_ago_as_it_was() -> None:
    w = World()
    for _ in range(3):
        w.take()
    w.press("next")
    w.press("start")
    w.press("done")
    w.press("next", counter=2)
    w.press("help")
    w.take(has_printer=True)
    w.ok("break_start", reason="Rapat")
    before = times(w)
    assert min(before) > HOUR_MS
    set_back(w, HOUR_MS)
    assert times(w) == [ms - HOUR_MS for ms in before]


def times(w: World) -> list[int]:
    """Give all times that the hall remembers."""
    h = w.hall
    found = [
        *(ms for t in h.tickets.values() for ms in (
            t.issued_ms, t.arrived_ms, t.called_ms, t.started_ms, t.ended_ms)),
        *(ms for c in h.counters.values() for ms in (c.since_ms, c.help_ms, c.ended_ms)),
        *(call.at_ms for call in h.calls), *h.printing.values(),
        *(place[1] for line in h.lines.values() for place in line.normal.in_order()),
        h.arrived_ms, h.break_since_ms, h.known_ms,
    ]  # fmt: skip
    return [ms for ms in found if ms]


def test_a_call_from_before_it_grows_old_as_always() -> None:
    w = World()
    w.take()
    w.take()
    w.press("next")
    set_back(w, HOUR_MS)
    w.wait(w.hall.site.presence_s + 1)
    assert w.press("next")["done"] == {"ticket": "A001", "how": "implied"}


def test_a_print_from_before_it_times_out_as_always() -> None:
    w = World()
    label = w.take(has_printer=True)
    set_back(w, HOUR_MS)
    w.wait(w.hall.site.print_timeout_s + 1)
    w.ok("tick")
    assert w.state(label) == "void"


def test_an_act_from_before_it_is_not_taken_back() -> None:
    # The undone ticket's old arrival would put it behind those who came later.
    w = World()
    w.take()
    w.take()
    w.press("next")
    set_back(w, HOUR_MS)
    assert w.refused("undo") == r.WRONG_STATE


def test_set_back_over_midnight_the_day_stays_and_opens_but_once() -> None:
    w = World()
    w.take()
    w.now = at("09:00", TUESDAY)  # a clock that was wrong, and believed
    w.take()
    assert w.hall.day == TUESDAY
    w.ok("clock", system_ms=at("10:00"))
    w.now = at("10:00")
    assert w.take() == "A003"  # no number twice
    w.ok("tick")
    assert w.hall.day == TUESDAY
    w.now = at("09:00", TUESDAY)
    assert w.take() == "A004"
    assert [e.day for e in w.events if isinstance(e, DayOpened)] == [MONDAY, TUESDAY]
    assert [w.press("next")["ticket"] for _ in range(4)] == ["A001", "A002", "A003", "A004"]


def test_set_forward_nothing_but_the_time_changes() -> None:
    w = World()
    w.take()
    w.press("next")
    w.ok("clock", system_ms=w.now + HOUR_MS)
    w.wait(3_600)
    assert w.hall.tickets["A001"].called_ms == w.now - HOUR_MS
    assert w.hall.counters[1].last is not None


@pytest.mark.parametrize("seed", range(8))
def test_whatever_a_hall_has_been_through_its_lines_keep_their_order(seed: int) -> None:
    walker = wander(seed, 200)
    w = walker.world

    def order() -> list[list[str]]:
        lanes = [lane for line in w.hall.lines.values() for lane in (line.normal, line.priority)]
        return [[place[3] for place in lane.in_order()] for lane in lanes]

    before, day = order(), w.hall.day
    set_back(w, (seed + 1) * 7 * HOUR_MS)
    assert (order(), w.hall.day) == (before, day)
    rnd = Random(seed)
    for _ in range(200):  # and the walk goes on, in its old day at first, with all its promises
        walker.step((rnd.randrange(1_000), rnd.randrange(1_000), rnd.randrange(1_000)))


# Of each thing that a hall remembers: the times that go back with its clock ...
GO_BACK = {
    hall.Hall: {"arrived_ms", "known_ms", "break_since_ms", "break_until_ms"},
    hall.Ticket: {
        "issued_ms", "arrived_ms", "joined_ms", "asked_ms", "called_ms", "started_ms", "ended_ms",
        "until_ms",
    },
    hall.CounterState: {"since_ms", "help_ms", "break_until_ms", "ended_ms"},
    hall.Call: {"at_ms"},
    hall.Hold: {"since_ms"},
    hall.Lease: {"granted_ms"},
    hall.Rest: {"since_ms", "until_ms"},
    lines.Line: {"closed_ms"},
}  # fmt: skip
# ... and those that are times of day, lengths, or forgotten.
STAY = {
    hall.Hall: {"skip_until_ms", "day_ends_ms"},
    hall.Ticket: {"slot_ms"},
    hall.CounterState: {"skip_until_ms", "skip_site_until_ms"},
    hall.Booking: {"slot_ms"},
    hall.Lease: {"until_ms"},  # the board counts for itself
    hall.Act: {"at_ms", "ended_ms"},
}


def test_of_every_time_it_is_decided_whether_it_goes_back() -> None:
    things = [
        thing
        for module in (hall, lines)
        for thing in vars(module).values()
        if is_dataclass(thing) and thing.__module__ == module.__name__
    ]
    found = {(t, f.name) for t in things for f in fields(t) if f.name.endswith("_ms")}
    decided = [(t, name) for each in (GO_BACK, STAY) for t, names in each.items() for name in names]
    assert set(decided) == found
    assert len(decided) == len(found)


def test_counters_set_before_and_after_the_clock_was_put_back_spoil_no_forecast() -> None:
    w = World(now=at("05:00"))
    for day in (MONDAY, TUESDAY):
        w.now = at("05:00", day)
        w.take()
        w.ask("close", counter=1)
        w.now = at("09:25", day)
        w.ok("open", counter=1)
        set_back(w, 5 * 60_000)
        w.ok("close", counter=1)
    w.now = at("08:00", "2026-11-25")
    w.ok("open", counter=1)
    w.take()  # says how long it will take
    assert all(0.0 <= share <= 1.0 for share in w.hall.counters[1].habit.share)
