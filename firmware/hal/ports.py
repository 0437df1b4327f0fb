"""The ports: what the firmware asks of hardware. Each backend has a class for each it can serve.

Documentation and types only: no board loads this file. A backend (virtual.py, rp2.py) is a
`Hardware`, made from the `parts` of the board's settings (boards/<kind>/board.toml): `buttons`
(key -> Button) and `lamps` (name -> Lamp) may be empty; `matrix`, `digits`, `printer`, `level`,
`thermometer`, `battery` and `buzzer` are None where the board has none. `on_off()` is set by
main.py and called when the board is switched off on purpose.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Protocol

    OnEdge = Callable[[str, bool], bool]
    OnTime = Callable[[int], None]
    OnState = Callable[[str, int], None]
    Printed = Callable[[str, bool, int], None]
else:
    Protocol = object


class Clock(Protocol):
    """Time since the start."""

    def now_ms(self) -> int:
        """Give the milliseconds since the start, never wrapping."""
        raise NotImplementedError


class Store(Protocol):
    """Small pieces of bytes that survive restarts; see store.py. `failures` counts writes."""

    failures: "int"

    def read(self, name: str, at: int = 0, size: int = -1) -> "bytes | None":
        """Give what is under `name`, or `size` bytes of it from offset `at`; None: nothing is."""
        raise NotImplementedError

    def put(self, name: str, at: int, data: bytes) -> bool:
        """Write `data` into what is under `name` from offset `at`, not beyond its end; 0 begins
        anew. False if the flash did not take all of it; a power cut may leave a part."""
        raise NotImplementedError

    def write(self, name: str, data: "bytes | memoryview") -> bool:
        """Keep `data` under `name`, whole or not at all; False if the flash did not take it."""
        raise NotImplementedError


class Power(Protocol):
    """Sleep, restart and what led here. `sleeps`: the board lives on a battery."""

    sleeps: "bool"

    def sleep(self, for_s: int) -> None:
        """Sleep deeply for `for_s` or until a sensor wakes the board; does not return: the
        board starts anew, all memory lost."""
        raise NotImplementedError

    def reset(self) -> None:
        """Start anew at once; does not return."""
        raise NotImplementedError

    def off(self) -> None:
        """Be off until the power comes back; does not return."""
        raise NotImplementedError

    def reset_cause(self) -> str:
        """Give why the board started: power_on, hard, watchdog, sleep, soft, brown_out."""
        raise NotImplementedError

    def woken_by_key(self) -> bool:
        """Tell whether this start ended a deep sleep because a key's contact closed. That closing
        is told here only, not as an edge; a key that is held while the board falls asleep does
        not wake it before it has been let go."""
        raise NotImplementedError

    def time_s(self) -> int:
        """Give the seconds of a clock that goes on in deep sleep, from wherever it began."""
        raise NotImplementedError

    def recall(self) -> bytes:
        """Give what `remember` kept before a deep sleep; empty after a power cut."""
        raise NotImplementedError

    def remember(self, data: bytes) -> None:
        """Keep at most 64 bytes over a deep sleep, without wear: flash would not last."""
        raise NotImplementedError


class Status(Protocol):
    """The board's own little light."""

    def show(self, s: str) -> None:
        """Show a state of the board's life: init, ready, sleeping, gone or lost."""
        raise NotImplementedError


class Network(Protocol):
    """The way to the broker, without MQTT."""

    async def up(self) -> None:
        """Return once there is a network; tries for ever, with pauses that grow."""
        raise NotImplementedError

    async def open(self) -> "tuple[Any, Any]":
        """Give a (reader, writer) pair to the broker; raises OSError or ValueError."""
        raise NotImplementedError

    def rssi_dbm(self) -> "int | None":
        """Give the signal's strength, None without radio."""
        raise NotImplementedError


class Button(Protocol):
    """A contact. `on_edge(key, down)` is set by main.py and called, outside of interrupts, at
    every edge, bounces included; it tells whether the edge was taken for a press."""

    on_edge: "OnEdge | None"

    def is_down(self) -> bool:
        """Tell whether the contact is closed now."""
        raise NotImplementedError


class Lamp(Protocol):
    """A lamp in a key or on the board."""

    def show(self, show: str) -> None:
        """Show off, on or blink (or, for the status lamp, green, red or amber) from now on;
        flash: once, then as before. How it blinks is the backend's business."""
        raise NotImplementedError


