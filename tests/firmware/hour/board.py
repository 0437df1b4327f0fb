# mypy: ignore-errors
# (runs inside MicroPython only)
"""A virtual board, from a ROMFS, whose time is somebody else's.

`micropython board.py ROMFS FLASH_FOLDER SETTINGS_FILE ASK_FD ANSWER_FD`: whenever nothing is left
to do until a time, it writes how many milliseconds that is to ASK_FD (-1: for ever), as a line, and
reads from ANSWER_FD (four bytes, little endian) how many have passed.
"""

import gc

gc.threshold(4_096)

import sys  # noqa: E402

HERE = sys.argv[0].rsplit("/", 1)[0]
sys.path[:] = [HERE + "/chip", "/rom", HERE.rsplit("/", 3)[0], ".frozen"]

import time  # noqa: E402

from boards.virtual.rom import mount_romfs  # noqa: E402

mount_romfs(sys.argv[1], "/rom")

import asyncio  # noqa: E402

from firmware.hal.store import FileStore  # noqa: E402
from firmware.hal.virtual import Virtual  # noqa: E402
from firmware.main import Main, read_settings  # noqa: E402

_ask = open(int(sys.argv[4]), "wb")  # noqa: SIM115
_answer = open(int(sys.argv[5]), "rb")  # noqa: SIM115
_core = asyncio.core
_look_at_streams = _core.IOQueue.wait_io_event


def _wait(queue, wait_ms):
    _look_at_streams(queue, 0)
    if wait_ms == 0:
        return
    task = _core._task_queue.peek()
    if task and time.ticks_diff(task.ph_key, time.ticks_ms()) <= 0:
        return
    _ask.write(b"%d\n" % wait_ms)
    passed = _answer.read(4)
    if len(passed) < 4:
        sys.exit(0)  # whoever holds our time has gone
    time.advance(int.from_bytes(passed, "little"))


_core.IOQueue.wait_io_event = _wait

flash = sys.argv[2]
settings = read_settings(FileStore(flash + "/"), sys.argv[3])
board = Main(Virtual(settings, flash), settings)
del settings
asyncio.run(board.run())
