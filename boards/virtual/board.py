"""A virtual board: `micropython -X heapsize=128k boards/virtual/board.py FLASH_FOLDER`.

Runs the very firmware, with hal/virtual.py as its hardware. See docs/virtual-boards.md.
"""

import gc

# While modules are compiled: their garbage must not lie between what stays.
gc.threshold(4_096)  # type: ignore[attr-defined]

import asyncio  # noqa: E402
import sys  # noqa: E402

sys.path[0] = sys.argv[0].rsplit("/", 3)[0]

from firmware.hal.store import FileStore  # noqa: E402
from firmware.hal.virtual import Virtual  # noqa: E402
from firmware.main import Main, read_settings  # noqa: E402


def main(flash: str) -> None:
    """Run the board whose flash is the folder `flash`."""
    settings = read_settings(FileStore(flash + "/"))
    board = Main(Virtual(settings, flash), settings)
    del settings  # two kilobytes that nobody needs any more
    asyncio.run(board.run())


main(sys.argv[1])
