"""A virtual board: `micropython -X heapsize=180k boards/virtual/board.py FLASH_FOLDER`.

Runs the very firmware, with hal/virtual.py as its hardware: the slot that its flash folder has, as
a real board does, else what lies in this project. See docs/virtual-boards.md.
"""

import gc

# While modules are compiled: their garbage must not lie between what stays.
gc.threshold(4_096)  # type: ignore[attr-defined]

import os  # noqa: E402
import sys  # noqa: E402

PROJECT = sys.argv[0].rsplit("/", 3)[0]


def main(flash: str) -> None:
    """Run the board whose flash is the folder `flash`."""
    if "boot.json" in os.listdir(flash):
        sys.path[0] = PROJECT + "/firmware/update"
        import loader  # type: ignore[import-not-found]

        loader.run(flash + "/", PROJECT)
        return
    # It has never had an update: what would choose a slot takes no memory.
    sys.path[0] = PROJECT
    from firmware.main import boot

    boot(flash)


main(sys.argv[1])
