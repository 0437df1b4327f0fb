"""A gateway whose machine's clock is wrong, through its loop and its journal."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway.journal import read_events
from gateway.service import machine_clock
from gateway.service.errand import ask
from tests.service.conftest import NOW_MS, Desk
from tests.service.test_service import Hall
from tests.support.tools import wait_for

DAY = "2026-11-21"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
WRONG_MS = 1_600_000_000_000  # in 2020: what systemd was built at, with no other clock

Start = Callable[[], Hall]


@pytest.fixture
def start(desk: Desk) -> Iterator[Start]:
    """Gives a gateway's loop on the desk's journal; again and again, as after crashes."""
    halls: list[Hall] = []

    def stop() -> None:
        for hall in halls:
            hall.fleet.close()
            hall.committer.close()
        halls.clear()

    def start() -> Hall:
        if halls:
            stop()
            desk.restart()
        desk.writer.fleet_changed = True  # as the process says at its start
        hall = Hall(desk)
        halls.append(hall)
        hall.bus.connected_now = True

        def started() -> bool:
            hall.turn()
            return bool(hall.applied) and not hall.fleet.busy

        wait_for(started, what="the register to be honoured")
        hall.bus.said.clear()
        return hall

    yield start
    stop()


class People:
    """Visitors and officers of a hall that is turned by hand."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._seq = 0

    def ask(self, hall: Hall, board: str, ev: str, **fields: Any) -> Any:
        """Press something and give the receipt."""
        self._seq += 1
        hall.bus.hear(
            f"{board}/up/event",
            {"boot": 1, "seq": self._seq, "t_ms": self.desk.mono_ms, "ev": ev, **fields},
        )
        return hall.turn_until(f"{board}/dn/receipt")

    def tell(self, hall: Hall, ev: str, **fields: Any) -> Any:
        """Ask for something at a console and give the receipt."""
        self._seq += 1
        hall.bus.hear("console/up/event", {"key": f"k{self._seq}", "ev": ev, **fields})
        return hall.turn_until("console/dn/receipt")

    def take(self, hall: Hall) -> str:
        return str(self.ask(hall, "ticket-01", "take", queue="A")["ticket"])

    def call(self, hall: Hall) -> str:
        return str(self.ask(hall, "counter-01", "next")["ticket"])

    def pass_ms(self, hall: Hall, ms: int) -> None:
        self.desk.pass_ms(ms)
        hall.turn()


@pytest.fixture
def people(desk: Desk) -> People:
    return People(desk)


def told_clock(hall: Hall) -> Any:
    """Give what the newest line part says of the clock."""
    hall.desk.pass_ms(10_000)
    hall.turn()
    hall.turn()
    return hall.kept("gw/hall/line")["clock"]


def kinds(desk: Desk, *names: str) -> list[str]:
    return [
        str(body["kind"])
        for body in read_events(desk.settings.paths.journal)
        if body["kind"] in names
    ]


def days(desk: Desk) -> list[str]:
    return [
        str(b["day"]) for b in read_events(desk.settings.paths.journal) if b["kind"] == "day_opened"
    ]


def test_a_clock_that_is_right_is_not_spoken_of(start: Start) -> None:
    assert told_clock(start()) is None


def test_a_pi_that_starts_in_the_past_goes_on_with_its_day(
    desk: Desk, start: Start, people: People
) -> None:
    hall = start()
    assert [people.take(hall) for _ in range(2)] == ["A001", "A002"]
    newest_ms = desk.utc_ms
    desk.utc_ms, desk.mono_ms = WRONG_MS, 9_000  # the power was away
    hall = start()
    assert people.take(hall) == "A003"
    assert desk.writer.hall.day == DAY
    told = told_clock(hall)
    assert (told["state"], told["since_ms"]) == ("behind", newest_ms)
    assert (told["system_ms"], told["held_ms"]) == (desk.utc_ms, newest_ms + 10_000)
    assert hall.kept("gw/hall/line")["day"] == DAY
    # Boards and consoles are told the hall's time, not the machine's.
    assert hall.kept("gw/hall/line")["utc_ms"] == newest_ms + 10_000
    desk.pass_ms(2_000)
    assert hall.turn_until("gw/beat")["utc_ms"] == newest_ms + 12_000
    assert [people.call(hall) for _ in range(3)] == ["A001", "A002", "A003"]


def test_when_ntp_comes_up_the_next_day_begins(desk: Desk, start: Start, people: People) -> None:
    hall = start()
    people.take(hall)
    desk.utc_ms = WRONG_MS
    hall = start()
    people.pass_ms(hall, 5_000)
    assert days(desk) == [DAY]
    desk.utc_ms, desk.synced = NOW_MS + DAY_MS, True
    people.pass_ms(hall, 1_000)
    people.pass_ms(hall, 1_000)
    assert days(desk) == [DAY, "2026-11-22"]
    assert told_clock(hall) is None
    assert kinds(desk, "clock_held", "clock_trusted") == ["clock_held", "clock_trusted"]
    assert people.call(hall) == "A001"  # carried
    assert people.take(hall) == "A002"


@pytest.mark.parametrize("jump_ms", [DAY_MS, 365 * DAY_MS])
def test_a_jump_forward_rolls_no_day(
    desk: Desk, start: Start, people: People, jump_ms: int
) -> None:
    hall = start()
    people.take(hall)
    desk.utc_ms += jump_ms
    for _ in range(5):
        people.pass_ms(hall, 1_000)
    assert people.take(hall) == "A002"
    assert days(desk) == [DAY]
    assert told_clock(hall)["state"] == "ahead"
    desk.utc_ms -= jump_ms
    assert told_clock(hall) is None
    assert days(desk) == [DAY]


