from firmware.core.board import SELF_TEST_FILE
from firmware.core.outbox import FILE as OUTBOX_FILE
from firmware.roles.base import Role
from firmware.roles.selftest import KEY_MS, LINK_MS, SelfTest
from firmware.wire import topics
from tests.firmware.fakes import (
    Bench,
    FakeBattery,
    FakeBuzzer,
    FakeDigits,
    FakeHardware,
    FakeHost,
    FakeLevel,
    FakeMatrix,
    FakePrinter,
    FakeThermometer,
)


class Network:
    """The Network port, as far as the self-test asks."""

    def rssi_dbm(self):
        return -61


class Quiet(SelfTest):
    """A self-test whose lines are kept."""

    def __init__(self, board, hw):
        self.notes = []
        SelfTest.__init__(self, board, hw)

    def note(self, line):
        self.notes.append(line)


class Notes(FakeMatrix):
    """A matrix that keeps all its frames."""

    def __init__(self):
        FakeMatrix.__init__(self)
        self.frames_shown = []

    def show(self, frame):
        FakeMatrix.show(self, frame)
        self.frames_shown.append(bytes(frame))


def made(keys=(), lamps=(), matrix=None, **parts):
    host = FakeHost()
    hw = FakeHardware(host.store, keys, lamps, matrix)
    hw.network = Network()
    for name in parts:
        setattr(hw, name, parts[name])
    return Bench(Quiet, hw, host)


