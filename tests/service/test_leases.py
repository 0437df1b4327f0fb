"""What ticket boards are told of the numbers that they may give alone, and when."""

from dataclasses import replace
from typing import Any

import pytest

from firmware.wire.codec import MAX_DOWN_BYTES
from firmware.wire.leases import read_leases
from gateway.service.leases import Leases
from gateway.service.out import Out
from tests.service.conftest import Desk

T1 = "ticket-01"
_DAY_MS = 86_400_000


class Told:
    """The leases of a desk's hall, whose ticket board is up."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.up(T1)
        desk.writer.lease_due.add(T1)
        self.leases = Leases(desk.writer)

    def up(self, board: str, state: str = "ready") -> None:
        self.desk.writer.presence.of(board).state = state

    def ask(self) -> list[Any]:
        """Let the gateway look at what boards lack; give what it says then."""
        said = self.leases.ask(self.desk.utc_ms)
        self.desk.commit()
        return [self._read(out) for out in said]

    def again(self, board: str = T1) -> Any:
        out = self.leases.republish(board, self.desk.utc_ms)
        return None if out is None else self._read(out)

    def hand_in(self, seq: int, number: int, board: str = T1) -> Any:
        label = f"A{number}"
        return self.desk.press(board, seq, "offline", ticket=label, queue="A", age_ms=1_000)

    @staticmethod
    def _read(out: Out) -> Any:
        assert out.retain
        assert len(out.payload) <= MAX_DOWN_BYTES
        epoch, rev, _, leases = read_leases(out.payload)
        return out.topic, epoch, rev, [lease[:3] for lease in leases]


@pytest.fixture
def told(desk: Desk) -> Told:
    return Told(desk)


def test_a_board_that_is_up_is_told_its_blocks(told: Told) -> None:
    queues = told.desk.writer.hall.site.queues
    (said,) = told.ask()
    topic, epoch, rev, blocks = said
    assert topic == "loket/1/ticket-01/dn/lease"
    assert (epoch, rev) == (told.desk.writer.epoch, 1)
    assert blocks == [(q.prefix, q.lease_first, q.lease_first + 19) for q in queues]
    assert told.ask() == []
    assert told.again() == said


def test_what_is_said_again_has_the_time_of_saying_it(told: Told) -> None:
    told.ask()
    told.desk.pass_ms(3_600_000)
    out = told.leases.republish(T1, told.desk.utc_ms)
    assert out is not None
    _, rev, utc_ms, _ = read_leases(out.payload)
    assert (rev, utc_ms) == (1, told.desk.utc_ms)


def test_one_that_is_not_up_is_told_when_it_comes(told: Told) -> None:
    told.desk.add("ticket-02", "ticket")
    told.desk.writer.lease_due.add("ticket-02")
    assert len(told.ask()) == 1  # the other one
    assert told.again("ticket-02")[3] == []  # it has none: that is said, too
    told.up("ticket-02")
    ((topic, _, rev, blocks),) = told.ask()
    assert (topic, rev) == ("loket/1/ticket-02/dn/lease", 2)
    assert blocks[0] == ("A", 720, 739)


def test_other_boards_have_none(told: Told) -> None:
    told.up("counter-01")
    assert len(told.ask()) == 1
    assert told.again("counter-01") is None
    assert told.desk.writer.lease_due == set()


def test_it_gets_more_as_it_hands_in_and_a_used_block_goes(told: Told) -> None:
    told.ask()
    for number in range(700, 710):
        assert told.hand_in(number, number)["st"] == "accepted"
        assert told.ask() == []
    told.hand_in(710, 710)
    ((_, _, rev, blocks),) = told.ask()
    assert (rev, [b for b in blocks if b[0] == "A"]) == (2, [("A", 700, 719), ("A", 720, 739)])
    told.hand_in(720, 720)
    ((_, _, rev, blocks),) = told.ask()
    assert (rev, [b for b in blocks if b[0] == "A"]) == (3, [("A", 720, 739)])


def test_a_number_handed_in_twice_gets_the_first_answer(told: Told) -> None:
    told.ask()
    first = told.hand_in(1, 700)
    assert (first["st"], first["ticket"]) == ("accepted", "A700")
    assert told.hand_in(1, 700) == first
    told.desk.restart()
    assert told.hand_in(1, 700) == first
    assert told.hand_in(2, 700)["why"] == "duplicate"
    assert told.hand_in(3, 900)["why"] == "not_leased"


def test_a_new_day_brings_new_numbers(told: Told) -> None:
    told.ask()
    told.desk.pass_ms(_DAY_MS * 2)  # Saturday to Monday
    told.desk.writer.tick(told.desk.utc_ms)
    ((_, _, rev, blocks),) = told.ask()
    assert (rev, blocks[0]) == (2, ("A", 720, 739))


def test_a_gateway_that_starts_again_tells_the_same_with_its_own_epoch(told: Told) -> None:
    ((_, epoch, _, blocks),) = told.ask()
    told.desk.restart()
    after = Told(told.desk)
    ((_, new_epoch, rev, same),) = after.ask()
    assert (new_epoch, rev, same) == (epoch + 1, 1, blocks)


def test_a_queue_closed_for_the_day_is_no_longer_given_alone(told: Told) -> None:
    told.ask()
    told.desk.hear("cli", {"ev": "queue_close", "queue": "A", "key": "k1"})
    ((_, _, _, blocks),) = told.ask()
    assert "A" not in [block[0] for block in blocks]
    told.desk.hear("cli", {"ev": "queue_open", "queue": "A", "key": "k2"})
    ((_, _, rev, blocks),) = told.ask()
    assert (rev, blocks[0]) == (3, ("A", 700, 719))


def test_what_is_known_to_be_used_up_by_a_number_entered_by_hand_goes(told: Told) -> None:
    told.ask()
    wish = {"ev": "catch_up", "queue": "A", "ticket": "A719", "key": "k1"}
    told.desk.hear("cli", wish)
    ((_, _, rev, blocks),) = told.ask()
    assert (rev, blocks[0]) == (2, ("A", 720, 739))


def test_staff_are_told_where_no_numbers_are_left(told: Told) -> None:
    desk = told.desk
    site = desk.writer.hall.site
    a = replace(site.queues[0], lease_last=site.queues[0].lease_first + 19)
    site = replace(site, queues=(a, *site.queues[1:]))
    assert desk.writer.load_site(site, desk.utc_ms) is None
    told.ask()
    assert told.leases.notices() == []
    desk.add("ticket-02", "ticket")
    told.up("ticket-02")
    desk.writer.lease_due.add("ticket-02")
    told.ask()
    assert told.leases.notices() == [{"code": "no_lease", "text": "ticket-02: A"}]
    told.leases.forget("ticket-02")
    assert told.leases.notices() == []
