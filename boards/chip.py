"""What a chip on its module is: pins, what each can do, what it draws and gives."""

from dataclasses import dataclass, field

Buses = dict[str, dict[int, dict[str, frozenset[int]]]]

# Rails that a module's pad may be; `5V` is where it gives out or takes in 5 V.
V5, V3, GND = "5V", "3V3", "GND"


@dataclass(frozen=True, slots=True)
class Pad:
    """One pad of a module: its printed number and name; `gpio` or `rail` says what it is."""

    number: str
    name: str
    gpio: int | None = None
    rail: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A chip on its module; pins are the chip's own GPIO numbers, currents in mA at 3.3 V logic.

    `left` and `right` are the module's pads from the top, seen from above with its USB socket at
    the top. `keys` are pins that can hold a key open by themselves, `buses` gives for each bus and
    unit the pins of each function, `reserved` why a pin of the module is not for parts, `careful`
    what to mind at pins that the chip reads at its reset: they serve as outputs only.
    """

    name: str
    title: str
    left: tuple[Pad, ...]
    right: tuple[Pad, ...]
    keys: frozenset[int]
    outputs: frozenset[int]
    adc: frozenset[int]
    wake: frozenset[int]
    buses: Buses
    wifi: bool
    awake_ma: int  # on average while it serves, with its radio if it has one
    peak_ma: int  # while the radio sends; a battery must stand it
    asleep_ma: float  # in deep sleep, as the module is sold
    rail_3v3_ma: int  # what its own regulator can give to parts
    rail_5v_ma: int  # what may flow through its USB socket to parts
    pin_ma: float  # from one pin
    pins_ma: float  # from all pins together
    adc_mv: int  # the most that an ADC pin measures
    price: str  # item of boards/prices.py
    feed: str = ""  # the pad that takes 5 V of an adapter
    give: str = ""  # the pad that gives the 5 V of the USB socket
    lean_ma: float | None = None  # asleep, fed at 3V3, power lamp and regulator taken off
    reserved: dict[int, str] = field(default_factory=dict)
    careful: dict[int, str] = field(default_factory=dict)

    def pins_for(self, function: str, unit: int | None = None) -> frozenset[int]:
        """Give the pins that can do `function`: key, out, adc, wake, or `sck` of a bus's unit."""
        plain = {"key": self.keys, "out": self.outputs, "adc": self.adc, "wake": self.wake}
        if function in plain:
            return plain[function]
        bus, _, line = function.partition(".")
        units = self.buses.get(bus, {})
        return units[unit].get(line, frozenset()) if unit in units else frozenset()

    def units(self, bus: str) -> tuple[int, ...]:
        """Give the units of a bus, such as 0 and 1 of `spi`."""
        return tuple(sorted(self.buses.get(bus, {})))

    def pad_of(self, gpio: int) -> Pad:
        """Give the pad of a pin; raise KeyError if the module does not lead it out."""
        for pad in (*self.left, *self.right):
            if pad.gpio == gpio:
                return pad
        raise KeyError(gpio)
