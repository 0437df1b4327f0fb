"""A board without a board: what surrounds core and roles, kept in memory, for both interpreters."""

import json

from firmware.core.board import Board
from firmware.core.uplink import Host
from firmware.wire import topics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ID = "counter-01"
BOOT = 918_273_645
EPOCH = 7


class MemoryStore:
    """The Store port; `broken` makes every write fail."""

    def __init__(self):
        self.files = {}
        self.broken = False
        self.failures = 0
        self.writes = []

    def read(self, name, at=0, size=-1):
        data = self.files.get(name)
        if data is None:
            return None
        return data[at:] if size < 0 else data[at : at + size]

    def put(self, name, at, data):
        before = self.files.get(name, b"") if at else b""
        assert at <= len(before), "a hole"
        return self.write(name, before[:at] + data + before[at + len(data) :])

    def write(self, name, data):
        if self.broken:
            self.failures += 1
            return False
        self.files[name] = bytes(data)
        self.writes.append(name)
        return True


class FakeHost(Host):
    """Keeps what a board sends: `sent` is [(leaf, payload, qos, retain)], payloads as objects."""

    def __init__(self, store=None):
        self.store = store or MemoryStore()
        self.sent = []
        self.lives = []
        self.rested_s = None
        self.restarts = 0
        self.scatters = 0

    def send(self, topic, data, qos, retain):
        prefix = topics.PREFIX + ID + "/"
        assert topic.startswith(prefix), topic
        assert len(data) <= 512
        self.sent.append((topic[len(prefix) :], json.loads(data) if data else None, qos, retain))

    def vitals(self):
        return {"free_bytes": 50_000}

    def scatter(self, below):
        return self.scatters % below

    def life(self, s):
        self.lives.append(s)

    def wake(self):
        pass

    def command(self, name, arg, now_ms):
        return "unknown_command", name

    def restart(self):
        self.restarts += 1

    def rest(self, for_s):
        self.rested_s = for_s

    def take(self, leaf):
        """Give the payloads sent on a topic since the last call, and forget them."""
        found = [payload for name, payload, _, _ in self.sent if name == leaf]
        self.sent = [entry for entry in self.sent if entry[0] != leaf]
        return found


