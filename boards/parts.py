"""The parts that boards are made of, by section of `parts` and driver."""

from boards.checker import Checker, Table
from boards.chip import GND, Chip
from boards.fields import Flag, Pin, Unit, Whole
from boards.part import Part, Terminal, driver
from boards.parts_in import BATTERIES, KEYS, LEVELS, THERMOMETERS
from boards.parts_out import BUZZERS, DIGITS, LAMPS, MATRICES, PRINTERS


def _judge_wifi(check: Checker, chip: Chip, path: str, link: Table) -> None:
    if not chip.wifi:
        check.fault(path + ".driver", _no_wifi(chip))


def _no_wifi(chip: Chip) -> str:
    return f'a {chip.name} has no Wi-Fi: say driver = "usb" or "uart" in parts.link'


def judge_no_link(check: Checker, chip: Chip) -> None:
    """Note a chip without Wi-Fi in a board that names no other link."""
    if not chip.wifi:
        check.fault("parts.link", _no_wifi(chip))


_LINK = driver("wifi", "usb", "uart")
_NO_TERMINALS: tuple[Terminal, ...] = ()
LINKS = {
    "wifi": Part(
        "Wi-Fi", {"driver": _LINK}, lambda link: _NO_TERMINALS, lambda link: {},
        judge=_judge_wifi,
    ),
    "usb": Part(
        "USB cable to the gateway", {"driver": _LINK}, lambda link: _NO_TERMINALS,
        lambda link: {"usb_cable": 1},
    ),
    "uart": Part(
        "serial line to the gateway",
        {
            "driver": _LINK, "uart": Unit("uart", ("tx", "rx")), "tx": Pin("uart.tx"),
            "rx": Pin("uart.rx"), "baud": Whole(9_600, 921_600, default=115_200),
        },
        lambda link: (
            Terminal("RXD", link["tx"]), Terminal("TXD", link["rx"]), Terminal("GND", GND),
        ),
        lambda link: {"usb_serial": 1},
    ),
}  # fmt: skip
POWER = Part("power", {"sleeps": Flag()}, lambda power: _NO_TERMINALS, lambda power: {})

# Section of `parts` -> driver -> part; in `keys` and `lamps` each name is a part of its own.
PARTS: dict[str, dict[str, Part]] = {
    "power": {"": POWER},
    "link": LINKS,
    "keys": KEYS,
    "lamps": LAMPS,
    "matrix": MATRICES,
    "digits": DIGITS,
    "printer": PRINTERS,
    "level": LEVELS,
    "thermometer": THERMOMETERS,
    "battery": BATTERIES,
    "buzzer": BUZZERS,
}
MANY = ("keys", "lamps")
# Section -> (the field that chooses among its parts, what it means when it is left out).
CHOICE = {"keys": ("part", "arcade"), "power": ("", "")}


def chooser(section: str) -> tuple[str, str]:
    """Give the field that names the part in a section, and its default."""
    return CHOICE.get(section, ("driver", "wifi" if section == "link" else ""))
