"""A session over a cable: opened, kept in order, and ended, frame by frame."""

from firmware.wire import cable
from firmware.wire.cable import BOARD, GATEWAY, NEVER, WINDOW, Cable
from firmware.wire.frames import MAX_PAYLOAD_BYTES, Cutter

BOARD_TAG = 0x1234
GATEWAY_TAG = 0x5678


def body_of(frame):
    """Give the body of a frame."""
    (body,) = Cutter().cut(bytes(frame))
    return body


def bodies(end):
    """Take the frames that an end wants to write, as bodies."""
    found = [body_of(frame) for frame in end.out]
    del end.out[:]
    return found


def carry(sender, receiver, now_ms=0):
    """Carry all frames over; give how many."""
    found = bodies(sender)
    for body in found:
        receiver.heard(body, now_ms)
    return len(found)


def settle(one, other, now_ms=0):
    """Carry both ways until nothing is left to carry."""
    for _ in range(100):
        if not carry(one, other, now_ms) + carry(other, one, now_ms):
            return
    raise AssertionError("they never stop")


def taken(end):
    """Take all that has arrived."""
    got = b""
    while end.arrived:
        got += end.take(1_000)
    return got


def pair():
    """Give a board's and the gateway's end of an open session."""
    board = Cable(BOARD, BOARD_TAG, 0)
    board.open(0)
    (ask,) = bodies(board)
    assert cable.opens(GATEWAY, ask) == BOARD_TAG
    gateway = Cable(GATEWAY, GATEWAY_TAG, 0)
    gateway.accept(BOARD_TAG)
    assert carry(gateway, board) == 1
    assert board.opened
    assert gateway.opened
    return board, gateway


def test_a_message_leaves_at_once_and_is_acknowledged_with_the_answer():
    board, gateway = pair()
    board.send(b"next", 5)
    assert len(board.out) == 1
    assert carry(board, gateway, 5) == 1
    assert taken(gateway) == b"next"
    gateway.send(b"A012", 6)
    assert carry(gateway, board, 6) == 1
    assert taken(board) == b"A012"
    assert board.due_ms() == 6 + 40  # for the answer; the message is settled
    board.tick(46)
    assert carry(board, gateway, 46) == 1
    assert gateway.due_ms() == board.due_ms() == NEVER


def test_before_the_session_is_open_what_is_sent_waits():
    board = Cable(BOARD, BOARD_TAG, 0)
    board.open(0)
    bodies(board)
    board.send(b"CONNECT", 0)
    assert not board.out
    gateway = Cable(GATEWAY, GATEWAY_TAG, 0)
    gateway.accept(BOARD_TAG)
    settle(gateway, board)
    assert taken(gateway) == b"CONNECT"


def test_the_question_is_repeated_until_somebody_answers_or_for_three_seconds():
    board = Cable(BOARD, BOARD_TAG, 1_000)
    board.open(1_000)
    asked = len(bodies(board))
    now_ms = 1_000
    while not board.ended:
        now_ms = board.due_ms()
        board.tick(now_ms)
        asked += len(bodies(board))
    assert asked == 15, asked
    assert now_ms == 4_000, now_ms


def test_a_refused_question_ends_at_once():
    board = Cable(BOARD, BOARD_TAG, 0)
    board.open(0)
    (ask,) = bodies(board)
    board.heard(body_of(cable.refusal(GATEWAY, ask)), 0)
    assert board.ended == cable.CLOSED


def test_a_question_of_other_rules_is_none():
    board = Cable(BOARD, BOARD_TAG, 0)
    board.open(0)
    (ask,) = bodies(board)
    assert cable.opens(GATEWAY, bytes(ask[:3]) + b"\x09" + bytes(ask[4:])) == 0
    assert cable.opens(BOARD, ask) == 0  # an echo


def test_at_most_a_window_is_on_its_way():
    board, gateway = pair()
    text = bytes(range(256)) * 12
    board.send(text, 0)
    assert len(board.out) == WINDOW
    assert len(board.waiting) == len(text) - WINDOW * MAX_PAYLOAD_BYTES
    got = b""
    for _ in range(20):
        carry(board, gateway)
        got += taken(gateway)
        gateway.tick(0)
        carry(gateway, board)
    assert got == text
    assert not board.waiting


def test_a_whole_window_is_acknowledged_at_once():
    board, gateway = pair()
    board.send(b"x" * MAX_PAYLOAD_BYTES * WINDOW, 0)
    carry(board, gateway)
    assert gateway.due_ms() == 0


def test_who_takes_nothing_is_sent_no_more_than_he_holds_and_told_on_when_he_takes():
    board, gateway = pair()
    text = b"0123456789abcdef" * 200
    gateway.send(text, 0)
    now_ms = 0
    for _ in range(50):
        carry(gateway, board, now_ms)
        board.tick(now_ms)
        carry(board, gateway, now_ms)
        now_ms += 200
        gateway.tick(now_ms)
        assert len(board.arrived) <= WINDOW
        assert len(gateway.out) <= WINDOW
        # He answers, so he is there: a stall is no reason to end.
        assert not gateway.ended
    got = b""
    for _ in range(20):
        got += taken(board)
        settle(board, gateway, now_ms)
        board.tick(now_ms)
    assert got == text, len(got)
    assert not gateway.ended


