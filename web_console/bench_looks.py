"""The virtual boards as they look, from what the hall of virtual boards tells. Pure.

One look a board; each event changes it and names the board whose picture changed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from web_console.bench_orders import changed_by
from web_console.qr import MOST_CHARS as MOST_QR_CHARS
from web_console.shapes import (
    Misfit,
    Shape,
    flag,
    integer,
    list_of,
    nullable,
    number,
    record,
    text,
)

MOST_BOARDS = 200
FLASH = "flash"  # what a lamp does once, keeping what it shows
_OLDEST_GLASS = (32, 8)  # a matrix that does not tell its size
_MOST_GLASS = (256, 32)
_MOST_SLIP_LINES = 12
_MOST_SOUND_STEPS = 32

_name = text(32)


def _names_to_texts(value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > 32:
        raise Misfit(f"{path}: an object of at most 32 texts is needed")
    return {_name(k, path): _name(v, f"{path}.{k}") for k, v in value.items()}


def _pixels(value: Any, path: str) -> str:
    px: str = text(_MOST_GLASS[0] * _MOST_GLASS[1] // 4)(value, path)
    if set(px) - set("0123456789abcdefABCDEF"):
        raise Misfit(f"{path}: hex digits are needed")
    return px


_SIZE = {"w": (nullable(integer(8, _MOST_GLASS[0])), None), "h": (nullable(integer(8, 32)), None)}
_SHOWN: Mapping[str, tuple[Shape, Any]] = {
    "matrix": (nullable(_pixels), None),
    **_SIZE,
    "digits": (nullable(text(16)), None),
    "lamps": (_names_to_texts, {}),
    "level_pct": (nullable(number(0, 100)), None),
    "battery_mv": (nullable(number(0, 100_000)), None),
    "temp_c": (nullable(number(-300, 1_000)), None),
    "printer": (nullable(text(16)), None),
    "state": (nullable(text(16)), None),
}
_LOOK = record({}, _SHOWN)
_BOARD = record(
    {"board": _name, "role": text(16)},
    {
        "counter": (nullable(integer(1, 999)), None),
        "kind": (text(32), ""),
        "place": (text(), ""),
        "keys": (list_of(_name, 32), []),
        "parts": (list_of(_name, 32), []),
        "queues": (nullable(list_of(text(8), 32)), None),  # of a ticket board's keys, in order
        "look": (nullable(_LOOK), None),
        "asleep": (flag, False),
    },
)
_HALL = list_of(_BOARD, MOST_BOARDS)
_MATRIX = record({"px": _pixels}, _SIZE)
_DIGITS = record({"text": text(16)})
_LAMP = record({"lamp": _name, "show": _name})
_STATE = record({"s": text(16)})
_SLIP = record(
    {"ticket": text(16)},
    {
        "head": (text(), ""),
        "lines": (list_of(text(), _MOST_SLIP_LINES), []),
        "qr": (text(MOST_QR_CHARS), ""),
        "foot": (text(), ""),
    },
)
_SOUND = record({"ms": list_of(integer(0, 60_000), _MOST_SOUND_STEPS, 1)})


class Looks:
    """Every virtual board as it looks now."""

    def __init__(self) -> None:
        self._boards: dict[str, dict[str, Any]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._boards)

    def __contains__(self, board: object) -> bool:
        return board in self._boards

    def of(self, board: str) -> Mapping[str, Any]:
        """Give how a board looks: all that a page needs to draw it. Raises KeyError."""
        return self._boards[board]

    def hall(self, listing: Any) -> set[str]:
        """Take the list of boards; give the ids of all that were or are there. May raise Misfit."""
        before = self._boards
        boards = [_fresh(got, before.get(got["board"])) for got in _HALL(listing, "hall")]
        self._boards = {board["board"]: board for board in boards}
        return set(before) | set(self._boards)

    def event(self, message: Mapping[str, Any]) -> str | None:
        """Take one event of a board; give its id if its look changed. May raise Misfit."""
        board = self._boards.get(_name(message.get("board"), "board"))
        if board is None:
            return None
        changes = _changes(board, message)
        if all(board[name] == value for name, value in changes.items()):
            return None
        board.update(changes)
        return str(board["board"])

    def ordered(self, order: Mapping[str, Any]) -> str:
        """Take an order that was given: a board does not tell what is done to its sensors."""
        board = self._boards[order["board"]]
        board.update(changed_by(order))
        return str(board["board"])


def _fresh(got: dict[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    look = _on_glass(got.pop("look") or _LOOK({}, "look"), "look")
    # What came out of the printer, what sounded and how often lamps flashed: counted, so that a
    # page that got two of them in one still sees that something happened.
    kept: dict[str, Any] = {"slip": None, "sound": None, "flashes": {}}
    if before:
        kept = {name: before[name] for name in kept}
    return {**got, **look, **kept, "died": False}


def _on_glass(look: dict[str, Any], path: str) -> dict[str, Any]:
    # A board that is just starting shows pixels before it tells how large its glass is: those
    # cannot be drawn yet.
    px, size = look["matrix"], (look["w"], look["h"])
    if None in size:
        size = _OLDEST_GLASS if px and len(px) == _hex_chars(*_OLDEST_GLASS) else (None, None)
        px = px if size == _OLDEST_GLASS else None
    elif px is not None and len(px) != _hex_chars(*size):
        raise Misfit(f"{path}.matrix: {_hex_chars(*size)} hex digits are needed")
    return {**look, "matrix": px, "w": size[0], "h": size[1]}


def _hex_chars(width: int, height: int) -> int:
    return width * height // 4


def _changes(board: Mapping[str, Any], message: Mapping[str, Any]) -> dict[str, Any]:
    see = message.get("see")
    if see == "matrix":
        shown = _MATRIX(message, "matrix")
        size = {name: shown[name] or board[name] for name in ("w", "h")}
        return {**_on_glass({"matrix": shown["px"], **size}, "matrix"), "asleep": False}
    if see == "lamp":
        lamp = _LAMP(message, "lamp")
        if lamp["show"] == FLASH:
            times = board["flashes"].get(lamp["lamp"], 0) + 1
            return {"flashes": {**board["flashes"], lamp["lamp"]: times}}
        return {"lamps": {**board["lamps"], lamp["lamp"]: lamp["show"]}}
    if see == "digits":
        return {"digits": _DIGITS(message, "digits")["text"]}
    if see == "paper":
        return {"slip": _counted(board["slip"], _SLIP(message, "paper"))}
    if see == "sound":
        return {"sound": _counted(board["sound"], _SOUND(message, "sound"))}
    return _life(board, message)


def _counted(before: Mapping[str, Any] | None, what: dict[str, Any]) -> dict[str, Any]:
    return {**what, "n": before["n"] + 1 if before else 1}


def _life(board: Mapping[str, Any], message: Mapping[str, Any]) -> dict[str, Any]:
    see = message.get("see")
    if see == "state":
        return {"state": _STATE(message, "state")["s"], "died": False}
    if see == "look":
        return {**_on_glass(_LOOK(dict(message), "look"), "look"), "died": False}
    if see in ("sleep", "asleep"):
        return {"asleep": True, "died": False}
    if see == "awake":
        return {"asleep": False, "died": False}
    if see == "died":
        dark = dict.fromkeys(board["lamps"], "off")
        return {"died": True, "asleep": False, "lamps": dark, "digits": ""}
    return {}
