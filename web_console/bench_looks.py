"""The virtual boards as they look, from what the hall of virtual boards tells. Pure.

One `Look` a board; each event changes it and names the board whose picture changed.
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
}
_LOOK = record({}, _SHOWN)
_BOARD = record(
    {"board": _name, "role": text(16)},
    {
        "counter": (nullable(integer(1, 999)), None),
        "kind": (text(32), ""),
        "place": (text(), ""),
        "keys": (list_of(_name, 32), []),
        "look": (nullable(record({}, _SHOWN)), None),
        "asleep": (flag, False),
    },
)
_HALL = list_of(_BOARD, MOST_BOARDS)
_PIXELS = record({"px": _pixels})
_LAMP = record({"lamp": _name, "show": _name})
_STATE = record({"s": text(16)})
_PAPER = record({"text": text(64)})


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
        """Give how a board looks: all that a page needs to draw it."""
        return self._boards[board]

    def hall(self, listing: Any) -> set[str]:
        """Take the list of boards; give the ids of all that were or are there. May raise Misfit."""
        boards = _HALL(listing, "hall")
        before = set(self._boards)
        papers = {name: self._boards[name]["paper"] for name in before}
        self._boards = {got["board"]: self._fresh(got, papers.get(got["board"])) for got in boards}
        return before | set(self._boards)

    def event(self, message: Mapping[str, Any]) -> str | None:
        """Take one event of a board; give its id if its look changed. May raise Misfit."""
        board = self._boards.get(_name(message.get("board"), "board"))
        if board is None:
            return None
        was = dict(board)
        self._apply(board, message)
        return board["board"] if board != was else None

    @staticmethod
    def _fresh(got: dict[str, Any], paper: dict[str, Any] | None) -> dict[str, Any]:
        look = got.pop("look") or _LOOK({}, "look")
        return {**got, **look, "died": False, "paper": paper}

    @staticmethod
    def _apply(board: dict[str, Any], message: Mapping[str, Any]) -> None:
        see = message.get("see")
        if see == "matrix":
            board.update(matrix=_PIXELS(message, "matrix")["px"], asleep=False)
        elif see == "lamp":
            lamp = _LAMP(message, "lamp")
            board["lamps"] = {**board["lamps"], lamp["lamp"]: lamp["show"]}
        elif see == "state":
            board.update(state=_STATE(message, "state")["s"], died=False)
        elif see == "look":
            board.update(_LOOK(dict(message), "look"), died=False)
        elif see == "paper":
            times = board["paper"]["n"] + 1 if board["paper"] else 1
            board["paper"] = {"text": _PAPER(message, "paper")["text"], "n": times}
        elif see in ("sleep", "asleep"):
            board.update(asleep=True, died=False)
        elif see == "awake":
            board.update(asleep=False, died=False)
        elif see == "died":
            board.update(died=True, asleep=False, lamps={})


def read_order(looks: Looks, got: Any) -> dict[str, Any]:
    """Give the order for a board that a page asks for, checked; raise BenchRefusal if it is none.

    Orders: `press`, `down`, `up` with one of the board's `key`s; `level` with `pct` 0 to 100;
    `battery` with `mv` 2,000 to 5,000.
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
        else:
            raise BenchRefusal("bench.refused_order")
    except Misfit:
        raise BenchRefusal("bench.refused_order") from None
    return order
