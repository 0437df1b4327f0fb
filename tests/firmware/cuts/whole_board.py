# mypy: ignore-errors
# ruff: noqa: UP031, SIM105, SIM115
# (runs inside MicroPython only)
"""A whole board on a flash whose every write is noted; see tests/firmware/cuts/cuts.py.

`micropython whole_board.py play IMAGE WORLD [LOG]`: /main.py of the LittleFS in the file IMAGE runs
the firmware of its slot, again after each restart, until nothing is left to do. The time is made:
what waits, waits for nothing. Broker, gateway and workshop are in here, at the other end of the
board's stream: they do the steps of WORLD, each when the one before is over. Prints a line of JSON
for what is seen of it. Each write and erasure goes to LOG, too, and what is seen in between.

`micropython whole_board.py look IMAGE LOG N`: for each Nth operation of LOG, what the power leaves
that goes in its midst, nothing of it done and half of it done: prints a checksum of all files
there, or what is wrong; a flash that is left so must also take and keep a new file.
"""

import binascii
import io
import json
import os
import select as _select
import struct
import sys
import time as _time

import vfs

BLOCK_BYTES = 4_096
_EIO = -5
PROGRAM_BYTES = 256  # as MicroPython mounts the flash of an RP2
SLEPT, RESET, OVER = 10, 11, 77
STILL_MS = 3_000  # so long nothing happens: it is settled
SLEEP_MS = 300_000
MOST_BOOTS = 24
MOST_MS = 900_000  # of one start


class Log:
    """What a device notes of an operation: kind, block, offset, size, and what is written; in
    between, what the world has seen (SEEN, as JSON)."""

    HEAD = "<BIII"
    WRITE, ERASE, SEEN = 1, 2, 3

    def __init__(self, file):
        self._file = file

    def note(self, kind, block, at, data):
        self._file.write(struct.pack(self.HEAD, kind, block, at, len(data)))
        self._file.write(data)

    @staticmethod
    def read(file):
        while True:
            head = file.read(13)
            if not head:
                return
            kind, block, at, size = struct.unpack(Log.HEAD, head)
            yield kind, block, at, file.read(size)


class FileFlash:
    """The flash chip of a board that runs: a file. A bit is set by erasing only.

    Each start has its own: what one has left open is `dead` with it, and never closed.
    """

    def __init__(self, image, log=None):
        self.dead = False
        self._file = open(image, "r+b")
        self._file.seek(0, 2)
        self._blocks = self._file.tell() // BLOCK_BYTES
        self._log = log

    def readblocks(self, block, into, at=0):
        if self.dead:
            return _EIO
        self._file.seek(block * BLOCK_BYTES + at)
        self._file.readinto(into)
        return 0

    def writeblocks(self, block, data, at=0):
        if self.dead:
            return _EIO
        was = bytearray(len(data))
        self.readblocks(block, was, at)
        if was.count(b"\xff") != len(was):
            raise ValueError("block %d is written without being erased" % block)
        self._file.seek(block * BLOCK_BYTES + at)
        self._file.write(data)
        if self._log:
            self._log.note(Log.WRITE, block, at, data)
        return 0

    def ioctl(self, op, arg):
        if op == 4:
            return self._blocks
        if op == 5:
            return BLOCK_BYTES
        if op == 6:
            if self.dead:
                return _EIO
            self._file.seek(arg * BLOCK_BYTES)
            self._file.write(b"\xff" * BLOCK_BYTES)
            if self._log:
                self._log.note(Log.ERASE, arg, 0, b"")
        return 0


class Made:
    """Stands for the module `time`: only waiting makes it pass."""

    def __init__(self):
        self.now_ms = 5_000
        # As attributes: MicroPython imports no methods by name.
        self.ticks_diff = _time.ticks_diff
        self.ticks_add = _time.ticks_add
        self.ticks_ms = lambda: self.now_ms & 0x1FFFFFFF
        self.ticks_us = lambda: self.now_ms * 1_000 & 0x1FFFFFFF
        self.time = lambda: self.now_ms // 1_000
        self.sleep_ms = self._pass
        self.sleep = lambda s: self._pass(int(s * 1_000))

    def _pass(self, ms):
        self.now_ms += ms


made = Made()


class Poll:
    """Stands for `select.poll`: where nothing is to be read, the time passes at once."""

    def __init__(self):
        self._poll = _select.poll()
        self.register = self._poll.register
        self.modify = self._poll.modify
        self.unregister = self._poll.unregister

    def ipoll(self, ms):
        ready = [(found[0], found[1]) for found in self._poll.ipoll(0)]
        if not ready:
            made.now_ms += max(ms, 0)
        return ready


