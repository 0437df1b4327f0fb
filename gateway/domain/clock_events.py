"""What the gateway found out about its machine's clock. See events.py and docs/domain.md."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(slots=True)
class ClockHeld:
    """The machine's clock (`system_ms`) is not believed: time goes on from `at_ms` by itself.

    `state` is behind (earlier than what is known to have been) or ahead (later than can be).
    """

    kind: ClassVar[str] = "clock_held"
    at_ms: int
    by: str
    state: str
    system_ms: int


@dataclass(slots=True)
class ClockTrusted:
    """The hall's time goes on with the machine's clock: after `at_ms` comes `system_ms`."""

    kind: ClassVar[str] = "clock_trusted"
    at_ms: int
    by: str
    system_ms: int