def walk(bench, ms):
    """Let time pass in steps as small as a technician's."""
    for _ in range(ms // 100):
        bench.pass_ms(100)


def push(bench, key):
    """Press and release a key, and let the walk notice."""
    bench.hw.buttons[key].down = True
    bench.role.edge(key, True, bench.at_ms)
    bench.pass_ms(200)
    bench.hw.buttons[key].down = False
    bench.role.edge(key, False, bench.at_ms)
    bench.pass_ms(200)


def said(bench):
    """Give the lines so far."""
    return bench.role.notes


def ended(bench):
    """Let the link be found and the walk end; give its answer."""
    bench.connect()
    for _ in range(60):
        bench.beat()
        bench.pass_ms(1_000)
        if bench.host.restarts:
            break
    assert bench.host.restarts == 1, said(bench)
    (ack,) = bench.host.take(topics.UP_ACK)
    return ack


def test_a_board_of_nothing_but_a_link():
    bench = made()
    bench.role.order_id = "k7"
    assert ended(bench) == {"id": "k7", "st": "ok", "detail": "1 ok"}
    assert said(bench) == [
        "link: waits for broker and gateway",
        "link: ok, -61 dBm",
        "1 ok, 0 failed",
    ]


def test_without_a_network_it_ends_too():
    bench = made()
    bench.pass_ms(LINK_MS + 10_000)
    assert said(bench)[1:] == ["link: FAILED: no broker", "0 ok, 1 failed", "link: no broker"]
    assert bench.host.restarts == 1


def test_a_broker_without_a_gateway_is_another_matter():
    bench = made()
    bench.board.link_is_up(0)
    bench.pass_ms(LINK_MS + 10_000)
    assert said(bench)[1] == "link: FAILED: the gateway is not heard"


def test_meanwhile_the_board_serves_nobody():
    bench = made(keys=("next",))
    bench.host.store.files[OUTBOX_FILE] = b'{"boot":1,"seq":2,"ev":"touch","n":3,"t_ms":4}'
    bench = Bench(Quiet, bench.hw, bench.host)
    assert sorted(bench.board.subscriptions()) == sorted([topics.GW_STATE, topics.GW_BEAT])
    bench.pass_ms(0)
    push(bench, "next")
    bench.connect()
    bench.pass_ms(10_000)
    leaves = [entry[0] for entry in bench.host.sent]
    assert leaves == [topics.UP_ACK], leaves
    assert "ready" not in bench.host.lives


def test_each_lamp_is_lit_for_itself_in_all_its_colours():
    bench = made(lamps=("status", "next"))
    shown: "list[object]" = []
    for _ in range(60):
        bench.pass_ms(100)
        now = tuple([bench.hw.lamps[name].shows for name in ("next", "status")])
        if not shown or shown[-1] != now:
            shown.append(now)
    assert shown == [
        ("on", "off"),
        ("off", "green"),
        ("off", "amber"),
        ("off", "red"),
        ("off", "off"),
    ], shown


def test_a_key_blinks_until_it_was_pressed_and_let_go():
    bench = made(keys=("next",), lamps=("next",))
    walk(bench, 1_500)
    assert said(bench)[-1] == "key next: press it, let it go"
    assert bench.hw.lamps["next"].shows == "blink"
    bench.hw.buttons["next"].down = True
    bench.role.edge("next", True, bench.at_ms)
    bench.pass_ms(500)
    assert said(bench)[-1] == "key next: press it, let it go", "not before it is open again"
    bench.hw.buttons["next"].down = False
    bench.role.edge("next", False, bench.at_ms)
    bench.pass_ms(100)
    assert "key next: ok" in said(bench)
    assert bench.hw.lamps["next"].shows == "off"
    assert ended(bench)["detail"] == "3 ok"


def test_keys_that_fail_are_named_with_the_reason_and_the_walk_goes_on():
    bench = made(keys=("a", "b", "c", "d", "outer"))
    bench.hw.buttons["a"].down = True  # bent
    walk(bench, 3_100)
    walk(bench, KEY_MS + 100)  # nobody presses b
    push(bench, "d")  # c's wire is d's
    walk(bench, KEY_MS)
    bench.hw.buttons["d"].down = True  # and d is caught
    bench.role.edge("d", True, bench.at_ms)
    walk(bench, KEY_MS + 100)
    assert said(bench)[-1] == "key outer: break it, free it"
    push(bench, "outer")
    ack = ended(bench)
    assert (ack["st"], ack["code"]) == ("error", "failed")
    assert ack["detail"] == (
        "2 ok; key a: is closed before anybody presses it; key b: nothing came; "
        "key c: nothing came, but d did: swapped wires?; key d: does not open again"
    ), ack["detail"]


def test_every_pixel_is_seen_lit_and_dark_and_each_column_and_row_alone():
    bench = made(matrix=Notes)
    ended(bench)
    frames = bench.hw.matrix.frames_shown
    lit = frames.index(b"\xff" * 32)
    assert frames[lit + 1] == bytes(32)
    for x in range(32):
        frame = frames[lit + 2 + x]
        assert frame == bytes([0x80 >> x % 8 if i % 4 == x // 8 else 0 for i in range(32)]), x
    for y in range(8):
        assert frames[lit + 34 + y] == bytes([255 if i // 4 == y else 0 for i in range(32)]), y
    assert len(frames) > lit + 43, "the board's id scrolls"


def test_every_other_part_has_its_step():
    bench = made(
        digits=FakeDigits(),
        buzzer=FakeBuzzer(),
        printer=FakePrinter(),
        level=FakeLevel(),
        thermometer=FakeThermometer(),
        battery=FakeBattery(),
    )
    bench.pass_ms(100)
    assert bench.hw.digits.text == "8.8.8.8."
    walk(bench, 5_000)
    assert bench.hw.digits.text == ""
    assert len(bench.hw.buzzer.played) == 1
    slip = bench.hw.printer.finish(True, bench.at_ms)
    assert slip["head"] == bench.board.id
    assert ended(bench)["detail"] == "7 ok"
    told = said(bench)
    assert "level: ok, reads 72.0 (board.toml: empty 200, full 40)" in told, told
    assert "thermometer: ok, 36.5 C" in told
    assert "battery: ok, 3900 mV" in told
    assert "printer: ok, ready" in told


def test_parts_that_are_silent_or_raise_are_named():
    class Torn(FakeBuzzer):
        def play(self, steps):
            raise OSError(5)

    for state, why in (("silent", "silent"), ("ready", "does not say that it is through")):
        bench = made(
            buzzer=Torn(),
            printer=FakePrinter(),
            level=FakeLevel(),
            thermometer=FakeThermometer(),
            battery=FakeBattery(),
        )
        bench.hw.printer.state = state
        bench.hw.level.pct = bench.hw.thermometer.c = None
        bench.hw.battery.mv = 3_300
        detail = ended(bench)["detail"]
        assert detail.startswith("1 ok; buzzer: OSError(5"), detail
        assert detail.endswith(
            "printer: %s; level: vl53l0x does not answer; thermometer: does not answer; "
            "battery: low, 3300 mV" % why
        ), detail


def test_a_slip_that_does_not_come_out_fails_with_the_printers_state():
    bench = made(printer=FakePrinter())
    bench.pass_ms(1_000)
    bench.hw.printer.state = "paper_out"
    bench.hw.printer.finish(False, bench.at_ms)
    assert ended(bench)["detail"] == "1 ok; printer: did not print: paper_out"


def test_the_answer_fits_whatever_fails():
    bench = made(keys=["a-key-with-a-long-name-%d" % n for n in range(12)])
    bench.pass_ms(12 * (KEY_MS + 100))
    ack = ended(bench)
    assert ack["detail"].startswith("1 ok; key a-key"), ack
    assert len(said(bench)) > 24, "the console has it all"


def test_an_order_restarts_the_board_once_into_it():
    bench = Bench(Role)
    bench.connect()
    bench.hear(topics.DN_CMD, {"id": "k7", "name": "self_test", "arg": {}, "ttl_ms": 5_000})
    assert bench.host.take(topics.UP_ACK) == [{"id": "k7", "st": "ok"}]
    assert bench.host.store.files[SELF_TEST_FILE] == b"k7"
    bench.hear(topics.DN_CMD, {"id": "k7", "name": "self_test", "arg": {}, "ttl_ms": 5_000})
    assert bench.host.restarts == 1
    broken = Bench(Role)
    broken.host.store.broken = True
    broken.hear(topics.DN_CMD, {"id": "k7", "name": "self_test", "ttl_ms": 5_000})
    assert broken.host.take(topics.UP_ACK)[0]["code"] == "flash"
    assert broken.host.restarts == 0


def test_an_answer_that_cannot_be_said_does_not_keep_the_board_in_its_test():
    def never(code, detail, more):
        raise MemoryError

    bench = made()
    bench.board.up.ack = never
    walk(bench, LINK_MS + 6_000)
    assert bench.host.restarts == 1


def test_an_order_with_the_longest_id_still_gets_its_answer():
    class Broken(FakeLevel):
        def read_raw(self):
            raise OSError('"' * 400)

    bench = made(level=Broken())
    bench.role.order_id = "\U0001f3ab" * 64
    walk(bench, LINK_MS + 6_000)
    (ack,) = bench.host.take(topics.UP_ACK)
    assert (ack["st"], ack["code"]) == ("error", "failed")
    assert bench.host.restarts == 1
