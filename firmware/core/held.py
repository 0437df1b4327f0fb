"""A key held at power-on: the way into the self-test without a network."""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_HELD_MS = const(5_000)
_LET_GO_MS = const(15_000)
_POLL_MS = const(50)


def is_held_at_start(
    hw: "Any", keys: "dict[str, Any]", sleep_ms: "Callable[[int], object]"
) -> bool:
    """Tell whether somebody holds the first key (that of the lowest pin) for 5 s from power-on
    on and then lets go of it; its lamp says when. `keys` are those of the board's parts.

    A key that is never let go is stuck, and no reason not to serve. Beams are no such keys:
    people stand in doors.
    """
    names = sorted((keys[name]["pin"], name) for name in keys if name not in ("outer", "inner"))
    if not names or hw.power.reset_cause() != "power_on":
        return False
    name = names[0][1]
    for at_ms in range(0, _HELD_MS + _LET_GO_MS, _POLL_MS):
        if not hw.buttons[name].is_down():
            return at_ms >= _HELD_MS
        if at_ms == _HELD_MS and name in hw.lamps:
            hw.lamps[name].show("on")
        sleep_ms(_POLL_MS)
    return False
