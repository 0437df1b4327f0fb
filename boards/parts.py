"""The parts that boards are made of, by section of `parts` and driver; figures from data sheets."""

from collections.abc import Callable

from boards.checker import Checker, Table
from boards.chip import GND, V3, V5, Chip
from boards.fields import Field, Flag, Name, Number, OneOf, Pin, Unit, Whole, Word
from boards.part import DIVIDER, GATE, MOST_MA, RS232, SENSE, Part, Terminal, lamp_ohms

_Terminals = Callable[[Table], tuple[Terminal, ...]]
_Items = Callable[[Table], dict[str, int]]
_Judge = Callable[[Checker, Chip, str, Table], None]

_MA = Number(0, MOST_MA, optional=True, sent=False)
_LAMP_MA = 6  # an LED in a key is bright enough with it, and ten of them do not tire a chip
_FULL_CELL_MV = 4_200
_RAW = 1 << 23  # an HX711 gives 24 bits with a sign


def _driver(*names: str) -> Word:
    return Word(names)


# -- keys ---------------------------------------------------------------------------------------


def lamp_ma(key: Table) -> float:
    """Give what the lamp of a key takes from its pin."""
    own = key.get("lamp_ma", _LAMP_MA)
    return float(own) if "lamp_pin" in key and isinstance(own, int | float) else 0


_KEY_FIELDS: dict[str, Field] = {
    "pin": Pin("key"),
    "lamp_pin": Pin("out", optional=True),
    "active": Word(("low", "high"), default="low"),
    "part": Word(("arcade", "lever", "infrared", "beam", "touch"), sent=False, default="arcade"),
    "ma": _MA,
    "lamp_ma": Number(1, 12, sent=False, default=_LAMP_MA),
}


def _contact(key: Table) -> tuple[Terminal, ...]:
    terminals = [Terminal("NO", key["pin"]), Terminal("COM", GND)]
    if "lamp_pin" in key:
        terminals += [
            Terminal("LED+", key["lamp_pin"], via=lamp_ohms(lamp_ma(key))),
            Terminal("LED-", GND),
        ]
    return tuple(terminals)


def _sensor(rail: str, out: str, power: str, ground: str) -> _Terminals:
    def terminals(key: Table) -> tuple[Terminal, ...]:
        lamp = _contact(key)[2:]
        return (Terminal(out, key["pin"]), Terminal(power, rail), Terminal(ground, GND), *lamp)

    return terminals


def _key_items(name: str) -> _Items:
    def items(key: Table) -> dict[str, int]:
        lamp = {"lamp": 1, "resistor": 1} if "lamp_pin" in key and name != "arcade" else {}
        own = {"resistor": 1} if "lamp_pin" in key and name == "arcade" else {}
        return {name: 1, **lamp, **own}

    return items


def _active(needed: str, why: str) -> _Judge:
    def judge(check: Checker, chip: Chip, path: str, key: Table) -> None:
        said = key.get("active", "low")
        if said in ("low", "high") and said != needed:
            check.fault(path + ".active", f'{why}: active = "{needed}" is needed')

    return judge


_CLOSES = "a contact closes to ground"
_COLLECTOR = "its open collector pulls to ground"
KEYS = {
    "arcade": Part(
        "arcade key", _KEY_FIELDS, _contact, _key_items("arcade"),
        judge=_active("low", _CLOSES),
    ),
    "lever": Part(
        "lever switch", _KEY_FIELDS, _contact, _key_items("lever"),
        judge=_active("low", _CLOSES),
    ),
    # E18-D80NK data sheet: 5 V, at most 25 mA, NPN open collector, black wire.
    "infrared": Part(
        "infrared sensor E18-D80NK", _KEY_FIELDS,
        _sensor(V5, "black OUT", "brown 5V", "blue GND"), _key_items("infrared"),
        rail=V5, ma=lambda key: 25, judge=_active("low", _COLLECTOR),
    ),
    # Pairs of sender and receiver, NPN, 5 V: together 30 mA.
    "beam": Part(
        "light barrier", _KEY_FIELDS,
        _sensor(V5, "OUT", "5V (both)", "GND (both)"), _key_items("beam"),
        rail=V5, ma=lambda key: 30, judge=_active("low", _COLLECTOR),
    ),
    # TTP223 data sheet: 2.0 to 5.5 V, some microamperes, gives high while touched.
    "touch": Part(
        "touch key TTP223", _KEY_FIELDS,
        _sensor(V3, "I/O", "VCC", "GND"), _key_items("touch"),
        ma=lambda key: 1, asleep_ma=0.007,
        judge=_active("high", "a TTP223 gives high when touched"),
    ),
}  # fmt: skip


