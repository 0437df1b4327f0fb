# mypy: ignore-errors
# ruff: noqa: UP031, SIM115
# (runs inside MicroPython only)
"""The flash of a board: a file whose every write is noted, and what a cut has left of it."""

import struct

BLOCK_BYTES = 4_096
PROGRAM_BYTES = 256  # as MicroPython mounts the flash of an RP2
BLANK = b"\xff" * BLOCK_BYTES
_EIO = -5


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
