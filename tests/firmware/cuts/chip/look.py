# mypy: ignore-errors
# ruff: noqa: SIM105
# (runs inside MicroPython only)
"""What the power leaves that goes in the midst of a write; see tests/firmware/cuts/cuts.py.

`micropython look.py IMAGE LOG N`: for each Nth operation of LOG, nothing of it done and half of it
done: prints a checksum of all files there, or what is wrong; a flash that is left so must also take
and keep a new file.
"""

import binascii
import json
import os
import struct
import sys

import vfs
from flashes import BLANK, PROGRAM_BYTES, Log, MemoryFlash

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


look(*sys.argv[1:])
