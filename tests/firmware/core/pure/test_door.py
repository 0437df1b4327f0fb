from firmware.core.door import INNER, OUTER, Door

# Which beams a body breaks on its way in, by its place: 0 is outside, 4 is inside.
BEAMS = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
MINUTE_MS = 60_000


class Doorway:
    """A door, and the same door seen from the other side, which must say the opposite."""

    def __init__(self):
        self.door = Door()
        self.mirror = Door()
        self.state = [0, 0]
        self.at_ms = 0
        self.counts = []

    def edge(self, beam, broken):
        self.at_ms += 100
        self.state[beam] = broken
        got = self.door.edge((OUTER, INNER)[beam], bool(broken), self.at_ms)
        seen = self.mirror.edge((INNER, OUTER)[beam], bool(broken), self.at_ms)
        assert got == -seen, (beam, broken)
        if got:
            self.counts.append(got)
        return got

    def bodies(self, *places):
        """Let bodies stand at their places, each of them one step from where it was."""
        for beam in (0, 1):
            broken = max([BEAMS[place][beam] for place in places])
            if broken != self.state[beam]:
                self.edge(beam, broken)


def walk(places):
    doorway = Doorway()
    for place in places:
        doorway.bodies(place)
    return doorway.counts


def walks(longest):
    """Give every walk of one person that starts outside and ends at the first step off the
    beams."""
    found = []
    begun = [[0, 1]]
    while begun:
        path = begun.pop()
        for place in (path[-1] - 1, path[-1] + 1):
            longer = list(path)
            longer.append(place)
            if place in (0, 4):
                found.append(longer)
            elif len(longer) < longest:
                begun.append(longer)
    return found


def doubles_back(path):
    """Tell whether somebody was nearly in, went back to the outer beam, and was nearly in again:
    no beam can tell him from two people close behind each other."""
    step = 0
    for place in path:
        if place == (3, 1, 3)[step]:
            step += 1
            if step == 3:
                return True
    return False


def test_in_is_one_more_and_out_one_less():
    assert walk([0, 1, 2, 3, 4]) == [1]
    assert walk([4, 3, 2, 1, 0]) == [-1]
    assert walk([0, 1, 2, 3, 4, 3, 2, 1, 0]) == [1, -1]


def test_every_way_through_the_door_counts_once_and_every_turning_back_nothing():
    seen = 0
    for path in walks(16):
        if not doubles_back(path):
            seen += 1
            assert walk(path) == ([1] if path[-1] == 4 else []), path
    assert seen == 63, seen


def test_turning_back_at_the_last_step_counts_nothing():
    assert walk([0, 1, 2, 3, 2, 1, 0]) == []
    assert walk([4, 3, 2, 1, 2, 3, 4]) == []


def two(order):
    """Let A and B go in, B behind A; `order` holds whose step it is, A's being 0."""
    doorway = Doorway()
    places = [0, 0]
    beams_free_between = 0
    for who in order:
        places[who] += 1
        if places[1] > places[0]:
            return None, 0
        if who == 1:
            # B comes to the outer beam, or to the inner one: is A away from it?
            beams_free_between += (places[1] == 1 and places[0] >= 3) or (
                places[1] == 2 and places[0] == 4
            )
        doorway.bodies(*places)
    return doorway.counts, 2 if beams_free_between == 2 else 1


def test_two_people_close_behind_each_other_count_if_each_beam_was_free_between_them():
    kinds = {1: 0, 2: 0}
    for bits in range(256):
        order = [bits >> i & 1 for i in range(8)]
        if sum(order) != 4:
            continue
        counts, expected = two(order)
        if counts is not None:
            kinds[expected] += 1
            assert counts == [1] * expected, order
    assert kinds == {1: 12, 2: 2}, kinds