class FakeMatrix:
    """The Matrix port; `glass` is the last frame, `frames` how many there were."""

    def __init__(self, width=32, height=8):
        self.width = width
        self.height = height
        self.glass = bytes(width * height // 8)
        self.frames = 0
        self.level = None

    def show(self, frame):
        assert bytes(frame) != self.glass or self.frames == 0, "the same frame twice"
        self.glass = bytes(frame)
        self.frames += 1

    def brightness(self, level):
        self.level = level


class FakeButton:
    """The Button port."""

    on_edge = None
    down = False

    def is_down(self):
        return self.down


class FakeLamp:
    """The Lamp port; `shows` lasts, `flashes` counts."""

    def __init__(self):
        self.shows = "off"
        self.flashes = 0

    def show(self, show):
        if show == "flash":
            self.flashes += 1
        else:
            self.shows = show


class FakePrinter:
    """The Printer port; slips stay in `slips` until `finish`."""

    def __init__(self):
        self.slips = []
        self.state = "ready"
        self.on_state = None

    def print(self, slip, done):
        self.slips.append((slip, done))

    def finish(self, ok, now_ms):
        slip, done = self.slips.pop(0)
        done(slip["ticket"], ok, now_ms)
        return slip

    def be(self, state, now_ms):
        """Let the printer be in a state from now on."""
        self.state = state
        if self.on_state:
            self.on_state(state, now_ms)


class FakeDigits:
    """The Digits port."""

    length = 4
    text = ""
    level = None

    def show(self, text):
        self.text = text

    def brightness(self, level):
        self.level = level


class FakeThermometer:
    """The Thermometer port."""

    c = 36.5

    def read_c(self):
        return self.c


class FakeBuzzer:
    """The Buzzer port; `played` has what was played."""

    def __init__(self):
        self.played = []

    def play(self, steps):
        self.played.append(tuple(steps))


class FakeLevel:
    """The Level port."""

    sensor = "sanitizer"
    part = "vl53l0x"
    empty = 200
    full = 40
    on_change = None

    def __init__(self):
        self.pct = 80
        self.next_pcts = []  # what single readings say before `pct` is said again

    def read_raw(self):
        pct = self.next_pcts.pop(0) if self.next_pcts else self.pct
        return None if pct is None else 200 - pct * 1.6


class FakeBattery:
    """The Battery port."""

    mv = 3_900
    low_mv = 3_400

    def read_mv(self):
        return self.mv


class FakePower:
    """The Power port; the board's host does the sleeping."""

    cause = "power_on"

    def __init__(self, sleeps):
        self.sleeps = sleeps
        self.by_key = False
        self.clock_s = 1_000
        self.slept_s = []
        self.kept = b""

    def woken_by_key(self):
        return self.by_key

    def time_s(self):
        return self.clock_s

    def sleep(self, for_s):
        self.slept_s.append(for_s)

    def reset_cause(self):
        return self.cause

    def recall(self):
        return self.kept

    def remember(self, data):
        assert len(data) <= 64
        self.kept = bytes(data)


class FakeHardware:
    """A Hardware with the given keys and lamps, and the parts that a test sets."""

    def __init__(self, store, keys=(), lamps=(), matrix=FakeMatrix):
        self.store = store
        self.buttons = {key: FakeButton() for key in keys}
        self.lamps = {name: FakeLamp() for name in lamps}
        self.matrix = matrix() if matrix else None
        self.network: Any = None
        self.digits = None
        self.printer = None
        self.level = None
        self.thermometer = None
        self.buzzer = None
        self.battery = None
        self.power = FakePower(False)


class Bench:
    """A board with a role, and time that a test moves: `at_ms`."""

    def __init__(self, make_role, hw=None, host=None, boot=BOOT):
        self.at_ms = 0
        self.host = host or FakeHost()
        self.hw = hw or FakeHardware(self.host.store)
        self.board = Board(ID, boot, {"role": "test"}, self.host, 0)
        self.role = make_role(self.board, self.hw)
        self.board.attach(self.role, 0)

    def pass_ms(self, ms):
        """Let time pass, with the board's alarm going off whenever it is due."""
        until_ms = self.at_ms + ms
        turns = 0
        while True:
            due_ms = self.board.due_ms()
            if due_ms > until_ms:
                break
            self.at_ms = max(self.at_ms, due_ms)
            self.board.tick(self.at_ms)
            turns += 1
            assert turns < 10_000, "the alarm never rests"
        self.at_ms = until_ms

    def hear(self, leaf, payload, retained=False):
        """Let the board hear an object, or bytes, on one of its own topics or the gateway's."""
        topic = leaf if leaf.startswith(topics.PREFIX) else topics.of_board(ID, leaf)
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self.board.message(topic, data, retained, self.at_ms)

    def connect(self, epoch=EPOCH):
        """Bring link and gateway up."""
        self.board.link_is_up(self.at_ms)
        self.hear(topics.GW_STATE, {"s": "ready", "epoch": epoch}, True)

    def beat(self, epoch=EPOCH):
        self.hear(topics.GW_BEAT, {"epoch": epoch, "utc_ms": 1_700_000_000_000})

    def receipt(self, event, st="accepted", **more):
        """Answer an event that the board sent."""
        answer = {"boot": event["boot"], "seq": event["seq"], "st": st}
        answer.update(more)
        self.hear(topics.DN_RECEIPT, answer)

    def press(self, key):
        """Press and release a key, 200 ms in all; give whether it was taken for a press."""
        pressed = self.role.edge(key, True, self.at_ms)
        self.pass_ms(100)
        self.role.edge(key, False, self.at_ms)
        self.pass_ms(100)
        return pressed

    def events(self):
        """Give the events sent since the last call."""
        return self.host.take(topics.UP_EVENT)

    def glass(self):
        assert self.hw.matrix
        return self.hw.matrix.glass
