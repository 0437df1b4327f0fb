"""What each role needs of a board: its parts, and the names that its keys and lamps can have."""

from dataclasses import dataclass

from firmware.roles.counter import KEYS as COUNTER_KEYS

MOST_QUEUE_KEYS = 8


@dataclass(frozen=True, slots=True)
class Role:
    """`parts` must be there, `keys` and `lamps` may: the firmware knows no other names.

    One of the sets of keys in `one_of` must be there whole. `uses`: further parts that the firmware
    does something with; `only`: it can serve no other parts at all.
    """

    parts: tuple[str, ...]
    keys: tuple[str, ...] = ()
    lamps: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    uses: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


_LIGHTS = ("light", "light_red", "light_green")
_SIGNALS = ("lamps", "matrix", "digits", "buzzer")
ANYWHERE = ("power", "link")
ROLES = {
    "counter": Role(("keys", "matrix"), COUNTER_KEYS, ("status",), uses=("lamps",)),
    "ticket": Role(
        ("keys", "matrix"),
        (*(f"queue{n}" for n in range(1, MOST_QUEUE_KEYS + 1)), "priority"),
        one_of=(("queue1",),),
        uses=("printer",),
    ),
    "dispenser": Role(("level",), ("dose",), uses=("keys", "battery")),
    "rating": Role(
        ("keys",),
        ("score1", "score2", "score3", "score4"),
        one_of=(("score1", "score2", "score3", "score4"),),
        uses=_SIGNALS,
    ),
    "hall": Role(
        ("keys",),
        ("outer", "inner", "in", "out"),
        _LIGHTS,
        one_of=(("outer", "inner"), ("in", "out")),
        uses=_SIGNALS,
    ),
    "gate": Role(
        ("keys", "thermometer"),
        ("mask", "no_mask"),
        _LIGHTS,
        one_of=(("mask", "no_mask"),),
        uses=_SIGNALS,
    ),
    "panel": Role(("matrix",)),
    # The gateway's own pins: no board, but described, wired and bought like one.
    "gateway": Role((), ("all_stop",), ("chime", "status"), only=("keys", "lamps", "matrix")),
}