# -- lamps --------------------------------------------------------------------------------------


def _shifted(volts_high: str) -> _Judge:
    def judge(check: Checker, chip: Chip, path: str, part: Table) -> None:
        if part.get("level_shifter") is False or "level_shifter" not in part:
            check.fault(
                path + ".level_shifter",
                f"at 5 V this part wants {volts_high} for a high and the chip gives 3.3 V:"
                " level_shifter = true is needed (a 74HCT125 in between)",
            )

    return judge


_SHIFTER = Flag(optional=True, sent=False)
LAMPS = {
    # WS2812B data sheet: 3.5 to 5.3 V, high from 0.7 VDD; 20 mA: all three colours at the third
    # of their 20 mA that the firmware uses.
    "ws2812": Part(
        "WS2812 LED",
        {
            "driver": _driver("ws2812"), "pin": Pin("out"), "leds": Whole(1, 64),
            "level_shifter": _SHIFTER, "ma": _MA,
        },
        lambda lamp: (
            Terminal("DIN", lamp["pin"], via=GATE), Terminal("5V", V5), Terminal("GND", GND),
        ),
        lambda lamp: {"ws2812": lamp["leds"], "capacitor_1000": 1},
        rail=V5, ma=lambda lamp: 20 * lamp["leds"], judge=_shifted("3.5 V (0.7 x VDD)"),
    ),
    "led": Part(
        "LED",
        {
            "driver": _driver("led"), "pin": Pin("out"),
            "ma": Number(1, 12, sent=False, default=_LAMP_MA),
        },
        lambda lamp: (
            Terminal("LED+", lamp["pin"], via=lamp_ohms(lamp.get("ma", _LAMP_MA))),
            Terminal("LED-", GND),
        ),
        lambda lamp: {"lamp": 1, "resistor": 1},
        rail="", pin_ma=lambda lamp: float(lamp.get("ma", _LAMP_MA)),
    ),
    # SRD-05VDC: coil 71 mA at 5 V. Modules pull on a low input; with VCC from 3.3 V and the jumper
    # JD-VCC taken off, a 3.3 V high is off for certain.
    "relay": Part(
        "relay module, active low",
        {"driver": _driver("relay"), "pin": Pin("out"), "ma": _MA},
        lambda lamp: (
            Terminal("IN", lamp["pin"]), Terminal("VCC", V3), Terminal("JD-VCC", V5),
            Terminal("GND", GND), Terminal("COM, NO", "own circuit"),
        ),
        lambda lamp: {"relay": 1},
        rail=V5, ma=lambda lamp: 75,
    ),
}  # fmt: skip


# -- what shows ---------------------------------------------------------------------------------

