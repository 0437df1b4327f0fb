"""Orders that pages give to virtual boards: which there are, and how each changes a look. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from web_console.shapes import Misfit, Shape, integer, nullable, number, one_of, text

PERCENT = (0, 100)
BATTERY_MV = (2_000, 5_000)
SKIN_C = (-40, 125)  # what an MLX90614 can stand
PRINTER_STATES = ("ready", "paper_low", "paper_out", "cover_open", "silent")
_ON_KEYS = ("press", "down", "up")

# What is done to the world around a board: (the part it needs, field, its shape, name in the look).
_TO_WORLD: Mapping[str, tuple[str, str, Shape, str]] = {
    "level": ("level", "pct", nullable(integer(*PERCENT)), "level_pct"),
    "battery": ("battery", "mv", integer(*BATTERY_MV), "battery_mv"),
    "temp": ("thermometer", "c", nullable(number(*SKIN_C)), "temp_c"),
    "printer": ("printer", "state", one_of(PRINTER_STATES), "printer"),
}


class BenchRefusal(Exception):
    """An order for a virtual board that cannot be carried out; `why` is a key of the texts."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def read_order(look_of: Callable[[str], Mapping[str, Any]], got: Any) -> dict[str, Any]:
    """Give the order for a board that a page asks for, checked; raise BenchRefusal if it is none.

    `look_of(board)` gives how a board looks or raises KeyError. Orders: `press`, `down`, `up`
    with one of the board's `key`s; `level` with `pct` 0 to 100 or null (its sensor is off);
    `battery` with `mv` 2,000 to 5,000; `temp` with `c` or null; `printer` with its `state`.
    """
    if not isinstance(got, dict):
        raise BenchRefusal("bench.refused_order")
    try:
        board = look_of(text(32)(got.get("board"), "board"))
    except (KeyError, Misfit):
        raise BenchRefusal("bench.refused_board") from None
    name = got.get("do")
    order: dict[str, Any] = {"board": board["board"], "do": name}
    if name in _ON_KEYS:
        if got.get("key") not in board["keys"]:
            raise BenchRefusal("bench.refused_key")
        return {**order, "key": got["key"]}
    if not isinstance(name, str) or name not in _TO_WORLD:
        raise BenchRefusal("bench.refused_order")
    part, field, shape, _ = _TO_WORLD[name]
    if part not in board["parts"]:
        raise BenchRefusal("bench.refused_part")
    try:
        return {**order, field: shape(got.get(field, ""), field)}
    except Misfit:
        raise BenchRefusal("bench.refused_order") from None


def changed_by(order: Mapping[str, Any]) -> dict[str, Any]:
    """Give what an order changes in the board's look: a board tells nothing of its sensors."""
    if order["do"] not in _TO_WORLD:
        return {}
    _, field, _, name = _TO_WORLD[order["do"]]
    return {name: order[field]}
