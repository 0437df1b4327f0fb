"""What a board senses: keys, sensors, its battery. Figures are those of data sheets."""

from boards.checker import Checker, Table
from boards.chip import GND, V3, V5, Chip
from boards.fields import Field, Name, Number, Pin, Unit, Whole, Word
from boards.part import (
    LED_MA,
    MA,
    SENSE,
    Items,
    Judge,
    Part,
    Terminal,
    Terminals,
    driver,
    lamp_ohms,
)

_FULL_CELL_MV = 4_200
_RAW = 1 << 23  # an HX711 gives 24 bits with a sign


def lamp_ma(key: Table) -> float:
    """Give what the lamp of a key takes from its pin."""
    own = key.get("lamp_ma", LED_MA)
    return float(own) if "lamp_pin" in key and isinstance(own, int | float) else 0


_KEY_FIELDS: dict[str, Field] = {
    "pin": Pin("key"),
    "lamp_pin": Pin("out", optional=True),
    "active": Word(("low", "high"), default="low"),
    "part": Word(("arcade", "lever", "infrared", "beam", "touch"), sent=False, default="arcade"),
    "ma": MA,
    "lamp_ma": Number(1, 12, sent=False, default=LED_MA),
}


def _contact(key: Table) -> tuple[Terminal, ...]:
    terminals = [Terminal("NO", key["pin"]), Terminal("COM", GND)]
    if "lamp_pin" in key:
        terminals += [
            Terminal("LED+", key["lamp_pin"], via=lamp_ohms(lamp_ma(key))),
            Terminal("LED-", GND),
        ]
    return tuple(terminals)


def _sensor(rail: str, out: str, power: str, ground: str) -> Terminals:
    def terminals(key: Table) -> tuple[Terminal, ...]:
        lamp = _contact(key)[2:]
        return (Terminal(out, key["pin"]), Terminal(power, rail), Terminal(ground, GND), *lamp)

    return terminals


def _key_items(name: str) -> Items:
    def items(key: Table) -> dict[str, int]:
        lamp = {"lamp": 1, "resistor": 1} if "lamp_pin" in key and name != "arcade" else {}
        own = {"resistor": 1} if "lamp_pin" in key and name == "arcade" else {}
        return {name: 1, **lamp, **own}

    return items


def _active(needed: str, why: str) -> Judge:
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


def _differ(first: str, second: str, why: str) -> Judge:
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
            "driver": driver("hx711", "vl53l0x"), "sensor": Name(), "data": Pin("key"),
            "clock": Pin("out"), "empty": Whole(-_RAW, _RAW - 1), "full": Whole(-_RAW, _RAW - 1),
            "ma": MA,
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
            "driver": driver("hx711", "vl53l0x"), "sensor": Name(), **_I2C,
            "empty_mm": Whole(20, 2_000), "full_mm": Whole(20, 2_000), "ma": MA,
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
            "driver": driver("mlx90614"), **_I2C,
            "offset_c": Number(-5, 5, default=0), "ma": MA,
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
            "driver": driver("adc"), "pin": Pin("adc"), "divider": Number(1, 20),
            "low_mv": Whole(2_500, 4_200), "ma": MA,
        },
        lambda battery: (Terminal("cell +", battery["pin"], via=f"{SENSE} {battery['divider']}"),),
        lambda battery: {"resistor": 2, "capacitor_100n": 1},
        asleep_ma=0.002,
        judge=_judge_battery,
    ),
}  # fmt: skip