_PANEL_TERMINALS = (
    ("1 OE", "oe"), ("2 A", "a"), ("4 B", "b"),
    ("8 CLK", "sck"), ("10 LAT", "latch"), ("12 R", "mosi"),
)  # fmt: skip
MATRICES = {
    # MAX7219 data sheet: 4.0 to 5.5 V, high from 3.5 V; 320 mA a module of 64 LEDs all lit. A text
    # lights at most 40 % of them, which is 125 mA at the full brightness.
    "max7219": Part(
        "MAX7219 module",
        {
            "driver": _driver("max7219", "hub12"), "width": Whole(8, 256, 8),
            "spi": Unit("spi", ("sck", "mosi")), "sck": Pin("spi.sck"), "mosi": Pin("spi.mosi"),
            "cs": Pin("out"), "level_shifter": _SHIFTER, "ma": _MA,
        },
        lambda matrix: (
            Terminal("VCC", V5), Terminal("GND", GND), Terminal("DIN", matrix["mosi"], via=GATE),
            Terminal("CS", matrix["cs"], via=GATE), Terminal("CLK", matrix["sck"], via=GATE),
        ),
        lambda matrix: {"max7219": -(-matrix["width"] // 32)},
        rail=V5, ma=lambda matrix: 125 * matrix["width"] // 8, judge=_shifted("3.5 V"),
    ),
    # P10, one colour: 20 W a panel with all lit; a text lights 40 %. 74HC245 at its inputs.
    "hub12": Part(
        "P10 panel (HUB12)",
        {
            "driver": _driver("max7219", "hub12"), "panels": Whole(1, 4),
            "spi": Unit("spi", ("sck", "mosi")), "sck": Pin("spi.sck"), "mosi": Pin("spi.mosi"),
            "latch": Pin("out"), "oe": Pin("out"), "a": Pin("out"), "b": Pin("out"),
            "level_shifter": _SHIFTER, "ma": _MA,
        },
        lambda matrix: (
            *(Terminal(name, matrix[field], via=GATE) for name, field in _PANEL_TERMINALS),
            Terminal("3 5 7.. GND", GND), Terminal("screw +5V", V5), Terminal("screw GND", GND),
        ),
        lambda matrix: {"p10": matrix["panels"]},
        rail=V5, ma=lambda matrix: 1_600 * matrix["panels"], judge=_shifted("3.5 V"),
    ),
}  # fmt: skip
DIGITS = {
    # TM1637 data sheet: 3.3 to 5 V. Its modules pull both lines up to their own supply, so 5 V
    # would reach the chip's pins.
    "tm1637": Part(
        "TM1637 digits",
        {
            "driver": _driver("tm1637"), "digits": OneOf((4, 6)),
            "clock": Pin("out"), "data": Pin("key"),
            "volts": OneOf((3, 5), optional=True, sent=False), "ma": _MA,
        },
        lambda digits: (
            Terminal("CLK", digits["clock"]), Terminal("DIO", digits["data"]),
            Terminal("VCC", V3), Terminal("GND", GND),
        ),
        lambda digits: {f"tm1637_{digits['digits']}": 1},
        ma=lambda digits: 10 * digits["digits"],
        judge=lambda check, chip, path, part: (
            check.fault(
                path + ".volts",
                "at 5 V its pull-ups lift the chip's pins above 3.3 V: leave volts out (3.3 V)",
            )
            if part.get("volts") == 5
            else None
        ),
    ),
}  # fmt: skip


# -- the printer --------------------------------------------------------------------------------

_ADAPTERS = {"divider": DIVIDER, "max3232": RS232, "none": ""}


def _judge_printer(check: Checker, chip: Chip, path: str, printer: Table) -> None:
    if "adapter" not in printer:
        check.fault(
            path + ".adapter",
            "the printer's TX may give 5 V or more into a 3.3 V pin: say adapter ="
            ' "divider" (5 V TTL), "max3232" (RS-232), or "none" (3.3 V, measured)',
        )
    if printer.get("paper_mm") == 80 and printer.get("volts", 5) == 5:
        check.fault(
            path + ".volts", "an 80 mm printer heats with 12 or 24 V of its own: say volts = 24"
        )


def _printer_terminals(printer: Table) -> tuple[Terminal, ...]:
    via = _ADAPTERS[printer["adapter"]]
    power = V5 if printer.get("volts", 5) == 5 else f"own {printer['volts']} V supply"
    return (
        Terminal("RX", printer["tx"], via=RS232 if via == RS232 else ""),
        Terminal("TX", printer["rx"], via=via),
        Terminal("GND", GND),
        Terminal("VH", power),
    )


def _printer_items(printer: Table) -> dict[str, int]:
    items = {f"printer_{printer.get('paper_mm', 58)}": 1}
    if printer["adapter"] == "max3232":
        items["max3232"] = 1
    elif printer["adapter"] == "divider":
        items["resistor"] = 2
    if printer.get("volts", 5) != 5:
        items["supply_24"] = 1
    return items


PRINTERS = {
    # CSN-A2 and kin: 5 to 9 V, 2 A while it heats.
    "escpos": Part(
        "ESC/POS printer",
        {
            "driver": _driver("escpos"), "uart": Unit("uart", ("tx", "rx")), "tx": Pin("uart.tx"),
            "rx": Pin("uart.rx"), "baud": OneOf((9_600, 19_200, 38_400, 57_600, 115_200)),
            "paper_mm": OneOf((58, 80), default=58),
            "adapter": Word(tuple(_ADAPTERS), optional=True, sent=False),
            "volts": OneOf((5, 9, 12, 24), sent=False, default=5), "ma": _MA,
        },
        _printer_terminals,
        _printer_items,
        rail=V5, ma=lambda printer: 2_000 if printer.get("volts", 5) == 5 else 0,
        judge=_judge_printer,
    ),
}  # fmt: skip


# -- sensors ------------------------------------------------------------------------------------


def _differ(first: str, second: str, why: str) -> _Judge:
    def judge(check: Checker, chip: Chip, path: str, part: Table) -> None:
        one, other = part.get(first), part.get(second)
        if type(one) is int and one == other:
            check.fault(f"{path}.{second}", f"is the same as {first}; {why}")

    return judge


def _i2c(part: Table) -> tuple[Terminal, ...]:
    return (
        Terminal("SDA", part["sda"]), Terminal("SCL", part["scl"]),
        Terminal("VIN", V3), Terminal("GND", GND),
    )  # fmt: skip


_I2C: dict[str, Field] = {
    "i2c": Unit("i2c", ("sda", "scl")), "sda": Pin("i2c.sda"), "scl": Pin("i2c.scl"),
}  # fmt: skip
LEVELS = {
    # HX711 data sheet: 2.6 to 5.5 V, 1.5 mA, below 1 uA while its clock is high: the 100 k hold it
    # there while the chip sleeps. A cell of 1 kOhm takes 3.3 mA.
    "hx711": Part(
        "load cell with HX711",
        {
            "driver": _driver("hx711", "vl53l0x"), "sensor": Name(), "data": Pin("key"),
            "clock": Pin("out"), "empty": Whole(-_RAW, _RAW - 1), "full": Whole(-_RAW, _RAW - 1),
            "ma": _MA,
        },
        lambda level: (
            Terminal("DT", level["data"]), Terminal("SCK", level["clock"], pull_up="100k"),
            Terminal("VCC", V3), Terminal("GND", GND),
        ),
        lambda level: {"hx711": 1, "load_cell": 1, "resistor": 1},
        ma=lambda level: 5, asleep_ma=0.035,
        judge=_differ("empty", "full", "weigh an empty and a full bottle"),
    ),
    # VL53L0X data sheet: 19 mA while it measures, 5 uA in standby; its module's regulator 40 uA.
    "vl53l0x": Part(
        "distance sensor VL53L0X",
        {
            "driver": _driver("hx711", "vl53l0x"), "sensor": Name(), **_I2C,
            "empty_mm": Whole(20, 2_000), "full_mm": Whole(20, 2_000), "ma": _MA,
        },
        _i2c,
        lambda level: {"vl53l0x": 1},
        ma=lambda level: 20, asleep_ma=0.045,
        judge=_differ("empty_mm", "full_mm", "measure an empty and a full bottle"),
    ),
}  # fmt: skip
THERMOMETERS = {
    # MLX90614xAx data sheet: 4.5 to 5.5 V (A) or 2.6 to 3.6 V (B); GY-906 modules stand 3.3 V.
    "mlx90614": Part(
        "infrared MLX90614",
        {
            "driver": _driver("mlx90614"), **_I2C,
            "offset_c": Number(-5, 5, default=0), "ma": _MA,
        },
        _i2c,
        lambda thermometer: {"mlx90614": 1},
        ma=lambda thermometer: 2, asleep_ma=1.5,
    ),
}  # fmt: skip


def _judge_battery(check: Checker, chip: Chip, path: str, battery: Table) -> None:
    divider = battery.get("divider")
    if isinstance(divider, int | float) and 1 <= divider <= 20 and chip.adc_mv:
        at_pin_mv = _FULL_CELL_MV / divider
        if at_pin_mv > chip.adc_mv:
            check.fault(
                path + ".divider",
                f"a full cell (4.2 V) gives {at_pin_mv / 1_000:.2f} V at the pin, which measures"
                f" up to {chip.adc_mv / 1_000:.2f} V: at least"
                f" {_FULL_CELL_MV / chip.adc_mv + 0.05:.1f} is needed",
            )


BATTERIES = {
    # Two resistors of 1 MOhm take 2 uA; 100 nF at the pin hold its voltage while the ADC looks.
    "adc": Part(
        "battery's voltage",
        {
            "driver": _driver("adc"), "pin": Pin("adc"), "divider": Number(1, 20),
            "low_mv": Whole(2_500, 4_200), "ma": _MA,
        },
        lambda battery: (Terminal("cell +", battery["pin"], via=f"{SENSE} {battery['divider']}"),),
        lambda battery: {"resistor": 2, "capacitor_100n": 1},
        asleep_ma=0.002,
        judge=_judge_battery,
    ),
}  # fmt: skip
BUZZERS = {
    "pwm": Part(
        "passive piezo buzzer",
        {
            "driver": _driver("pwm"), "pin": Pin("out"),
            "hz": Whole(100, 10_000, default=2_700), "ma": _MA,
        },
        lambda buzzer: (Terminal("+", buzzer["pin"], via="100"), Terminal("-", GND)),
        lambda buzzer: {"buzzer": 1, "resistor": 1},
        rail="", pin_ma=lambda buzzer: float(buzzer.get("ma", 5)),
    ),
}  # fmt: skip


# -- the link and the power ---------------------------------------------------------------------


def _judge_wifi(check: Checker, chip: Chip, path: str, link: Table) -> None:
    if not chip.wifi:
        check.fault(path + ".driver", _no_wifi(chip))


def _no_wifi(chip: Chip) -> str:
    return f'a {chip.name} has no Wi-Fi: say driver = "usb" or "uart" in parts.link'


def judge_no_link(check: Checker, chip: Chip) -> None:
    """Note a chip without Wi-Fi in a board that names no other link."""
    if not chip.wifi:
        check.fault("parts.link", _no_wifi(chip))


_LINK = _driver("wifi", "usb", "uart")
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
