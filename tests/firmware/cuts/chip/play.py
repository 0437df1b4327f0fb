# mypy: ignore-errors
# ruff: noqa: UP031, SIM105, SIM115
# (runs inside MicroPython only)
"""A whole board on a flash whose every write is noted; see tests/firmware/cuts/cuts.py.

`micropython play.py IMAGE WORLD [LOG]`: /main.py of the LittleFS in the file IMAGE runs the
firmware of its slot, again after each restart, until nothing is left to do. The time is made: what
waits, waits for nothing. Broker, gateway and workshop are in here, at the other end of the board's
stream: they do the steps of WORLD, each when the one before is over. Prints a line of JSON for what
is seen of it. Each write and erasure goes to LOG, too, and what is seen in between.
"""

import json
import os
import sys

import vfs
from flashes import PROGRAM_BYTES, FileFlash, Log
from made_time import Select, made
from stream import Tcp
from world import OVER, World

SLEPT, RESET = 10, 11
SLEEP_MS = 300_000
MOST_BOOTS = 24


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
        sys.modules["firmware.net.tcp"] = Tcp(world)
        exec(compile(source, "main.py", "exec"), lines)
    except SystemExit as why:
        return why.args[0] if why.args else 0
    finally:
        sys.path[0] = before
    return "no firmware, or none that stays"


play(*sys.argv[1:])