def test_to_start_again_is_no_way_around_it(desk: Desk, start: Start, people: People) -> None:
    hall = start()
    desk.utc_ms += DAY_MS
    people.pass_ms(hall, 1_000)
    hall = start()
    people.pass_ms(hall, 1_000)
    assert told_clock(hall)["state"] == "ahead"
    assert days(desk) == [DAY]


def test_a_supervisor_says_that_the_clock_is_right(
    desk: Desk, start: Start, people: People
) -> None:
    hall = start()
    assert people.tell(hall, "clock_accept", by="budi")["why"] == "wrong_state"
    people.take(hall)
    desk.utc_ms += DAY_MS
    people.pass_ms(hall, 1_000)
    assert people.tell(hall, "clock_accept", by="budi")["st"] == "accepted"
    people.pass_ms(hall, 1_000)
    assert days(desk) == [DAY, "2026-11-22"]
    assert told_clock(hall) is None
    (trusted,) = [
        b for b in read_events(desk.settings.paths.journal) if b["kind"] == "clock_trusted"
    ]
    assert trusted["by"] == "budi"
    assert int(str(trusted["system_ms"])) - int(str(trusted["at_ms"])) == DAY_MS


def test_what_comes_with_the_acceptance_has_the_accepted_time(
    desk: Desk, start: Start, people: People
) -> None:
    hall = start()
    desk.utc_ms -= HOUR_MS
    people.pass_ms(hall, 1_000)
    hall.bus.hear("console/up/event", {"key": "accept", "ev": "clock_accept"})
    people.take(hall)
    assert desk.writer.hall.tickets["A001"].issued_ms == desk.utc_ms
    start()  # the newest event is not in the future
    assert not desk.writer.hall.clock


@pytest.mark.parametrize("back_ms", [HOUR_MS, DAY_MS, 3 * DAY_MS])
@pytest.mark.parametrize("by_ntp", [True, False])
def test_set_back_nothing_is_doubled_or_passed_and_no_day_opens_twice(
    desk: Desk, start: Start, people: People, back_ms: int, by_ntp: bool
) -> None:
    desk.utc_ms = NOW_MS + back_ms  # the hall has been ahead for long
    hall = start()
    ahead = [people.take(hall) for _ in range(3)]
    day = desk.writer.hall.day
    opened = days(desk)
    desk.utc_ms = NOW_MS
    people.pass_ms(hall, 1_000)
    while_held = people.take(hall)
    desk.synced = by_ntp
    if not by_ntp:
        assert told_clock(hall)["state"] == "behind"
        people.tell(hall, "clock_accept")
    people.pass_ms(hall, 1_000)
    labels = [*ahead, while_held, *(people.take(hall) for _ in range(2))]
    assert labels == [f"A{n:03d}" for n in range(1, 7)]
    assert abs(desk.writer.hall.tickets["A006"].issued_ms - desk.utc_ms) < 2
    while desk.utc_ms < NOW_MS + back_ms + 2_000:  # the hall lives through that time again
        people.pass_ms(hall, HOUR_MS)
    assert desk.writer.hall.day == day
    assert days(desk) == opened
    assert [people.call(hall) for _ in range(6)] == labels
    before = desk.writer.hall
    start()  # and the journal tells it all in the same way
    assert desk.writer.hall == before


def test_a_small_step_back_is_nobodys_business(desk: Desk, start: Start, people: People) -> None:
    hall = start()
    desk.utc_ms -= 1_500
    people.pass_ms(hall, 1_000)
    assert told_clock(hall) is None
    assert not kinds(desk, "clock_held", "clock_trusted")


def test_while_held_the_day_ends_when_its_hours_have_passed(
    desk: Desk, start: Start, people: People
) -> None:
    hall = start()
    desk.utc_ms = WRONG_MS
    for _ in range(15):  # from 10:00 to 01:00
        people.pass_ms(hall, HOUR_MS)
    assert days(desk) == [DAY, "2026-11-22"]
    assert told_clock(hall)["state"] == "behind"


def test_a_board_added_in_a_stopped_hall_is_not_stamped_in_the_past(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest_ms = desk.writer.hall.known_ms
    desk.journal.close()
    monkeypatch.setattr(machine_clock, "read", lambda: (7, WRONG_MS))
    monkeypatch.setattr(machine_clock, "synced", lambda: False)
    assert ask(desk.settings, {"ev": "board_retire", "board": "ticket-01"})["st"] == "accepted"
    desk.open()
    bodies = read_events(desk.settings.paths.journal)[-2:]
    assert [body["kind"] for body in bodies] == ["clock_held", "board_retired"]
    assert [body["at_ms"] for body in bodies] == [newest_ms, newest_ms]


def test_in_a_stopped_hall_the_clock_may_be_accepted(
    desk: Desk, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.utc_ms -= HOUR_MS
    desk.journal.close()
    monkeypatch.setattr(machine_clock, "read", lambda: (desk.mono_ms, desk.utc_ms))
    monkeypatch.setattr(machine_clock, "synced", lambda: False)
    assert ask(desk.settings, {"ev": "clock_accept"})["st"] == "accepted"
    desk.open()
    assert told_clock(start()) is None
