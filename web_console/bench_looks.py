"""The virtual boards as they look, from what the hall of virtual boards tells. Pure.

One look a board; each event changes it and names the board whose picture changed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

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

MATRIX_HEX_CHARS = 64  # 8 rows x 32 columns, one bit a pixel
MOST_BOARDS = 200
PERCENT = (0, 100)
BATTERY_MV = (2_000, 5_000)
FLASH = "flash"  # what a lamp does once, keeping what it shows

_name = text(32)


def _names_to_texts(value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > 32:
        raise Misfit(f"{path}: an object of at most 32 texts is needed")
    return {_name(k, path): _name(v, f"{path}.{k}") for k, v in value.items()}


def _pixels(value: Any, path: str) -> str:
    px: str = text(MATRIX_HEX_CHARS)(value, path)
    if px and (len(px) != MATRIX_HEX_CHARS or set(px) - set("0123456789abcdefABCDEF")):
        raise Misfit(f"{path}: {MATRIX_HEX_CHARS} hex digits are needed")
    return px


_SHOWN: Mapping[str, tuple[Shape, Any]] = {
    "matrix": (nullable(_pixels), None),
    "lamps": (_names_to_texts, {}),
    "level_pct": (nullable(number(*PERCENT)), None),
    "battery_mv": (nullable(number(0, 100_000)), None),
    "state": (nullable(text(16)), None),
    "paper": (nullable(flag), None),  # whether there is paper to print on; None without a printer
}
_LOOK = record({}, _SHOWN)
_BOARD = record(
    {"board": _name, "role": text(16)},
    {
        "counter": (nullable(integer(1, 999)), None),
        "kind": (text(32), ""),
        "place": (text(), ""),
        "keys": (list_of(_name, 32), []),
        "queues": (nullable(list_of(text(8), 32)), None),  # of a ticket board's keys, in order
        "look": (nullable(_LOOK), None),
        "asleep": (flag, False),
    },
)
_HALL = list_of(_BOARD, MOST_BOARDS)
_MATRIX = record({"px": _pixels})
_LAMP = record({"lamp": _name, "show": _name})
_STATE = record({"s": text(16)})
_SLIP = record({"text": text(64)})


class BenchRefusal(Exception):
    """An order for a virtual board that cannot be carried out; `why` is a key of the texts."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


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
        for field, name in (("pct", "level_pct"), ("mv", "battery_mv"), ("ok", "paper")):
            if field in order:
                board[name] = order[field]
        return str(board["board"])


def _fresh(got: dict[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    look = got.pop("look") or _LOOK({}, "look")
    # What came out of the printer, and how often lamps flashed: counted, so that a page that
    # got two of them in one still sees that something happened.
    kept: dict[str, Any] = {"slip": None, "flashes": {}}
    if before:
        kept = {name: before[name] for name in kept}
    return {**got, **look, **kept, "died": False}


def _changes(board: Mapping[str, Any], message: Mapping[str, Any]) -> dict[str, Any]:
    see = message.get("see")
    if see == "matrix":
        return {"matrix": _MATRIX(message, "matrix")["px"], "asleep": False}
    if see == "lamp":
        lamp = _LAMP(message, "lamp")
        if lamp["show"] == FLASH:
            times = board["flashes"].get(lamp["lamp"], 0) + 1
            return {"flashes": {**board["flashes"], lamp["lamp"]: times}}
        return {"lamps": {**board["lamps"], lamp["lamp"]: lamp["show"]}}
    if see == "state":
        return {"state": _STATE(message, "state")["s"], "died": False}
    if see == "look":
        return {**_LOOK(dict(message), "look"), "died": False}
    if see == "paper":
        times = board["slip"]["n"] + 1 if board["slip"] else 1
        return {"slip": {"text": _SLIP(message, "paper")["text"], "n": times}}
    if see in ("sleep", "asleep"):
        return {"asleep": True, "died": False}
    if see == "awake":
        return {"asleep": False, "died": False}
    if see == "died":
        return {"died": True, "asleep": False, "lamps": {}}
    return {}


def read_order(looks: Looks, got: Any) -> dict[str, Any]:
    """Give the order for a board that a page asks for, checked; raise BenchRefusal if it is none.

    Orders: `press`, `down`, `up` with one of the board's `key`s; `level` with `pct` 0 to 100;
    `battery` with `mv` 2,000 to 5,000; `paper` with `ok`, whether there is paper.
    """
    if not isinstance(got, dict):
        raise BenchRefusal("bench.refused_order")
    try:
        board = looks.of(_name(got.get("board"), "board"))
    except (KeyError, Misfit):
        raise BenchRefusal("bench.refused_board") from None
    order: dict[str, Any] = {"board": board["board"], "do": got.get("do")}
    try:
        if order["do"] in ("press", "down", "up"):
            if got.get("key") not in board["keys"]:
                raise BenchRefusal("bench.refused_key")
            order["key"] = got["key"]
        elif order["do"] == "level":
            order["pct"] = integer(*PERCENT)(got.get("pct"), "pct")
        elif order["do"] == "battery":
            order["mv"] = integer(*BATTERY_MV)(got.get("mv"), "mv")
        elif order["do"] == "paper":
            order["ok"] = flag(got.get("ok"), "ok")
        else:
            raise BenchRefusal("bench.refused_order")
    except Misfit:
        raise BenchRefusal("bench.refused_order") from None
    return order