class Matrix(Protocol):
    """An LED matrix of `height` rows (8, a panel 16) and `width` columns, a multiple of 8."""

    width: "int"
    height: "int"

    def show(self, frame: bytearray) -> None:
        """Put a frame on the glass: row by row from the top, the highest bit of a byte left."""
        raise NotImplementedError

    def brightness(self, level: int) -> None:
        """Set the brightness, 0 (dimmest) to 15."""
        raise NotImplementedError


class Digits(Protocol):
    """`length` seven-segment digits."""

    length: "int"

    def show(self, text: str) -> None:
        """Show 0-9, A-Z as far as seven segments can, "-" and " "; a "." lights the point of
        the digit before it; what is longer is cut, what is shorter stands at the right."""
        raise NotImplementedError

    def brightness(self, level: int) -> None:
        """Set the brightness, 0 (dimmest) to 7."""
        raise NotImplementedError


class Printer(Protocol):
    """A ticket printer. `state` is ready, paper_low (it still prints), paper_out, cover_open or
    silent (unplugged, or without power); `on_state(state, now_ms)` is set by the role and called
    at each change."""

    state: "str"
    on_state: "OnState | None"

    def print(self, slip: "dict[str, Any]", done: "Printed") -> None:
        """Print a slip, then call `done(ticket, ok, now_ms)`; ok: all of it is on paper.

        A slip has `ticket` (printed large), `head`, `lines` (a list), `qr` (what the QR says)
        and `foot`: texts; empty ones are left out. One slip at a time.
        """
        raise NotImplementedError


class Level(Protocol):
    """What tells how full a dispenser is. `sensor` is its name on the wire, `part` its driver's
    (hx711); `empty` and `full` are the readings that board.toml has for both ends. `on_change(
    now_ms)` is set by the role and called when a sensor that can notice a change noticed one."""

    sensor: "str"
    part: "str"
    empty: "float"
    full: "float"
    on_change: "OnTime | None"

    def read_raw(self) -> "float | None":
        """Give a reading in the sensor's own unit (mm, steps of the converter), or None if it
        does not answer or answers nonsense."""
        raise NotImplementedError


class Thermometer(Protocol):
    """A contact-free thermometer; `part` is its driver's name (mlx90614)."""

    part: "str"

    def read_c(self) -> "float | None":
        """Give the temperature of what it looks at, in degrees Celsius, or None if it does not
        answer or answers nonsense."""
        raise NotImplementedError


class Battery(Protocol):
    """The cells of a board without a supply; below `low_mv` they want to be changed."""

    low_mv: "int"

    def read_mv(self) -> "int | None":
        """Give the voltage in millivolts, or None if it cannot be measured."""
        raise NotImplementedError


class Buzzer(Protocol):
    """A small sound at the counter."""

    def play(self, steps: "tuple[int, ...]") -> None:
        """Sound, rest, sound, ... for so many milliseconds each, without waiting for the end."""
        raise NotImplementedError


class Hardware(Protocol):
    """A backend: all the ports of one board."""

    on_off: "Callable[[], None] | None"

    @property
    def clock(self) -> "Clock":
        """The time."""
        raise NotImplementedError

    @property
    def store(self) -> "Store":
        """The flash."""
        raise NotImplementedError

    @property
    def power(self) -> "Power":
        """Sleep and restart."""
        raise NotImplementedError

    @property
    def status(self) -> "Status":
        """The board's own light."""
        raise NotImplementedError

    @property
    def network(self) -> "Network":
        """The way to the broker."""
        raise NotImplementedError

    @property
    def buttons(self) -> "Mapping[str, Button]":
        """The keys by name."""
        raise NotImplementedError

    @property
    def lamps(self) -> "Mapping[str, Lamp]":
        """The lamps by name."""
        raise NotImplementedError

    @property
    def matrix(self) -> "Matrix | None":
        """The LED matrix."""
        raise NotImplementedError

    @property
    def digits(self) -> "Digits | None":
        """The seven-segment digits."""
        raise NotImplementedError

    @property
    def thermometer(self) -> "Thermometer | None":
        """The thermometer."""
        raise NotImplementedError

    @property
    def printer(self) -> "Printer | None":
        """The ticket printer."""
        raise NotImplementedError

    @property
    def level(self) -> "Level | None":
        """The level sensor."""
        raise NotImplementedError

    @property
    def battery(self) -> "Battery | None":
        """The cells."""
        raise NotImplementedError

    @property
    def buzzer(self) -> "Buzzer | None":
        """The buzzer."""
        raise NotImplementedError

    async def run(self) -> None:
        """Serve the hardware for ever."""
        raise NotImplementedError
