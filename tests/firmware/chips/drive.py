# mypy: ignore-errors
# (runs inside MicroPython only)
"""Runs the firmware on the backend of a real chip inside MicroPython, on a stand-in of the chip.

`CHIP=rp2 micropython drive.py FLASH_FOLDER ROUND [MISSING,...]`: reads the settings there, plugs
in what hangs on the board but the parts that are missing, does a round of rounds.py, and prints
what it gives as a line of JSON.
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

from firmware.hal import real, wifi  # noqa: E402
from firmware.hal.store import FileStore  # noqa: E402
from firmware.main import read_settings  # noqa: E402
from tests.firmware.chips import rounds  # noqa: E402
from tests.firmware.chips.devices import Devices  # noqa: E402

real.FLASH = sys.argv[1] + "/"
wifi.SCATTER_MS = 10  # nobody else starts here


async def main():
    settings = read_settings(FileStore(real.FLASH))
    missing = sys.argv[3].split(",") if len(sys.argv) > 3 else ()
    devices = Devices(settings["parts"], missing)
    if machine.RP2:
        from firmware.hal.rp2 import Rp2 as Backend
    else:
        from firmware.hal.esp32 import Esp32 as Backend
    told = await getattr(rounds, sys.argv[2])(Backend, settings, devices)
    print(json.dumps(told))
    sys.exit(0)


asyncio.run(main())