def test_who_follows_and_turns_back_does_not_count_for_two():
    # A is past the outer beam, B breaks it and turns back while A stands in the inner one.
    doorway = Doorway()
    for places in ((1, 0), (2, 0), (3, 0), (3, 1), (3, 0), (4, 0)):
        doorway.bodies(*places)
    assert doorway.counts == [1]


def test_a_beam_that_bounces_between_two_people_loses_none_of_them():
    doorway = Doorway()
    for places in ((1, 0), (2, 0), (3, 0), (3, 1), (4, 1), (3, 1), (4, 1), (4, 2), (4, 3), (4, 4)):
        doorway.bodies(*places)
    assert doorway.counts == [1, 1]


def test_a_queue_that_never_leaves_the_door_empty_is_counted_as_it_comes():
    doorway = Doorway()
    doorway.bodies(1)
    doorway.bodies(2)
    doorway.bodies(3)
    for behind in range(1, 20):
        doorway.bodies(3, 1)
        doorway.bodies(4, 1)
        doorway.bodies(2)
        doorway.bodies(3)
        assert doorway.counts == [1] * behind
    doorway.bodies(4)
    assert doorway.counts == [1] * 20


def test_no_edges_in_any_order_are_too_much():
    # Each toggles one of the beams: every order of twelve edges, both beams free at the end.
    for bits in range(1 << 12):
        doorway = Doorway()
        first = 0
        for i in range(12):
            beam = bits >> i & 1
            if doorway.state == [0, 0]:
                first = beam
            got = doorway.edge(beam, 1 - doorway.state[beam])
            assert got in ((0, 1) if first == 0 else (0, -1))
        assert len(doorway.counts) <= 3, "a passage takes four edges"


def test_bounces_count_nothing():
    doorway = Doorway()
    for beam, broken in ((0, 1), (1, 1), (0, 0), (1, 0)):
        for _ in range(5):
            doorway.edge(beam, broken)
            doorway.edge(beam, 1 - broken)
        doorway.edge(beam, broken)
    # The bounces of the inner beam at the end look like somebody who comes and goes again.
    assert doorway.counts == [1], doorway.counts


def test_an_edge_told_twice_is_one():
    door = Door()
    assert door.edge(INNER, False, 0) == 0
    for beam, broken, count in ((OUTER, 1, 0), (INNER, 1, 0), (OUTER, 0, 0), (INNER, 0, 1)):
        assert door.edge(beam, bool(broken), 5) == count
        assert door.edge(beam, bool(broken), 5) == 0


def test_a_beam_broken_for_a_minute_is_blocked():
    door = Door()
    assert door.blocked(0) == ""
    door.edge(INNER, True, 0)
    assert door.blocked(MINUTE_MS) == ""
    assert door.blocked(MINUTE_MS + 1) == INNER
    door.edge(INNER, False, MINUTE_MS + 50)
    assert door.blocked(MINUTE_MS + 50) == ""


def test_what_stood_in_the_door_is_no_visitor():
    for beam, other in ((OUTER, INNER), (INNER, OUTER)):
        door = Door()
        door.edge(beam, True, 1_000)
        assert door.edge(other, True, 1_000 + MINUTE_MS) == 0
        assert door.edge(beam, False, 1_500 + MINUTE_MS) == 0
        assert door.edge(other, False, 2_000 + MINUTE_MS) == 0
        # And the next visitor counts.
        counts = []
        for who, broken in ((OUTER, 1), (INNER, 1), (OUTER, 0), (INNER, 0)):
            counts.append(door.edge(who, bool(broken), 3_000 + MINUTE_MS))
        assert counts == [0, 0, 0, 1]


def test_people_who_pass_a_blocked_beam_are_not_guessed():
    door = Door()
    door.edge(OUTER, True, 0)
    at_ms = MINUTE_MS + 1
    for _ in range(10):
        for broken in (True, False):
            at_ms += 400
            assert door.edge(INNER, broken, at_ms) == 0
    assert door.blocked(at_ms) == OUTER
