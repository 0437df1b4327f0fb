"""Every kind of board is right, and a wrong one is told all its faults with their lines."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.catalog import BOARDS, CatalogError, kinds, load_file, load_kind, read_kind
from boards.chips import CHIPS
from boards.parts import PARTS
from boards.roles import ROLES
from firmware.wire import words

# Kind, the lines that stand there, those put in their place, the faults told.
Case = tuple[str, str, str, list[str]]


def text_of(kind: str) -> str:
    return (BOARDS / kind / "board.toml").read_text()


def faults(text: str) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        read_kind(text, "spoilt", "boards/spoilt/board.toml")
    return [f"{fault.line}: {fault}" for fault in caught.value.faults]


@pytest.mark.parametrize("name", kinds())
def test_every_kind_can_be_loaded_and_fed(name: str) -> None:
    kind = load_kind(name)
    assert kind.kind == name
    assert 0 < kind.budget.all_ma <= kind.budget.all_limit_ma
    assert kind.warnings == ()


def test_each_role_has_a_kind_that_is_complete() -> None:
    assert {load_kind(name).role for name in kinds()} == {*words.ROLES, "gateway"} == set(ROLES)


def test_the_powered_ones_are_pico_w_and_those_on_a_battery_esp32() -> None:
    for kind in map(load_kind, kinds()):
        if kind.supply.kind == "battery":
            assert kind.chip.name == "esp32"
            assert kind.budget.battery_days is not None
            assert kind.budget.battery_days > 90


def test_every_pin_of_a_kind_is_on_its_module() -> None:
    for kind in map(load_kind, kinds()):
        for entry in kind.entries:
            for terminal in entry.terminals():
                if isinstance(terminal.to, int):
                    assert kind.chip.pad_of(terminal.to).gpio == terminal.to


@pytest.mark.parametrize("chip", CHIPS.values(), ids=CHIPS)
def test_what_a_chip_can_do_is_on_its_module_and_not_reserved(chip: Any) -> None:
    led_out = {pad.gpio for pad in (*chip.left, *chip.right)} - {None}
    able = set(chip.keys | chip.outputs | chip.adc | chip.wake)
    for units in chip.buses.values():
        for lines in units.values():
            for pins in lines.values():
                assert pins <= able
    assert able <= led_out
    assert not able & chip.reserved.keys()
    assert not chip.keys & chip.careful.keys()
    assert chip.wake <= chip.keys


def test_settings_hold_what_the_firmware_needs_and_no_more() -> None:
    assert load_kind("counter_led").settings_parts() == {
        "keys": {
            "next": {"pin": 2, "lamp_pin": 10},
            "recall": {"pin": 3, "lamp_pin": 11},
            "no_show": {"pin": 4, "lamp_pin": 12},
            "park": {"pin": 5, "lamp_pin": 13},
            "pause": {"pin": 6, "lamp_pin": 14},
        },
        "matrix": {"driver": "max7219", "width": 32, "spi": 0, "sck": 18, "mosi": 19, "cs": 17},
        "lamps": {"status": {"driver": "ws2812", "pin": 22, "leds": 8}},
    }
    ticket = load_kind("ticket_kiosk_ir").settings_parts()
    assert ticket["keys"]["priority"] == {"pin": 12, "lamp_pin": 27}
    assert ticket["printer"] == {
        "driver": "escpos", "uart": 1, "tx": 4, "rx": 5, "baud": 19_200, "paper_mm": 80,
    }  # fmt: skip
    assert load_kind("counter_wired").settings_parts()["link"] == {"driver": "usb"}
    assert "link" not in load_kind("counter_led").settings_parts()


def test_a_field_that_says_its_default_is_not_sent() -> None:
    text = text_of("counter_led").replace("pin = 2\n", 'pin = 2\nactive = "low"\n', 1)
    assert read_kind(text, "k", "f").settings_parts()["keys"]["next"] == {"pin": 2, "lamp_pin": 10}
    text = text_of("counter_led") + '\n[parts.link]\ndriver = "wifi"\n'
    assert "link" not in read_kind(text, "k", "f").settings_parts()


def seeded_faults() -> list[Case]:
    """Give what seeded_faults.txt holds."""
    text = (Path(__file__).parent / "seeded_faults.txt").read_text()
    cases = []
    for block in text.split("\n\n")[1:]:
        marked: dict[str, list[str]] = {mark: [] for mark in "=-+>"}
        for line in block.splitlines():
            marked[line[0]].append(line[2:])
        lines = {mark: "\n".join(those) for mark, those in marked.items()}
        cases.append((lines["="], lines["-"], lines["+"], marked[">"]))
    return cases


SEEDED = seeded_faults()


@pytest.mark.parametrize("case", SEEDED, ids=[" ".join(case[::2])[:60] for case in SEEDED])
def test_a_fault_is_told_with_its_line_and_the_way_out(case: Case) -> None:
    kind, there, put, told = case
    assert f"{there}\n" in text_of(kind)
    assert faults(text_of(kind).replace(f"{there}\n", f"{put}\n", 1)) == told


def test_all_faults_are_told_at_once_in_the_files_order() -> None:
    text = text_of("counter_led")
    for there, put in (
        ('role = "counter"', 'role = "x"'),
        ('"usb"', '"x"'),
        ("cs = 17", "cs = 99"),
    ):
        text = text.replace(there, put, 1)
    assert [fault.split(": ")[1] for fault in faults(text)] == [
        "role",
        "supply.kind",
        "parts.matrix.cs",
    ]


def test_the_message_names_file_and_line() -> None:
    with pytest.raises(CatalogError) as caught:
        read_kind(text_of("counter_led").replace("cs = 17", "cs = 2"), "x", "boards/x/board.toml")
    assert str(caught.value) == (
        "boards/x/board.toml:38: parts.matrix.cs: pin 2 is already parts.keys.next.pin (line 12)"
    )


def test_a_kind_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(CatalogError, match=r"did you mean counter_led\?.* ticket_kiosk_ir"):
        load_kind("counter_lde")


def test_a_file_of_ones_own_needs_no_place_in_the_project(tmp_path: Path) -> None:
    file = tmp_path / "our_counter" / "board.toml"
    file.parent.mkdir()
    file.write_text(text_of("counter_led").replace("\n", "\r\n"))
    assert load_file(file).kind == "our_counter"
    file.write_text("title = \n")
    with pytest.raises(CatalogError, match=rf"^{file}:1: found a value that cannot be read"):
        load_file(file)
    with pytest.raises(CatalogError, match="no readable file"):
        load_file(tmp_path / "board.toml")


def test_a_pin_that_is_read_at_the_reset_is_told_as_a_doubt() -> None:
    text = text_of("counter_esp32").replace("cs = 19", "cs = 5")
    (warning,) = read_kind(text, "k", "f").warnings
    assert str(warning) == (
        "parts.matrix.cs: pin 5 is read at the reset: what hangs here must not pull it down"
    )


def test_a_part_that_its_role_does_nothing_with_is_told_as_a_doubt() -> None:
    text = text_of("counter_led") + '\n[parts.buzzer]\ndriver = "pwm"\npin = 0\n'
    told = [str(warning) for warning in read_kind(text, "k", "f").warnings]
    assert told == ["parts.buzzer: a counter does nothing with it but test it"]


def test_an_i2c_bus_may_be_shared() -> None:
    level = (
        'driver = "vl53l0x"\nsensor = "x"\ni2c = 0\nsda = 20\nscl = 21\nempty_mm = 99\nfull_mm = 50'
    )
    kind = read_kind(text_of("gate_check") + f"\n[parts.level]\n{level}\n", "k", "f")
    assert kind.settings_parts()["level"]["sda"] == kind.settings_parts()["thermometer"]["sda"]


# -- currents and batteries -----------------------------------------------------------------------


def test_a_battery_lasts_as_long_as_the_formula_says() -> None:
    kind = load_kind("refill_sensor")
    asleep_ma = 0.25 + 0.035 + 0.002  # the lean module, the HX711 with its 100 k, the divider
    average_ma = asleep_ma + (110 + 5 - asleep_ma) * 4 / 900
    assert kind.budget.battery_days == pytest.approx(3_000 * 0.8 / average_ma / 24)


@pytest.mark.parametrize(
    ("there", "put", "days"),
    [("lean = true", "lean = false", 10), ("every_s = 900", "every_s = 300", 55)],
)
def test_a_battery_that_is_soon_empty_is_told_as_a_doubt(there: str, put: str, days: int) -> None:
    kind = read_kind(text_of("refill_sensor").replace(there, put), "k", "f")
    (warning,) = kind.warnings
    assert warning.problem.startswith(f"3000 mAh last {days} days")


def test_a_part_may_say_its_own_current() -> None:
    text = text_of("counter_led")
    before = read_kind(text, "k", "f").budget.v5_ma
    after = read_kind(text.replace("cs = 17", "cs = 17\nma = 300"), "k", "f").budget.v5_ma
    assert before - after == 200


# -- garbage --------------------------------------------------------------------------------------

_VALUES = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.text(max_size=5),
    st.sampled_from(
        ["pico_w", "esp32", "raspberry_pi", "usb", "battery", "hub12", "uart", "touch"]
    ),
    st.just({}),
    st.lists(st.integers(), max_size=2),
)
_KEYS = sorted(
    {"title", "role", "chip", "supply", "kind", "ma", "mah", "lean", "sleeps", "x"}
    | {field for parts in PARTS.values() for part in parts.values() for field in part.fields}
)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return (
            '"' + "".join(f"\\U{ord(c):08x}" for c in value if not 0xD800 <= ord(c) < 0xE000) + '"'
        )
    return "{}" if value == {} else str(value)


def _judged(text: str) -> None:
    error = None
    try:
        read_kind(text, "k", "f").settings_parts()
    except CatalogError as caught:
        error = caught
    assert error is None or (error.faults and str(error).startswith("f:"))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_garbage_is_a_catalog_error(text: str) -> None:
    _judged(text)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(kinds()), st.data())
def test_a_file_with_values_changed_at_random_is_read_or_told(kind: str, data: Any) -> None:
    lines = text_of(kind).splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key = lines[at].split(" = ")[0] if " = " in lines[at] else data.draw(st.sampled_from(_KEYS))
        change = data.draw(st.sampled_from(["value", "delete", "insert"]))
        if change == "delete":
            lines[at] = ""
        elif change == "value" and " = " in lines[at]:
            lines[at] = f"{key} = {_toml(data.draw(_VALUES))}"
        else:
            key = data.draw(st.sampled_from(_KEYS))
            lines.insert(at, f"{key} = {_toml(data.draw(_VALUES))}")
    _judged("\n".join(lines))
