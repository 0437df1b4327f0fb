# mypy: ignore-errors
# (runs inside MicroPython only)
"""The link of a board, with the broker's half of MQTT at its other end."""


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


class Tcp:
    """Stands for firmware.net.tcp."""

    def __init__(self, world):
        self._world = world

    def opener(self, host, port, ca=None, server_name=""):
        async def open_stream():
            stream = Stream(self._world)
            return stream, stream

        return open_stream
