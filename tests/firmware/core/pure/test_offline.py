import json

from firmware.core.lease import Leases
from firmware.core.offline import FILE, MOST, Offline, label_of
from firmware.core.outbox import RESEND_MS
from firmware.core.ticks import NEVER
from firmware.wire.codec import MAX_DOWN_BYTES, encode
from firmware.wire.leases import write_leases
from tests.firmware.fakes import MemoryStore
from tests.firmware.pure.expect import collect, raises

MICROPYTHON_HEAP_KB = 1024  # the flash and everything handed in are in memory here, too
DAY = "2026-11-23"
NOW_MS = 1_763_884_800_000


class PowerCut(Exception):
    """The power is gone."""


class CutStore(MemoryStore):
    """Loses its power at the write after the first `left`; `None`: never. Of what is put into a
    file `part` bytes are there."""

    left: "int | None" = None
    part = 0

    def put(self, name, at, data):
        if self.left == 0 and self.part:
            before = self.files.get(name, b"") if at else b""
            part = data[: self.part]
            self.files[name] = before[:at] + part + before[at + len(part) :]
        return MemoryStore.put(self, name, at, data)

    def write(self, name, data):
        if self.left == 0:
            raise PowerCut
        if self.left is not None:
            self.left -= 1
        return MemoryStore.write(self, name, data)


class Life:
    """A board's numbers in one life; `printed` are the labels on paper."""

    def __init__(self, store, boot, printed=None):
        self.leases = Leases(store)
        self.offline = Offline(store, self.leases, boot)
        self.seq = 0
        self.printed = printed if printed is not None else []

    def lease(self, rev, *blocks):
        leases = [("A", first, last, DAY, NOW_MS + 1) for first, last in blocks]
        said = write_leases(7, rev, NOW_MS, leases)
        self.leases.take(encode(said, MAX_DOWN_BYTES), False)

    def give(self, times=1, ok=True, now_ms=0, priority=False):
        for i in range(times):
            if i % 16 == 0:
                collect()  # as a board does: what stays shall not be strewn over its memory
            found = self.leases.next_of("A", NOW_MS)
            assert found
            number, day = found
            self.seq += 1
            assert self.offline.give(self.seq, "A", number, day, priority, now_ms)
            if ok:
                self.printed.append(label_of("A", number))
            self.offline.printed(ok, now_ms)

    def sent(self, now_ms):
        return [json.loads(data) for data in self.offline.tick(now_ms)]

    def hand_in(self, now_ms=0):
        """Let a gateway take everything; give the labels in the order in which they came."""
        self.offline.hand_in(True, now_ms)
        came: "list[str]" = []
        while True:
            events = self.sent(now_ms)
            if not events:
                return came
            for event in events:
                came.append(event["ticket"])
                assert self.offline.settle(event["boot"], event["seq"], now_ms)


def board(boot=5, store=None, block=(1, 900)):
    life = Life(store or MemoryStore(), boot)
    life.lease(1, block)
    return life


def labels(first, last):
    return [label_of("A", number) for number in range(first, last + 1)]


def test_a_number_is_told_with_its_age_of_the_moment_of_sending():
    life = board()
    life.give(now_ms=1_000, priority=True)
    assert life.offline.tick(NEVER - 1) == [], "there is nobody to take it"
    life.offline.hand_in(True, 5_000)
    first: "dict[str, object]" = {
        "boot": 5,
        "seq": 1,
        "t_ms": 1_000,
        "ev": "offline",
        "ticket": "A001",
        "queue": "A",
        "age_ms": 4_000,
        "day": DAY,
        "class": "priority",
    }
    assert life.sent(5_000) == [first]
    first["age_ms"] = 4_000 + RESEND_MS
    assert life.sent(5_000 + RESEND_MS) == [first]


def test_after_a_restart_its_age_is_unknown_and_its_boot_the_old_one():
    store = MemoryStore()
    board(5, store).give(now_ms=1_000)
    life = Life(store, 6)
    life.give(now_ms=2_000)
    life.offline.hand_in(True, 9_000)
    told = [(e["boot"], e["seq"], e["ticket"], e["age_ms"], "class" in e) for e in life.sent(9_000)]
    assert told == [(5, 1, "A001", None, False), (6, 1, "A002", 7_000, False)]


def test_they_are_handed_in_in_their_order_some_at_a_time_and_again_until_their_receipt():
    life = board()
    life.give(5)
    life.offline.hand_in(True, 0)
    assert [e["seq"] for e in life.sent(0)] == [1, 2]
    assert life.sent(10) == []
    assert not life.offline.settle(5, 3, 20), "it is not on its way"
    assert life.offline.settle(5, 2, 20)
    assert [e["seq"] for e in life.sent(20)] == [3]
    assert [e["seq"] for e in life.sent(RESEND_MS)] == [1, 3]


def test_when_the_gateway_goes_it_waits_and_begins_again_with_the_oldest():
    life = board()
    life.give(2)
    life.offline.hand_in(True, 0)
    life.sent(0)
    life.offline.hand_in(False, 10)
    assert life.offline.due_ms == NEVER
    assert life.sent(RESEND_MS) == []
    assert life.offline.settle(5, 1, 20), "a receipt that was under way"
    life.offline.hand_in(True, 50)
    assert [e["seq"] for e in life.sent(50)] == [2]


