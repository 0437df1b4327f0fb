from firmware.core.outbox import FILE, MOST, RESEND_MS, WINDOW, Outbox
from firmware.core.ticks import NEVER
from tests.firmware.fakes import MemoryStore


def fact(boot, seq):
    return b'{"boot":%d,"seq":%d,"ev":"paper"}' % (boot, seq)


def filled(store, *seqs):
    outbox = Outbox(store)
    for seq in seqs:
        outbox.add(5, seq, fact(5, seq), 0)
    return outbox


def test_a_fact_is_on_flash_before_it_is_sent():
    store = MemoryStore()
    outbox = filled(store, 1)
    assert store.files[FILE] == fact(5, 1)
    assert outbox.due_ms == 0
    assert outbox.tick(0) == [fact(5, 1)]


def test_a_fact_is_sent_again_until_its_receipt():
    outbox = filled(MemoryStore(), 1)
    sent_ms = [now_ms for now_ms in range(0, 3 * RESEND_MS, 500) if outbox.tick(now_ms)]
    assert sent_ms == [0, RESEND_MS, 2 * RESEND_MS], sent_ms
    assert outbox.settle(5, 1, 20_000)
    assert outbox.due_ms == NEVER
    assert len(outbox) == 0
    assert outbox.tick(99_000) == []


def test_a_receipt_of_something_else_settles_nothing():
    outbox = filled(MemoryStore(), 1)
    assert not outbox.settle(5, 2, 0)
    assert not outbox.settle(4, 1, 0)
    assert len(outbox) == 1


def test_only_a_window_is_on_its_way_at_a_time_and_a_receipt_moves_it():
    seqs = list(range(1, WINDOW + 3))
    outbox = filled(MemoryStore(), *seqs)
    assert outbox.tick(0) == [fact(5, seq) for seq in seqs[:WINDOW]]
    assert outbox.tick(10) == []
    outbox.settle(5, 1, 20)
    assert outbox.tick(20) == [fact(5, WINDOW + 1)], "what is on its way is not sent again"
    outbox.settle(5, 3, 30)
    assert outbox.tick(30) == [fact(5, WINDOW + 2)]
    assert outbox.tick(RESEND_MS) == [fact(5, seq) for seq in (2, 4, 5, 6)]


def test_facts_survive_a_restart_with_the_boot_they_were_born_in():
    store = MemoryStore()
    filled(store, 1, 2)
    outbox = Outbox(store)
    outbox.add(6, 1, fact(6, 1), 0)
    assert outbox.tick(0) == [fact(5, 1), fact(5, 2), fact(6, 1)]
    assert outbox.settle(5, 1, 0)
    assert outbox.settle(6, 1, 0)
    outbox.flush()
    assert store.files[FILE] == fact(5, 2)


def test_an_emptied_outbox_is_empty_after_a_restart():
    store = MemoryStore()
    filled(store, 1).settle(5, 1, 0)
    assert len(Outbox(store)) == 0


def test_a_link_that_comes_back_starts_a_new_round():
    outbox = filled(MemoryStore(), 1)
    outbox.tick(0)
    outbox.link_is_up(100)
    assert outbox.tick(100) == [fact(5, 1)]
    empty = Outbox(MemoryStore())
    empty.link_is_up(100)
    assert empty.due_ms == NEVER


def test_a_full_outbox_drops_the_oldest_and_counts_it():
    store = MemoryStore()
    outbox = filled(store, *range(1, MOST + 3))
    assert outbox.dropped == 2
    assert len(outbox) == MOST
    assert outbox.tick(0)[0] == fact(5, 3)
    assert len(Outbox(store)) == MOST


def test_an_unreadable_file_costs_only_what_cannot_be_read():
    store = MemoryStore()
    store.files[FILE] = b'{"boot":5,"se\n' + fact(5, 9) + b"\n\xff\xfe\n[1]\n{}\n"
    outbox = Outbox(store)
    assert outbox.dropped == 4, outbox.dropped
    assert outbox.tick(0) == [fact(5, 9)]


def test_a_flash_that_takes_nothing_does_not_stop_the_facts():
    store = MemoryStore()
    store.broken = True
    outbox = filled(store, 1)
    assert outbox.tick(0) == [fact(5, 1)]
    assert outbox.settle(5, 1, 0)
