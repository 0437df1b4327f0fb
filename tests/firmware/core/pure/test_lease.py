from firmware.core.lease import FILE, Leases
from firmware.wire.codec import MAX_DOWN_BYTES, BadPayload, encode
from firmware.wire.leases import write_leases
from tests.firmware.fakes import MemoryStore
from tests.firmware.pure.expect import raises

DAY = "2026-11-23"
NOW_MS = 1_763_884_800_000
UNTIL_MS = NOW_MS + 3_600_000


def lease(queue="A", first=700, last=719, day=DAY, until_ms=UNTIL_MS):
    return queue, first, last, day, until_ms


def said(*leases, epoch=7, rev=1):
    return encode(write_leases(epoch, rev, NOW_MS, list(leases)), MAX_DOWN_BYTES)


def holding(*leases):
    held = Leases(MemoryStore())
    assert held.take(said(*leases), True) == NOW_MS
    return held


def use(leases, queue="A"):
    number, day = leases.next_of(queue, NOW_MS)
    leases.used((queue + "\0\0\0")[:3].encode(), number, day)
    return number


def test_numbers_come_in_their_order_block_after_block_and_end():
    leases = holding(lease(first=700, last=701), lease(first=740, last=741), lease("B", 800, 800))
    assert [use(leases) for _ in range(4)] == [700, 701, 740, 741]
    assert leases.next_of("A", NOW_MS) is None
    assert use(leases, "B") == 800
    assert leases.next_of("C", NOW_MS) is None
    assert leases.has_any(NOW_MS), "used up, but of today"


def test_a_lease_is_good_before_its_end_only():
    leases = holding(lease())
    assert leases.next_of("A", UNTIL_MS - 1) == (700, DAY.encode())
    assert leases.next_of("A", UNTIL_MS) is None
    assert not leases.has_any(UNTIL_MS)


def test_what_is_not_said_any_more_is_no_longer_good():
    leases = holding(lease(), lease("B", 800, 819))
    leases.take(said(lease("B", 800, 819), rev=2), False)
    assert leases.next_of("A", NOW_MS) is None
    assert leases.next_of("B", NOW_MS)
    leases.take(said(rev=3), False)
    assert not leases.has_any(NOW_MS)


def test_a_block_goes_on_from_its_number_even_if_it_was_away_in_between():
    leases = holding(lease())
    assert use(leases) == 700
    leases.take(said(lease(), lease(first=720, last=739), rev=2), False)
    assert use(leases) == 701
    leases.take(said(rev=3), False)  # the queue is closed ...
    leases.take(said(lease(), rev=4), False)  # ... and opened again
    assert use(leases) == 702
    leases.take(said(lease(day="2026-12-07"), rev=5), False)
    assert use(leases) == 700, "the same numbers of another day are others"


def test_all_is_there_after_a_restart_once_it_was_saved():
    store = MemoryStore()
    leases = Leases(store)
    leases.take(said(lease(), lease("BB", 20, 29)), False)
    use(leases)
    assert leases.save()
    again = Leases(store)
    assert again.next_of("A", NOW_MS) == (701, DAY.encode())
    assert again.next_of("BB", NOW_MS) == (20, DAY.encode())
    assert again.take(said(lease(first=740, last=759), rev=0), True) is None, "rev, too"


def test_an_older_one_is_ignored():
    leases = holding(lease())
    assert leases.take(said(epoch=7, rev=0), False) is None
    assert leases.take(said(epoch=6, rev=9), True) is None, "what the broker had kept"
    assert leases.next_of("A", NOW_MS)
    assert leases.take(said(lease(), epoch=8, rev=0), True) == NOW_MS
    assert leases.take(said(epoch=1, rev=0), False) == NOW_MS, "a gateway that began anew"
    assert not leases.has_any(NOW_MS)


def test_flash_is_written_only_for_what_is_new():
    store = MemoryStore()
    leases = Leases(store)
    for _ in range(3):
        leases.take(said(lease()), True)
    assert leases.save()
    assert store.writes == [FILE]


def test_what_flash_does_not_take_is_not_taken():
    leases = holding(lease())
    leases._store.broken = True
    leases.take(said(lease(), lease("B", 800, 819), rev=2), False)
    assert leases.next_of("B", NOW_MS) is None
    leases._store.broken = False
    leases.take(said(lease(), lease("B", 800, 819), rev=2), False)
    assert leases.next_of("B", NOW_MS)


def test_what_is_no_lease_changes_nothing():
    leases = holding(lease())
    raises(BadPayload, leases.take, b'{"epoch":7,"rev":2}', False)
    assert leases.next_of("A", NOW_MS)


def test_a_torn_file_is_no_lease():
    store = MemoryStore()
    store.files[FILE] = b"torn"
    assert not Leases(store).has_any(NOW_MS)


def test_what_was_used_and_is_leased_no_more_is_remembered_within_bounds():
    leases = holding()
    for rev in range(40):
        leases.take(said(lease(first=rev + 1, last=rev + 1), rev=rev + 1), False)
    assert len(leases._data) <= 16 + 32 * 27
    leases.take(said(*[lease("ABCDEFGH"[i // 2], i + 1, i + 1) for i in range(16)], rev=99), False)
    assert len(leases._data) <= 16 + 32 * 27
    assert leases.next_of("H", NOW_MS)