def test_what_is_being_printed_is_not_handed_in_yet_and_without_paper_never():
    life = board()
    number, day = life.leases.next_of("A", NOW_MS)
    life.offline.give(1, "A", number, day, False, 0)
    life.offline.hand_in(True, 0)
    assert life.sent(0) == []
    life.offline.printed(False, 10)
    assert life.sent(10) == []
    life.give()
    assert life.hand_in() == ["A002"], "and its number is used up"


def test_a_number_without_paper_stays_so_over_a_restart():
    store = MemoryStore()
    life = board(5, store)
    life.give(ok=False)
    life.give()
    life.give(ok=False)
    again = Life(store, 6)
    assert again.hand_in() == ["A002"]
    again.give()
    assert again.printed == ["A004"]


def test_many_come_in_their_order_and_leave_nothing_behind():
    store = MemoryStore()
    life = board(5, store)
    for first in (1, 51, 101):
        life.give(50)
        assert life.hand_in() == labels(first, first + 49)
        assert store.files[FILE] == b""
    life.give(3)
    assert Life(store, 6).hand_in() == labels(151, 153)


def test_a_full_journal_gives_no_more_and_loses_nothing():
    store = MemoryStore()
    life = board(5, store)
    life.give(MOST - 1)
    assert not life.offline.is_full()
    life.give()
    assert life.offline.is_full()
    assert not life.offline.give(MOST + 1, "A", MOST + 1, DAY.encode(), False, 0)
    again = Life(store, 6)
    assert again.offline.is_full()
    assert again.hand_in() == labels(1, MOST)
    assert not again.offline.is_full()
    again.give()
    assert again.printed == labels(MOST + 1, MOST + 1)


def test_a_number_that_flash_does_not_take_is_not_given():
    store = MemoryStore()
    life = board(5, store)
    life.give()
    number, day = life.leases.next_of("A", NOW_MS)
    store.broken = True
    assert not life.offline.give(2, "A", number, day, False, 0)
    store.broken = False
    assert life.leases.next_of("A", NOW_MS) == (number, day)
    life.give()
    assert Life(store, 6).hand_in() == labels(1, 2)


def test_nothing_goes_as_long_as_the_leases_cannot_be_saved():
    store = MemoryStore()
    life = board(5, store)
    life.give(2)
    store.broken = True
    assert life.hand_in() == labels(1, 2)
    store.broken = False
    life.offline.hand_in(False, 0)
    life.give()
    assert life.printed == labels(1, 3)
    assert Life(store, 6).hand_in() == labels(1, 3), "twice does no harm"


def test_flash_that_forgot_loses_a_number_and_says_so():
    store = MemoryStore()
    life = board(5, store)
    life.give(3)
    store.files[FILE] = b"\xff" + store.files[FILE][1:] + b"torn"
    again = Life(store, 6)
    again.give()
    assert again.hand_in() == labels(2, 4)
    assert again.offline.dropped == 1


def _story(life):
    # An outage, its end, and another outage: what a store may lose its power in.
    life.lease(1, (1, 12))
    life.give(3)
    life.give(ok=False)
    life.give(8)
    life.lease(2, (1, 12), (101, 140))
    life.give(2)
    life.hand_in()
    life.lease(3, (101, 140))
    life.give(2)


def test_wherever_the_power_is_cut_no_number_is_printed_twice_and_none_is_lost():
    whole = CutStore()
    _story(Life(whole, 5))
    writes = len(whole.writes)
    assert writes > 18, writes
    for cut in range(3 * writes):
        store = CutStore()
        store.left = cut // 3
        store.part = (0, 5, 31)[cut % 3]
        life = Life(store, 5)
        try:
            _story(life)
        except PowerCut:
            pass
        store.left = None
        store.broken = False
        again = Life(store, 6, life.printed)
        again.lease(4, (1, 12), (101, 140), (201, 240))
        again.give(2)
        came = again.hand_in()
        printed = life.printed
        assert len(set(printed)) == len(printed), (cut, printed)
        # What came in the story has come; the rest comes now, in the order of printing, and
        # perhaps the one whose paper the power did not see.
        late = [label for label in printed if label in came]
        assert printed[len(printed) - len(late) :] == late, (cut, late)
        odd = [label for label in came if label not in printed]
        assert [label for label in came if label in printed] == late, (cut, came)
        assert len(odd) <= 1, (cut, odd)


def test_a_number_that_memory_has_no_room_for_waits_and_is_not_forgotten():
    class Full(list):
        def append(self, _):
            raise MemoryError

    life = Life(MemoryStore(), 1)
    life.lease(1, (700, 719))
    life.give(2)
    life.offline.hand_in(True, 0)
    life.offline._facts = Full()
    raises(MemoryError, life.offline.tick, 0)
    life.offline._facts = []
    tickets = [json.loads(data)["ticket"] for data in life.offline.tick(RESEND_MS)]
    assert tickets == ["A700", "A701"], tickets
