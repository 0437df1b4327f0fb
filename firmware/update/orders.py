"""Orders that every board knows and seldom gets: restart, look, log."""

import asyncio
import json
from binascii import hexlify

from firmware.update.lines import Lines
from firmware.wire.board_topics import of_board
from firmware.wire.codec import MAX_UP_BYTES, encode
from firmware.wire.const import const
from firmware.wire.update_topics import UP_LOG

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

LOG_S = 600
_MOST_CHARS = const(430)  # of a look: the answer that holds it has to fit 512 bytes


def obey(main: "Any", name: str, arg: "dict[str, Any]", now_ms: int) -> "tuple[str, str]":
    """Do an order to `main` (firmware.main.Main); give (code, detail)."""
    from firmware.update.begin import forget

    forget("begin", "orders")
    if name == "restart":
        main.restart()
        return "", ""
    if name == "look":
        return _look(main)
    if name == "log":
        return _log(main, arg.get("on"))
    return "unknown_command", name


def _look(main: "Any") -> "tuple[str, str]":
    # What its matrix, its figure and its lamps show now; lamps that are off are left out.
    look: "dict[str, Any]" = {}
    matrix = main.hw.matrix
    display = getattr(main.role, "display", None)
    if matrix and display:
        look["px"] = hexlify(display.sign.lit).decode()
        look["w"] = matrix.width
        look["h"] = matrix.height
    if main.hw.digits:
        look["digits"] = main.hw.digits.text
    lamps = main.hw.lamps
    lit = {name: lamps[name].shows for name in lamps if lamps[name].shows != "off"}
    if lit:
        look["lamps"] = lit
    detail = json.dumps(look)
    if len(detail) + detail.count('"') > _MOST_CHARS and lit:
        del look["lamps"]
        detail = json.dumps(look)
    return "", detail


def _log(main: "Any", on: object) -> "tuple[str, str]":
    if type(on) is not bool:
        return "bad_payload", "arg: on, true or false, is needed"
    if not main.lines:
        main.lines = Lines()
    lines = main.lines
    topic = of_board(main.board.id, UP_LOG)
    now_ms = main.hw.clock.now_ms

    def tell(line: str) -> None:
        said = {"boot": main.board.up.boot, "t_ms": now_ms(), "text": line}
        main.send(topic, encode(said, MAX_UP_BYTES), 0, False)

    if not on:
        lines.tap = None
        return "", ""
    if not lines.tap:  # who asks again, to go on, has had them
        for line in lines.kept:
            tell(line)
    lines.tap = tell
    # Kept, or it could be collected before its time.
    lines.task = asyncio.create_task(_end_log(lines, tell))
    return "", ""


async def _end_log(lines: Lines, tap: "Any") -> None:
    await asyncio.sleep(LOG_S)
    if lines.tap is tap:
        lines.tap = None
