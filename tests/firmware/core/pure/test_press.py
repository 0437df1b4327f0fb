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