def test_the_word_of_new_room_may_be_lost():
    board, gateway = pair()
    gateway.send(b"x" * MAX_PAYLOAD_BYTES * (WINDOW + 1), 0)
    carry(gateway, board)
    board.tick(0)
    carry(board, gateway)
    got = len(taken(board))
    assert len(bodies(board)) == 1  # lost
    now_ms = gateway.due_ms()
    gateway.tick(now_ms)
    carry(gateway, board, now_ms)
    assert got + len(taken(board)) == MAX_PAYLOAD_BYTES * (WINDOW + 1)


def test_a_lost_frame_is_asked_for_when_the_next_one_comes():
    board, gateway = pair()
    for word in (b"one ", b"two ", b"three "):
        board.send(word, 0)
    _, second, third = bodies(board)
    gateway.heard(second, 0)
    gateway.heard(third, 0)
    assert taken(gateway) == b""
    assert len(gateway.out) == 1, "one gap, one word of it"
    carry(gateway, board, 0)
    carry(board, gateway, 0)
    assert taken(gateway) == b"one two three "


def test_a_lost_end_is_sent_again_in_time():
    board, gateway = pair()
    board.send(b"next", 0)
    bodies(board)
    assert board.due_ms() == 200
    board.tick(board.due_ms())
    carry(board, gateway, 200)
    assert taken(gateway) == b"next"


def test_a_repeat_counts_once_and_is_acknowledged():
    board, gateway = pair()
    board.send(b"next", 0)
    (frame,) = bodies(board)
    for _ in range(3):
        gateway.heard(frame, 0)
    assert taken(gateway) == b"next"
    gateway.tick(0)
    carry(gateway, board, 0)
    assert board.due_ms() == NEVER


def test_pauses_grow_and_end_after_three_seconds_of_silence():
    board, _ = pair()
    board.send(b"next", 10_000)
    times = []
    while not board.ended:
        board.tick(board.due_ms())
        bodies(board)
        if not board.ended:
            times.append(board.due_ms())
    assert times == [10_600, 11_400, 12_200, 13_000], times
    assert board.ended == "no answer"
    assert board.due_ms() == NEVER


def test_numbers_go_round():
    board, gateway = pair()
    for n in range(600):
        board.send(b"%d " % n, n)
        settle(board, gateway, n)
        assert taken(gateway) == b"%d " % n
        gateway.tick(n + 10)
        settle(board, gateway, n + 10)
    assert not board.ended


def test_the_end_comes_after_all_that_was_sent():
    board, gateway = pair()
    gateway.send(b"no", 0)
    gateway.close()
    lost = bodies(gateway)
    assert len(lost) == 1
    gateway.tick(200)
    carry(gateway, board, 200)
    assert not board.ended
    board.tick(240)
    settle(board, gateway, 240)
    assert board.ended == cable.CLOSED
    assert gateway.ended == "closed"
    assert taken(board) == b"no"  # can still be taken


def test_a_frame_of_an_earlier_session_counts_nothing_and_is_told_so():
    board, old = pair()
    new = Cable(GATEWAY, 0x9999, 0)
    new.accept(0x4321)
    bodies(new)
    board.send(b"next", 0)
    (frame,) = bodies(board)
    new.heard(frame, 0)
    assert not new.arrived
    carry(new, board, 0)
    assert board.ended == "the other end does not know of us any more"
    bodies(old)


def test_a_bridge_without_a_session_says_so():
    board, _ = pair()
    board.send(b"next", 0)
    (frame,) = bodies(board)
    answer = body_of(cable.refusal(GATEWAY, frame))
    board.heard(answer, 0)
    assert board.ended
    # And nobody answers that.
    assert cable.refusal(BOARD, answer) == b""


def test_an_echo_is_nothing():
    board, gateway = pair()
    board.send(b"next", 0)
    (frame,) = bodies(board)
    board.heard(frame, 0)
    assert not board.arrived
    assert not board.out
    assert cable.refusal(BOARD, frame) == b""
    gateway.heard(frame, 0)
    assert taken(gateway) == b"next"


def test_an_opening_that_was_heard_twice_is_granted_twice():
    board, gateway = pair()
    gateway.accept(BOARD_TAG)
    board.send(b"next", 0)
    carry(gateway, board)
    carry(board, gateway)
    assert taken(gateway) == b"next"


def test_ends_do_not_fill_up_when_the_line_takes_nothing():
    board, gateway = pair()
    gateway.send(b"x", 0)
    (frame,) = bodies(gateway)
    for n in range(1_000):
        board.heard(frame, n)
        board.tick(n)
    assert len(board.out) <= 2 * WINDOW
    gateway.send(b"x" * 5_000, 0)
    while not gateway.ended:
        gateway.tick(gateway.due_ms())
        assert len(gateway.out) <= 2 * WINDOW


def test_a_piece_is_taken_in_parts():
    board, gateway = pair()
    board.send(b"abcdef", 0)
    carry(board, gateway)
    assert [gateway.take(4), gateway.take(4)] == [b"abcd", b"ef"]


def test_a_line_with_noise_everywhere_brings_all_in_order():
    board, gateway = pair()
    text = bytes(range(256)) * 20
    board.send(text, 0)
    cutter = Cutter()
    got = b""
    now_ms = 0
    for n in range(400):
        if got == text:
            break
        line = b"noise ~ ".join(board.out)
        del board.out[:]
        if n % 3 == 0 and line:
            line = line[: len(line) // 2] + b"\xff" + line[len(line) // 2 + 1 :]
        for body in cutter.cut(line):
            gateway.heard(body, now_ms)
        got += taken(gateway)
        gateway.tick(now_ms)
        carry(gateway, board, now_ms)
        now_ms += 50
        board.tick(now_ms)
        assert text.startswith(got)
    assert got == text
