import asyncio

from firmware.drivers.escpos import COVER_OPEN, PAPER_LOW, PAPER_OUT, READY, SILENT
from firmware.hal.printer import Printer

SLIP = {"ticket": "A012", "lines": ["4 di depan Anda"] * 20, "qr": "https://loket.example/t/7"}
ASK_DONE = b"\x1dr\x01"


class Paper:
    """A printer at the end of a UART, and the clock of its world.

    It takes 1 byte a millisecond and prints 1 in two; what asks for its state (DLE EOT) is
    answered at once, what asks in its turn (GS r) in its turn, and only while nothing is wrong.
    `later` is [(milliseconds, attribute, value)]: what happens to it meanwhile.
    """

    def __init__(self, *later):
        self.later = list(later)
        self.now = 0
        self.there = True
        self.paper = 0x12
        self.cover = 0x12
        self.deaf = False  # to GS r
        self.line = b""  # on the wire
        self.buffer = b""
        self.printed = b""
        self.answers = b""
        self.turns = 0

    # The clock.

    def now_ms(self):
        return self.now

    async def sleep_ms(self, ms):
        for _ in range(ms):
            self.now += 1
            self.step()
        await asyncio.sleep(0)

    # The UART.

    def write(self, data):
        if data[:2] != b"\x10\x04":
            self.line += data
        elif self.there:
            self.answers += bytes((self.cover if data[2] == 2 else 0x12,))
            if data[2] == 4:
                self.answers = self.answers[:-1] + bytes((self.paper,))

    def txdone(self):
        return not self.line

    def any(self):
        return len(self.answers)

    def read(self):
        answers, self.answers = self.answers, b""
        return answers

    # The printer.

    def step(self):
        for change in list(self.later):
            if self.now >= change[0]:
                setattr(self, change[1], change[2])
                self.later.remove(change)
        if self.there:
            self.buffer += self.line[:1]
        self.line = self.line[1:]
        if not self.there:
            self.buffer = b""
        elif self.now % 2 and self.buffer and self.paper < 0x20 and self.cover == 0x12:
            if self.buffer[:3] == ASK_DONE and not self.deaf:
                self.answers += b"\x00"
            self.printed += self.buffer[:1]
            self.buffer = self.buffer[1:]


class Desk:
    """Who prints: what was said of slips in `done`, of the printer in `states`."""

    def __init__(self, *later):
        self.paper = Paper(*later)
        self.printer = Printer(self.paper, self.paper, self.paper.sleep_ms)
        self.printer.on_state = self.told
        self.done = []
        self.states = []

    def told(self, state, now_ms):
        self.states.append(state)
        assert now_ms == self.paper.now

    def said(self, ticket, ok, now_ms):
        self.done.append((ticket, ok))

    async def print(self, slip=SLIP):
        count = len(self.done) + 1
        self.printer.print(slip, self.said)
        while len(self.done) < count:
            await asyncio.sleep(0)


async def test_a_slip_that_came_out_is_confirmed_after_its_last_byte():
    desk = Desk()
    await desk.print()
    assert desk.done == [("A012", True)]
    assert desk.paper.printed[-3:] == ASK_DONE
    assert b"A012\n" in desk.paper.printed
    assert desk.states == []
    assert desk.printer.state == READY
    prints_ms = 2 * len(desk.paper.printed)
    assert prints_ms < desk.paper.now < prints_ms + 150, desk.paper.now


async def test_a_printer_without_paper_is_not_even_asked_to_print():
    for attribute, value, state in (
        ("paper", 0x7E, PAPER_OUT),
        ("cover", 0x16, COVER_OPEN),
        ("there", False, SILENT),
    ):
        desk = Desk((0, attribute, value))
        await desk.paper.sleep_ms(1)
        await desk.print()
        assert desk.done == [("A012", False)], attribute
        assert desk.states == [state]
        assert desk.paper.printed == b""


