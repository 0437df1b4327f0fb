from firmware.hal.keys import Keys


class Wire:
    """A pin; `at_look`, if any, happens when it is looked at, and says what is seen."""

    def __init__(self, level):
        self.level = level
        self.at_look = []

    def value(self):
        return self.at_look.pop()() if self.at_look else self.level


class Board:
    """Keys on wires; `told` has every edge, `woken` counts interrupts that had something."""

    def __init__(self, closed=0, **levels):
        self.told = []
        self.woken = 0
        self.keys = Keys(self.wake)
        self.wires = {}
        self.interrupts = {}
        for key in sorted(levels):
            wire = self.wires[key] = Wire(levels[key])
            self.interrupts[key] = self.keys.add(key, wire, closed)
            self.keys.buttons[key].on_edge = self.edge

    def wake(self):
        self.woken += 1

    def edge(self, key, down):
        self.told.append((key, down))
        return False

    def move(self, key, level):
        self.wires[key].level = level
        self.interrupts[key](None)


def test_two_beams_keep_their_order_however_late_the_loop_comes():
    for first, second in (("inner", "outer"), ("outer", "inner")):
        board = Board(inner=1, outer=1)
        for key, level in ((first, 0), (second, 0), (first, 1), (second, 1)):
            board.move(key, level)
        assert board.told == []
        board.keys.drain()
        edges = [(first, True), (second, True), (first, False), (second, False)]
        assert board.told == edges, board.told
        assert board.woken == 4


def test_what_is_closed_at_the_start_is_no_press():
    board = Board(next=0, park=1)
    assert board.keys.buttons["next"].is_down()
    board.move("park", 0)
    board.keys.drain()
    assert board.told == [("park", True)], board.told
    board.move("next", 1)
    board.move("next", 0)
    board.keys.drain()
    assert board.told[1:] == [("next", False), ("next", True)], board.told


def test_a_touch_key_is_closed_when_high():
    board = Board(closed=1, next=0)
    assert not board.keys.buttons["next"].is_down()
    board.move("next", 1)
    board.keys.drain()
    assert board.told == [("next", True)]


def test_a_spike_that_is_over_when_one_looks_is_no_edge():
    board = Board(next=1)
    for _ in range(10):
        board.move("next", 1)
    board.keys.drain()
    assert board.told == []


def test_an_interrupt_that_was_lost_is_made_good_by_a_look():
    board = Board(next=1, park=1)
    board.wires["park"].level = 0
    board.move("next", 0)
    board.keys.drain()
    assert board.told == [("next", True), ("park", True)], board.told


def test_more_edges_than_the_ring_holds_end_in_what_is_true():
    board = Board(next=1)
    for _ in range(50):
        board.move("next", 0)
        board.move("next", 1)
    board.keys.drain()
    assert len(board.told) == 32, len(board.told)  # 31 in the ring; then the look
    assert board.told[-1] == ("next", False)
    board.move("next", 0)
    board.keys.drain()
    assert board.told[-1] == ("next", True)


def test_an_edge_during_the_last_look_is_told_by_the_ring_first():
    board = Board(inner=1, outer=1)

    def late():
        # The outer beam breaks just as the inner one is looked at, and then the inner one does.
        board.move("outer", 0)
        board.move("inner", 0)
        return 0

    board.wires["inner"].at_look.append(late)
    board.keys.drain()
    assert board.told == [], board.told
    board.keys.drain()
    assert board.told == [("outer", True), ("inner", True)], board.told
