"""Any fault of a line, at any moment: what comes out is the beginning of what went in.

Given time, it is all of it.

The line of these tests loses, repeats, garbles and cuts bytes, puts others between them, and
delays; it does not reorder, for no line does. Time is the test's own.
"""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware.wire.cable import BOARD, GATEWAY, NEVER, WINDOW, Cable, opens
from firmware.wire.frames import FLAG, Cutter

# What happens to one write: nothing, or a fault at a place given in thousandths of its length.
FAULTS = ("none", "lose", "repeat", "flip", "cut", "insert", "hold")
fault = st.tuples(st.sampled_from(FAULTS), st.integers(0, 999), st.binary(min_size=1, max_size=40))
# A few writes at the start are faulty in any way, what comes later is sound.
faults = st.lists(fault, max_size=60)
texts = st.lists(st.binary(min_size=1, max_size=700), max_size=8)


class Line:
    """One direction."""

    def __init__(self, plan: list[tuple[str, int, bytes]]) -> None:
        self.plan = list(plan)
        self.cutter = Cutter()
        self._held = b""

    def carry(self, sender: Cable) -> list[memoryview]:
        """Give the bodies that arrive of what the sender wants to write now."""
        out = self._held
        self._held = b""
        for frame in sender.out:
            out += self._through(bytes(frame))
        sender.out.clear()
        return self.cutter.cut(out)

    def _through(self, frame: bytes) -> bytes:
        kind, place, noise = self.plan.pop(0) if self.plan else ("none", 0, b"")
        at = place * len(frame) // 1_000
        if kind == "lose":
            return b""
        if kind == "repeat":
            return frame + frame
        if kind == "flip":
            return frame[:at] + bytes((frame[at] ^ noise[0],)) + frame[at + 1 :]
        if kind == "cut":
            return frame[:at]
        if kind == "insert":
            return frame[:at] + noise + frame[at:]
        if kind == "hold":
            self._held += frame
            return b""
        return frame


class End:
    """One end, and who uses it: sends its texts bit by bit, takes at a pace of its own."""

    def __init__(self, cable: Cable, to_send: list[bytes], lazy: int) -> None:
        self.cable = cable
        self.to_send = list(to_send)
        self.text = b"".join(to_send)
        self.got = b""
        self._lazy = lazy
        self._turn = 0

    def use(self, now_ms: int) -> None:
        """Send one text, take what has arrived."""
        self._turn += 1
        if self.to_send and self.cable.opened and not self.cable.ended:
            self.cable.send(self.to_send.pop(0), now_ms)
        assert len(self.cable.arrived) <= WINDOW
        if self._turn % (1 + self._lazy) == 0:
            while self.cable.arrived:
                self.got += self.cable.take(300)


@settings(max_examples=300, deadline=None)
@given(texts, texts, faults, faults, st.integers(0, 5), st.integers(0, 5))
@example([b"x" * 2_048], [b"y" * 2_048], [], [], 5, 5)
@example([b"}~\x10\x03" * 150] * 4, [], [("cut", 999, b"x")] * 3, [("lose", 0, b"x")] * 10, 0, 0)
def test_what_comes_out_is_what_went_in(
    up: list[bytes], down: list[bytes], up_faults, down_faults, up_lazy: int, down_lazy: int
):
    now_ms = 0
    board = End(Cable(BOARD, 0x0310, 0), up, down_lazy)
    gateway = End(Cable(GATEWAY, 0x7E11, 0), down, up_lazy)
    lines = Line(up_faults), Line(down_faults)
    board.cable.open(0)
    for _ in range(3_000):
        for body in lines[0].carry(board.cable):
            if opens(GATEWAY, body):
                gateway.cable.accept(opens(GATEWAY, body))
            else:
                gateway.cable.heard(body, now_ms)
        for body in lines[1].carry(gateway.cable):
            board.cable.heard(body, now_ms)
        for end in (board, gateway):
            end.use(now_ms)
            end.cable.tick(now_ms)
        assert gateway.text.startswith(board.got)
        assert board.text.startswith(gateway.got)
        if board.cable.ended or gateway.cable.ended:
            break
        all_there = board.got == gateway.text and gateway.got == board.text
        if all_there and board.cable.due_ms() == gateway.cable.due_ms() == NEVER:
            return  # and both ends know
        now_ms += 5
    # Only a line that was faulty for long may end a session, and only by giving up.
    assert "no answer" in (board.cable.ended, gateway.cable.ended), (now_ms, vars(board.cable))
    assert any(kind != "none" for kind, _, _ in up_faults + down_faults)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=600), st.just(FLAG), st.integers(0, 5))), st.data())
def test_garbage_is_never_taken_for_bytes_of_the_session(pieces, data):
    board, gateway = Cable(BOARD, 1, 0), Cable(GATEWAY, 2, 0)
    board.open(0)
    gateway.accept(1)
    cutter = Cutter()
    for body in cutter.cut(b"".join(gateway.out)):
        board.heard(body, 0)
    for piece in pieces:
        # Also what this end itself once wrote, and pieces of it.
        noise = piece if isinstance(piece, bytes) else b"".join(board.out)[piece:]
        for body in cutter.cut(noise):
            board.heard(body, 0)
    assert board.arrived == []
    assert not board.ended