class Select:
    """Stands for the module `select`."""

    def __init__(self):
        self.POLLIN = _select.POLLIN
        self.POLLOUT = _select.POLLOUT
        self.poll = Poll


class Stream:
    """The board's end of its link to `world`: reader and writer at once."""

    out_buf = b""

    def __init__(self, world):
        import asyncio

        self._world = world
        self._to_board = bytearray()
        self._came = asyncio.Event()
        self._to_world = bytearray()

    async def readinto(self, into):
        while not self._to_board:
            self._came.clear()
            await self._came.wait()
        size = min(len(into), len(self._to_board))
        into[:size] = self._to_board[:size]
        self._to_board = self._to_board[size:]
        return size

    def say(self, data):
        self._to_board.extend(data)
        self._came.set()

    def write(self, data):
        self._to_world.extend(data)
        while True:
            size = at = shift = 0
            buffer = self._to_world
            while True:
                at += 1
                if at >= len(buffer):
                    return
                size |= (buffer[at] & 0x7F) << shift
                shift += 7
                if not buffer[at] & 0x80:
                    break
            end = at + 1 + size
            if len(buffer) < end:
                return
            body = bytes(buffer[at + 1 : end])
            first = buffer[0]
            self._to_world = buffer[end:]
            self._take(first, body)

    async def drain(self):
        pass

    def close(self):
        if self._world.stream is self:
            self._world.stream = None

    async def wait_closed(self):
        pass

    def _take(self, first, body):
        kind = first & 0xF0
        if kind == 0x10:
            self.say(b"\x20\x02\x00\x00")
            self._world.stream = self
        elif kind == 0x80:
            count = 0
            at = 2
            while at < len(body):
                at += 3 + (body[at] << 8 | body[at + 1])
                count += 1
            self.say(bytes((0x90, 2 + count)) + body[:2] + b"\x01" * count)
            self._world.subscribed()
        elif kind == 0x30:
            at = 2 + (body[0] << 8 | body[1])
            topic = body[2:at].decode()
            if first & 6:
                self.say(b"\x40\x02" + body[at : at + 2])
                at += 2
            self._world.heard(topic, body[at:])
        elif kind == 0xC0:
            self.say(b"\xd0\x00")

    def publish(self, topic, data, retain=False):
        size = 4 + len(topic) + len(data)
        head = bytes((0x32 | retain,))
        while size > 127:
            head += bytes((size & 0x7F | 0x80,))
            size >>= 7
        head += bytes((size,))
        name = topic.encode()
        self.say(head + bytes((0, len(name))) + name + b"\x00\x07" + data)


