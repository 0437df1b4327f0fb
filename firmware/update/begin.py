"""What a start has to do with updates; then it leaves the memory again."""

import gc
import sys

from firmware.version import NUMBER
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

_ROOMY_BYTES = const(48_000)  # memory that is free where there is some to spare


def begin(main: "Any", settings: "dict[str, Any]", about: "dict[str, Any]") -> None:
    """Let `main` (firmware.main.Main) listen to offers, and go on with what was begun before the
    start; `about` gets what is told of the firmware's place."""
    about.update(place(main.store))
    about["n"] = NUMBER
    about["link"] = settings.get("link", 0)
    if hasattr(main.hw.network, "baud"):
        about["wired"] = True
    if main.role.serves:
        from firmware.wire.board_topics import of_board
        from firmware.wire.update_topics import DN_CHUNK, DN_UPDATE

        main.board.handlers[of_board(main.board.id, DN_UPDATE)] = main.offered
        main.board.handlers[of_board(main.board.id, DN_CHUNK)] = main.piece
        if b'"now"' in (main.store.read("boot.json") or b""):
            from firmware.update.hook import Hook

            main.hook = Hook(main)
            main.hook.start(about["link"])
        gc.collect()
        if gc.mem_free() > _ROOMY_BYTES:
            from firmware.update.lines import Lines

            main.lines = Lines()
    forget("begin")


def place(store: "Any") -> "dict[str, Any]":
    """Give where the firmware runs: slot ("" from source), chip, and what bytecode it takes."""
    slot = sys.path[0][len(store.root) :]
    if slot not in ("a", "b") or not sys.path[0].startswith(store.root):
        slot = ""
    chip = "virtual" if sys.platform == "linux" else sys.platform
    return {"slot": slot, "chip": chip, "mpy": getattr(sys.implementation, "_mpy", 6) & 0xFF}


def forget(*names: str) -> None:
    """Take files of this folder, and what else only they need, out of memory."""
    for name in names:
        _drop("firmware.update", name)
    for name in ("offer", "update_topics"):
        _drop("firmware.wire", name)
    _drop("firmware", "version")
    _drop("firmware", "update")  # the folder itself; it comes again with the next of its files


def _drop(package: str, name: str) -> None:
    sys.modules.pop(package + "." + name, None)
    folder: "Any" = sys.modules.get(package)
    if hasattr(folder, name):
        delattr(folder, name)
