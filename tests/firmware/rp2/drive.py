# mypy: ignore-errors
# (runs inside MicroPython only)
"""Runs the firmware on its rp2 backend inside MicroPython, with a stand-in for the chip.

`micropython drive.py FLASH_FOLDER`: reads the settings there, presses `next` once the board is
ready, and prints what came out of the pins, as one line of JSON, when a number is on the matrix.
"""

import gc

gc.threshold(4_096)

import asyncio  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402

HERE = sys.argv[0].rsplit("/", 1)[0]
sys.path[0] = sys.argv[0].rsplit("/", 4)[0]
sys.path.insert(0, HERE + "/chip")

import machine  # noqa: E402
import network  # noqa: E402

from firmware.hal import rp2  # noqa: E402
from firmware.hal.store import FileStore  # noqa: E402
from firmware.main import Main, read_settings  # noqa: E402

rp2.FLASH = sys.argv[1] + "/"


def glass():
    """Give the frame that the matrix holds: the last word of each of its rows."""
    rows = {}
    for word in machine.spi_words:
        if 1 <= word[0] <= 8:
            rows[word[0]] = bytes([word[i] for i in range(1, len(word), 2)])
    return b"".join([rows[row] for row in range(1, 9)])


async def until(condition):
    for _ in range(2_000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("waited in vain")


async def press_next():
    led = machine.pins["LED"]
    await until(lambda: led.level)
    before = glass()
    key = machine.pins[2]
    key.drive(0)
    await until(lambda: glass() != before and any(glass()[:28]))
    key.drive(1)
    await until(lambda: not machine.pins[10].level)  # its lamp is settled
    print(
        json.dumps(
            {
                "glass": glass().hex(),
                "asked": network.asked,
                "watchdog": machine.fed[:2],
                "strip": machine.strips[-1].hex(),
                "free_bytes": gc.mem_free(),
            }
        )
    )
    sys.exit(0)


async def main():
    settings = read_settings(FileStore(rp2.FLASH))
    hw = rp2.Rp2(settings)
    running = asyncio.create_task(Main(hw, settings).run())
    await press_next()
    await running


asyncio.run(main())
