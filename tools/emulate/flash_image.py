# mypy: ignore-errors
# (runs inside MicroPython only)
"""Makes the image of a Pico's file system: `micropython flash_image.py FOLDER IMAGE BYTES`."""

import os
import sys

import vfs

_BLOCK = 4_096


class Flash:
    """The part of the flash that holds files, as the chip's own port offers it."""

    def __init__(self, size):
        self.data = bytearray(b"\xff" * size)

    def readblocks(self, block, buf, at=0):
        start = block * _BLOCK + at
        buf[:] = self.data[start : start + len(buf)]

    def writeblocks(self, block, buf, at=0):
        start = block * _BLOCK + at
        self.data[start : start + len(buf)] = buf

    def ioctl(self, what, _):
        if what == 4:
            return len(self.data) // _BLOCK
        if what == 5:
            return _BLOCK
        return 0  # sync, and erase: done by writing


def copy(source, to):
    for entry in os.ilistdir(source):
        name = entry[0]
        if entry[1] & 0x4000:
            os.mkdir(to + name)
            copy(source + name + "/", to + name + "/")
        else:
            with open(source + name, "rb") as have, open(to + name, "wb") as made:
                made.write(have.read())


flash = Flash(int(sys.argv[3]))
vfs.VfsLfs2.mkfs(flash, progsize=256)  # the chip's own port does so
vfs.mount(vfs.VfsLfs2(flash, progsize=256), "/chip")
copy(sys.argv[1] + "/", "/chip/")
vfs.umount("/chip")
with open(sys.argv[2], "wb") as out:
    out.write(flash.data)