class World:
    """Broker, gateway and workshop; `steps` come from the test, `blobs` by their hash."""

    def __init__(self, said, log):
        self._log = log
        self.steps = said["steps"]
        self.board = said["board"]
        self.blobs = said["blobs"]
        self.face = said["face"]
        self.sleeps = said["sleeps"]
        self.stream = None
        self.live = True  # the gateway is there
        self._keys = open(int(os.getenv("LOKET_WORLD").split(",")[2]), "wb")
        self._kept = []  # or they would be closed for the next start
        self.moved_ms = 0
        self.about = {}
        self.told = {}
        self.boots = 0

    def seen(self, what, more=None):
        if self._log:
            self._log.note(Log.SEEN, 0, 0, json.dumps([what, more]).encode())
        tell([what, more])

    # What the board says.

    def subscribed(self):
        if self.live:
            self._gateway("ready")

    def heard(self, topic, data):
        self.moved_ms = made.now_ms
        leaf = topic.split("/", 3)[3]
        payload = json.loads(data) if data else None
        if leaf == "up/about":
            self.about = payload
        elif leaf == "up/update":
            self.told = payload
        elif leaf == "up/want":
            if payload["sha"] in self.blobs:  # else the workshop is gone
                self._serve(payload)
        elif leaf == "up/event" and self.live:
            if payload["ev"] == "offline":
                self.seen("offline", payload["ticket"])
            if payload["ev"] == "hello" and self.sleeps:
                self._next()  # before it falls asleep
            answer = {"boot": payload["boot"], "seq": payload["seq"], "st": "accepted"}
            self.say("dn/receipt", answer)

    def _serve(self, want):
        piece = self.blobs[want["sha"]][want["at"] : want["at"] + want["n"]]
        answer = {"id": want["id"], "sha": want["sha"], "at": want["at"]}
        answer["data"] = binascii.b2a_base64(piece).decode().strip()
        self.say("dn/chunk", answer)

    def say(self, leaf, payload, retain=False):
        data = json.dumps(payload).encode()
        self.stream.publish("loket/1/" + self.board + "/" + leaf, data, retain)

    def _gateway(self, s):
        self.live = s == "ready"
        state = {"s": s, "epoch": 7} if self.live else {"s": s}
        self.stream.publish("loket/1/gw/state", json.dumps(state).encode(), True)
        if self.live:
            if self.face:
                self.say("dn/face", self.face)
            beat = {"epoch": 7, "utc_ms": 1_700_000_000_000 + made.now_ms}
            self.stream.publish("loket/1/gw/beat", json.dumps(beat).encode())

    # What is done to it.

    async def run(self):
        try:
            await self._run()
        except Exception as why:  # noqa: BLE001 - nobody waits for this task
            sys.print_exception(why, sys.stderr)
            sys.exit("the world has an end")

    def _look_on(self):
        # Private names are letters on a board: known by what they are.
        backend = sys.modules["firmware.hal.virtual"]
        for name in dir(backend):
            value = getattr(backend, name)
            if type(value) in (type(self._keys), type(sys.stdout)):
                self._kept.append(value)
            if type(value) is type(sys.stdout):
                setattr(backend, name, _Silent(self))

    async def _run(self):
        import asyncio

        self._look_on()
        began_ms = made.now_ms
        beat_ms = 0
        while True:
            await asyncio.sleep_ms(500)
            if made.now_ms - began_ms > MOST_MS:
                sys.exit("it does not settle: " + json.dumps(self.told))
            if not self.stream or made.now_ms - self.moved_ms < STILL_MS:
                continue
            if self.live and made.now_ms - beat_ms > 5_000:
                beat_ms = made.now_ms
                self._gateway("ready")
            self._next()

    def _next(self):
        if b'"now"' in self.read("boot.json"):
            return
        if not self.steps:
            sys.exit(OVER)
        self._do(*self.steps.pop(0))
        self.moved_ms = made.now_ms

    def _do(self, what, *args):
        if what == "say":
            self.say(*args)
        elif what == "gateway":
            self._gateway(*args)
        elif what == "press":
            self._keys.write(b'{"do":"press","key":"%s"}\n' % args[0])
        elif what == "report":
            config = json.loads(self.read("config.json") or b"{}")
            settings = json.loads(self.read("settings.json"))
            report = {"n": self.about.get("n"), "config": config.get("rev", 0)}
            report["link"] = settings.get("link", 0)
            report["host"] = settings["host"]
            report["st"] = self.told.get("st")
            report["boots"] = self.boots
            self.seen("report", report)
        else:
            sys.exit("no step: " + what)

    @staticmethod
    def read(name):
        try:
            with open("/" + name, "rb") as f:
                return f.read()
        except OSError:
            return b""


def tell(line):
    print(json.dumps(line))


def forget():
    for name in list(sys.modules):
        if name.startswith(("firmware", "asyncio")):
            del sys.modules[name]


def play(image, world_file, log_file=None):
    with open(world_file) as f:
        said = json.load(f)
    blobs = said["blobs"]
    said["blobs"] = {}
    for sha in blobs:
        with open(blobs[sha], "rb") as f:
            said["blobs"][sha] = f.read()
    log = Log(open(log_file, "wb")) if log_file else None
    world = World(said, log)
    sys.modules["time"] = made
    sys.modules["select"] = Select()
    vfs.mount(vfs.VfsPosix("/"), "/host")
    image = "/host" + image
    vfs.umount("/")
    status = RESET
    while status in (RESET, SLEPT):
        world.boots += 1
        if world.boots > MOST_BOOTS:
            raise RuntimeError("it starts again and again: " + json.dumps(world.told))
        world.stream = None
        world.moved_ms = made.now_ms
        flash = FileFlash(image, log)
        vfs.mount(vfs.VfsLfs2(flash, progsize=PROGRAM_BYTES), "/")
        os.chdir("/")
        sys.path[:] = ["", ".frozen"]
        status = start(world)
        if status == SLEPT:
            made.now_ms += SLEEP_MS
        forget()
        flash.dead = True
        try:
            vfs.umount("/")
        except OSError:
            pass
    if status != OVER:
        raise RuntimeError("it ends with %s" % status)


