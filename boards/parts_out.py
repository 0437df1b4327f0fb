"""What a board shows: lamps, matrices, digits, paper, sound. Figures are those of data sheets."""

from boards.checker import Checker, Table
from boards.chip import GND, V3, V5, Chip
from boards.fields import Flag, Number, OneOf, Pin, Unit, Whole, Word
from boards.part import (
    DIVIDER,
    GATE,
    LED_MA,
    MA,
    RS232,
    Judge,
    Part,
    Terminal,
    driver,
    lamp_ohms,
)


def _shifted(volts_high: str) -> Judge:
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
            "driver": driver("ws2812"), "pin": Pin("out"), "leds": Whole(1, 64),
            "level_shifter": _SHIFTER, "ma": MA,
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
            "driver": driver("led"), "pin": Pin("out"),
            "ma": Number(1, 12, sent=False, default=LED_MA),
        },
        lambda lamp: (
            Terminal("LED+", lamp["pin"], via=lamp_ohms(lamp.get("ma", LED_MA))),
            Terminal("LED-", GND),
        ),
        lambda lamp: {"lamp": 1, "resistor": 1},
        rail="", pin_ma=lambda lamp: float(lamp.get("ma", LED_MA)),
    ),
    # SRD-05VDC: coil 71 mA at 5 V. Modules pull on a low input; with VCC from 3.3 V and the jumper
    # JD-VCC taken off, a 3.3 V high is off for certain.
    "relay": Part(
        "relay module, active low",
        {"driver": driver("relay"), "pin": Pin("out"), "ma": MA},
        lambda lamp: (
            Terminal("IN", lamp["pin"]), Terminal("VCC", V3), Terminal("JD-VCC", V5),
            Terminal("GND", GND), Terminal("COM, NO", "own circuit"),
        ),
        lambda lamp: {"relay": 1},
        rail=V5, ma=lambda lamp: 75,
    ),
}  # fmt: skip


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
            "driver": driver("max7219", "hub12"), "width": Whole(8, 256, 8),
            "spi": Unit("spi", ("sck", "mosi")), "sck": Pin("spi.sck"), "mosi": Pin("spi.mosi"),
            "cs": Pin("out"), "level_shifter": _SHIFTER, "ma": MA,
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
            "driver": driver("max7219", "hub12"), "panels": Whole(1, 4),
            "spi": Unit("spi", ("sck", "mosi")), "sck": Pin("spi.sck"), "mosi": Pin("spi.mosi"),
            "latch": Pin("out"), "oe": Pin("out"), "a": Pin("out"), "b": Pin("out"),
            "level_shifter": _SHIFTER, "ma": MA,
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
            "driver": driver("tm1637"), "digits": OneOf((4, 6)),
            "clock": Pin("out"), "data": Pin("key"),
            "volts": OneOf((3, 5), optional=True, sent=False), "ma": MA,
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
            "driver": driver("escpos"), "uart": Unit("uart", ("tx", "rx")), "tx": Pin("uart.tx"),
            "rx": Pin("uart.rx"), "baud": OneOf((9_600, 19_200, 38_400, 57_600, 115_200)),
            "paper_mm": OneOf((58, 80), default=58),
            "adapter": Word(tuple(_ADAPTERS), optional=True, sent=False),
            "volts": OneOf((5, 9, 12, 24), sent=False, default=5), "ma": MA,
        },
        _printer_terminals,
        _printer_items,
        rail=V5, ma=lambda printer: 2_000 if printer.get("volts", 5) == 5 else 0,
        judge=_judge_printer,
    ),
}  # fmt: skip


BUZZERS = {
    "pwm": Part(
        "passive piezo buzzer",
        {
            "driver": driver("pwm"), "pin": Pin("out"),
            "hz": Whole(100, 10_000, default=2_700), "ma": MA,
        },
        lambda buzzer: (Terminal("+", buzzer["pin"], via="100"), Terminal("-", GND)),
        lambda buzzer: {"buzzer": 1, "resistor": 1},
        rail="", pin_ma=lambda buzzer: float(buzzer.get("ma", 5)),
    ),
}  # fmt: skip