async def test_paper_cover_and_cable_at_any_moment_of_a_slip():
    whole = Desk()
    await whole.print()
    for attribute, value, state in (
        ("paper", 0x7E, PAPER_OUT),
        ("cover", 0x36, COVER_OPEN),
        ("there", False, SILENT),
    ):
        for at_ms in range(100, whole.paper.now - 40, 50):
            desk = Desk((at_ms, attribute, value))
            await desk.print()
            assert desk.done == [("A012", False)], (attribute, at_ms)
            assert desk.states == [state], (attribute, at_ms)
            assert desk.paper.now < 15_000, "it does not wait for ever"


async def test_a_cable_that_leaves_a_byte_like_the_answer_confirms_nothing():
    desk = Desk((300, "there", False), (301, "answers", b"\x00"))
    await desk.print()
    assert desk.done == [("A012", False)]
    assert desk.states == [SILENT]


async def test_paper_that_runs_low_still_prints():
    desk = Desk((200, "paper", 0x1E))
    await desk.print()
    assert desk.done == [("A012", True)]
    assert desk.states == [PAPER_LOW]


async def test_a_printer_that_never_says_that_it_is_through_is_not_believed():
    desk = Desk()
    desk.paper.deaf = True
    await desk.print()
    assert desk.done == [("A012", False)]
    assert desk.paper.now < 12_000


async def test_slips_come_out_one_after_the_other():
    desk = Desk()
    desk.printer.print({"ticket": "A001"}, desk.said)
    await desk.print({"ticket": "A002"})
    while len(desk.done) < 2:
        await asyncio.sleep(0)
    assert desk.done == [("A001", True), ("A002", True)]
    first = desk.paper.printed.find(b"A001")
    assert desk.paper.printed.find(ASK_DONE) < desk.paper.printed.find(b"A002")
    assert first >= 0


async def test_whoever_watches_hears_each_change_once():
    desk = Desk(
        (7_000, "paper", 0x1E), (17_000, "paper", 0x7E), (27_000, "cover", 0x16),
        (37_000, "there", False), (47_000, "there", True), (47_000, "cover", 0x12),
        (47_000, "paper", 0x12),
    )  # fmt: skip
    task = asyncio.create_task(desk.printer.watch())
    while desk.paper.now < 60_000:
        await asyncio.sleep(0)
    task.cancel()
    assert desk.states == [PAPER_LOW, PAPER_OUT, COVER_OPEN, SILENT, READY], desk.states


async def test_what_a_failed_slip_left_in_the_printer_is_marked_and_confirms_no_other():
    desk = Desk((600, "paper", 0x7E))
    await desk.print()
    desk.paper.paper = 0x12
    # Now it goes on with what is left. The paper ends again, in the middle of the next slip.
    desk.printer.print({"ticket": "A013", "lines": ["x" * 400]}, desk.said)
    while desk.paper.printed.count(b"x") < 350:
        await asyncio.sleep(0)
        assert len(desk.done) == 1, desk.done
    desk.paper.paper = 0x7E
    while len(desk.done) < 2:
        await asyncio.sleep(0)
    assert desk.done == [("A012", False), ("A013", False)]
    printed = desk.paper.printed
    assert 0 < printed.find(b"A012 BATAL\n") < printed.find(b"A013\n")


async def test_a_slip_that_failed_is_marked_once_and_the_next_ones_come_out():
    desk = Desk((300, "there", False), (11_000, "there", True))
    await desk.print()
    task = asyncio.create_task(desk.printer.watch())
    while desk.paper.now < 40_000:
        await asyncio.sleep(0)
    await desk.print({"ticket": "A013"})
    task.cancel()
    assert desk.done == [("A012", False), ("A013", True)]
    assert len(desk.paper.printed.split(b"BATAL")) == 2
    assert desk.states == [SILENT, READY]


async def test_a_slip_that_cannot_be_made_is_said_not_to_be_printed():
    class Full:
        def __iter__(self):
            raise MemoryError

    desk = Desk()
    await desk.print({"ticket": "A012", "lines": Full()})
    await desk.print({"ticket": "A013"})
    assert desk.done == [("A012", False), ("A013", True)]