def start(world):
    """Run /main.py as a start does; give with what status it ended."""
    import asyncio

    asyncio.new_event_loop()
    world.task = asyncio.create_task(world.run())
    with open("/main.py") as f:
        source = f.read()
    before = sys.path[0]
    lines = {"__name__": "__main__"}
    try:
        hook(world)
        exec(compile(source, "main.py", "exec"), lines)
    except SystemExit as why:
        return why.args[0] if why.args else 0
    finally:
        sys.path[0] = before
    return "no firmware, or none that stays"


class _Tcp:
    """Stands for firmware.net.tcp."""

    def __init__(self, world):
        self._world = world

    def opener(self, host, port, ca=None, server_name=""):
        async def open_stream():
            stream = Stream(self._world)
            return stream, stream

        return open_stream


class _Silent(io.IOBase):
    """Nobody looks at the board's glass; its paper is kept."""

    def __init__(self, world):
        self._world = world
        self._line = ""

    def write(self, text):
        self._line += str(text, "utf-8") if isinstance(text, (bytes, bytearray)) else text
        if self._line.endswith("\n"):
            line, self._line = self._line, ""
            if '"paper"' in line:
                self._world.seen("paper", json.loads(line)["ticket"])
        return len(text)


def hook(world):
    sys.modules["firmware.net.tcp"] = _Tcp(world)


class MemoryFlash:
    """A flash that a cut has left; what is written to it can be taken back."""

    def __init__(self, image):
        self.data = image
        self.before = {}

    def readblocks(self, block, into, at=0):
        at += block * BLOCK_BYTES
        into[:] = memoryview(self.data)[at : at + len(into)]

    def writeblocks(self, block, data, at=0):
        self._keep(block)
        at += block * BLOCK_BYTES
        self.data[at : at + len(data)] = data

    def ioctl(self, op, arg):
        if op == 4:
            return len(self.data) // BLOCK_BYTES
        if op == 5:
            return BLOCK_BYTES
        if op == 6:
            self.writeblocks(arg, BLANK)
        return 0

    def _keep(self, block):
        if block not in self.before:
            at = block * BLOCK_BYTES
            self.before[block] = bytes(memoryview(self.data)[at : at + BLOCK_BYTES])

    def back(self):
        for block in self.before:
            self.data[block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES] = self.before[block]
        self.before = {}


BLANK = b"\xff" * BLOCK_BYTES
PIECE = bytearray(4_096)


def sum_of(folder):
    """Give a checksum of all files below a folder: names, sizes, contents."""
    total = 0
    for name, kind, _, size in sorted(os.ilistdir(folder)):
        path = folder + "/" + name
        if kind & 0x4000:
            one = sum_of(path) ^ 0x5A5A
        else:
            one = size
            with open(path, "rb") as f:
                while True:
                    got = f.readinto(PIECE)
                    if not got:
                        break
                    one = binascii.crc32(memoryview(PIECE)[:got], one)
        total = binascii.crc32(path.encode() + struct.pack("<q", one), total)
    return total


def is_fit(flash):
    """Mount what is left; give a checksum of it, or what is wrong."""
    try:
        vfs.mount(vfs.VfsLfs2(flash, progsize=PROGRAM_BYTES), "/f")
        total = sum_of("/f")
        with open("/f/new", "wb") as f:
            f.write(b"n" * 600)
        vfs.umount("/f")
        vfs.mount(vfs.VfsLfs2(flash, progsize=PROGRAM_BYTES), "/f")
        with open("/f/new", "rb") as f:
            if f.read() != b"n" * 600:
                return "a new file is not kept"
        os.remove("/f/new")
        return total
    except OSError as why:
        return repr(why)
    finally:
        try:
            vfs.umount("/f")
        except OSError:
            pass


def look(image, log_file, every):
    with open(image, "rb") as f:
        flash = MemoryFlash(bytearray(f.read()))
    count = 0
    with open(log_file, "rb") as log:
        for kind, block, at, data in Log.read(log):
            if kind == Log.SEEN:
                continue
            if kind == Log.ERASE:
                data = BLANK
            if count % int(every) == 0:
                found = [is_fit(flash)]
                flash.back()
                flash.writeblocks(block, data[: len(data) // 2], at)
                found.append(is_fit(flash))
                flash.back()
                print(json.dumps(found))
            count += 1
            flash.writeblocks(block, data, at)
            flash.before = {}


if sys.argv[1] == "play":
    play(*sys.argv[2:])
else:
    look(*sys.argv[2:])
