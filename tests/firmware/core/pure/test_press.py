from firmware.core.press import DEBOUNCE_MS, FAILED, SEND, Contact, Lock, Order
from firmware.core.ticks import NEVER


def presses(edges):
    contact = Contact()
    return [at for at, down in edges if contact.edge(down, at)]


def test_a_press_counts_at_its_first_edge():
    assert presses([(0, True), (60, False)]) == [0]


def test_bounces_of_press_and_release_do_not_count():
    bouncing = [(100, True), (101, False), (103, True), (160, False), (162, True), (163, False)]
    assert presses(bouncing) == [100]


def test_the_next_press_counts_once_the_contact_was_quiet():
    quiet = 160 + DEBOUNCE_MS
    assert presses([(100, True), (160, False), (quiet, True)]) == [100, quiet]
    assert presses([(100, True), (160, False), (quiet - 1, True)]) == [100]


def test_a_press_counts_even_if_the_release_before_it_was_missed():
    assert presses([(100, True), (400, True)]) == [100, 400]


def stuck_times(edges, until_ms, every_ms=1_000):
    """Give the moments at which a contact begins or ceases to be stuck, and its presses."""
    contact = Contact()
    told, pressed = [], []
    was = False
    for now_ms in range(0, until_ms, every_ms):
        while edges and edges[0][0] <= now_ms:
            at, down = edges.pop(0)
            if contact.edge(down, at):
                pressed.append(at)
        if contact.is_stuck(now_ms) != was:
            was = not was
            told.append((now_ms, was))
    return told, pressed


def test_a_key_held_for_an_hour_is_one_press_and_stuck_after_a_minute():
    hour_ms = 3_600_000
    told, pressed = stuck_times(
        [(5_000, True), (5_002, False), (5_003, True), (50_000, False), (50_004, True)]
        + [(hour_ms, False), (hour_ms + 2, True), (hour_ms + 3, False)]
        + [(hour_ms + 500, True), (hour_ms + 600, False)],
        hour_ms + 10_000,
    )
    assert pressed == [5_000, hour_ms + 500], pressed
    assert told == [(65_000, True), (hour_ms, False)], told


def test_a_contact_that_chatters_is_stuck_until_a_second_after():
    edges = [(10_000 + 10 * i, i % 2 == 0) for i in range(400)]  # for 4 s
    told, pressed = stuck_times(edges + [(15_200, True), (15_300, False)], 20_000, 100)
    assert told == [(10_500, True), (15_000, False)], told
    assert pressed == [10_000, 15_200], pressed


def test_slow_chatter_gives_no_presses_once_it_is_noticed():
    # Closed for 5 ms, open for 25: each would pass for a press.
    edges = [(15 * i - (10 * (i % 2)), i % 2 == 0) for i in range(2, 600)]
    told, pressed = stuck_times(edges, 12_000, 100)
    assert told[0] == (800, True), told
    assert len(told) == 2
    assert len(pressed) == 25, pressed
    assert max(pressed) < 800, "silent while it chatters"


def test_fast_fingers_are_no_chatter():
    edges = []
    for i in range(100):  # ten presses a second, each with a bounce at both ends
        edges += [(100 * i, True), (100 * i + 1, False), (100 * i + 2, True)]
        edges += [(100 * i + 50, False)]
    told, pressed = stuck_times(edges, 12_000, 100)
    assert told == []
    assert len(pressed) == 100


def in_flight():
    order = Order()
    order.start("next", 7, b"data", 1_000)
    return order


def test_an_order_is_resent_every_second_and_given_up_after_five():
    order = in_flight()
    told = []
    for now_ms in range(1_000, 9_000, 100):
        what = order.tick(now_ms)
        if what:
            told.append((now_ms, what))
    assert told == [(2_000, SEND), (3_000, SEND), (4_000, SEND), (5_000, SEND), (6_000, FAILED)], (
        told
    )
    assert order.seq == 0
    assert order.due_ms == NEVER


def test_its_receipt_settles_an_order_once():
    order = in_flight()
    assert order.settle(6) == ""
    assert order.seq == 7, "the receipt of another order settles nothing"
    assert order.settle(7) == "next"
    assert order.seq == 0
    assert order.settle(7) == "", "the answer to a resent order is no second answer"
    assert order.tick(99_000) == ""


def test_a_receipt_may_come_after_the_order_was_given_up():
    order = in_flight()
    order.tick(6_000)
    assert order.settle(7) == "next"
    assert order.settle(7) == ""


def test_a_new_order_forgets_the_failed_one():
    order = in_flight()
    order.tick(6_000)
    order.start("recall", 8, b"other", 7_000)
    assert order.settle(7) == ""
    assert order.settle(8) == "recall"


def test_no_seq_settles_nothing_when_nothing_is_in_flight():
    assert Order().settle(0) == ""


def test_a_link_that_comes_back_makes_the_order_due():
    order = in_flight()
    order.link_is_up(1_500)
    assert order.tick(1_500) == SEND
    idle = Order()
    idle.link_is_up(1_500)
    assert idle.due_ms == NEVER


def test_the_last_chance_is_the_moment_of_giving_up():
    order = in_flight()
    order.link_is_up(5_990)
    assert order.tick(5_990) == SEND
    assert order.due_ms == 6_000
    assert order.tick(6_000) == FAILED


def test_the_lock_opens_when_its_time_is_over():
    lock = Lock()
    assert lock.is_open(0)
    lock.start(1_500, 100)
    assert not lock.is_open(1_599)
    assert lock.is_open(1_600)
    lock.start(0, 2_000)
    assert lock.is_open(2_000), "0 turns the lock off"
