"""Every kind of board is right, and a wrong one is told all its faults at once."""

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from boards.catalog import BOARDS, CatalogError, kind_for_role, kinds, load_kind, read_kind

Content = dict[str, Any]


@pytest.fixture
def content() -> Content:
    """The file of counter_led, to be spoilt."""
    return tomllib.loads((BOARDS / "counter_led" / "board.toml").read_text())


def faults(content: Content) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        read_kind("spoilt", content)
    return caught.value.problems


def test_every_kind_can_be_loaded_and_fed() -> None:
    assert kinds() == ["counter_led", "refill_sensor", "ticket_button"]
    for name in kinds():
        kind = load_kind(name)
        assert kind.kind == name
        assert 0 < kind.current_ma <= kind.supply_ma


def test_each_role_of_the_firmware_has_a_kind() -> None:
    assert kind_for_role("counter").kind == "counter_led"
    assert kind_for_role("ticket").kind == "ticket_button"
    assert kind_for_role("dispenser").kind == "refill_sensor"
    with pytest.raises(CatalogError, match="gate"):
        kind_for_role("gate")


def test_settings_hold_what_the_firmware_needs_and_no_currents() -> None:
    parts = load_kind("counter_led").settings_parts()
    assert parts["keys"]["next"] == {"pin": 2, "lamp_pin": 10}
    assert parts["matrix"]["width"] == 32
    assert list(parts["keys"]) == ["next", "recall", "no_show", "park", "pause"]
    assert "ma" not in parts["matrix"]


def test_a_kind_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(CatalogError, match="counter_led, refill_sensor, ticket_button"):
        load_kind("counter_lde")


def test_a_file_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "board.toml").write_text("title = \n")
    with pytest.raises(CatalogError, match=r"boards/bad/board\.toml: .*line 1"):
        load_kind("bad", tmp_path)


def spoil(content: Content, path: str, value: object) -> Content:
    content = copy.deepcopy(content)
    table = content
    *names, last = path.split(".")
    for name in names:
        table = table[name]
    if value is None:
        del table[last]
    else:
        table[last] = value
    return content


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("title", "", "title: is ''; a text is needed"),
        ("role", "clerk", "role: is 'clerk'; allowed are counter, "),
        ("chip", "esp8266", "chip: is 'esp8266'; allowed are pico_w, pico_2_w"),
        ("colour", "red", "colour: unknown; allowed here: title, "),
        ("supply", 5, "supply: a table is needed"),
        ("supply.kind", "sun", "supply.kind: is 'sun'; allowed are usb, battery"),
        ("supply.ma", 400, "supply.ma: 400 is less than the 590 mA of all parts"),
        ("parts.matrix", None, "parts: a counter needs parts.matrix"),
        ("parts.matrix", 3, "parts.matrix: a table is needed"),
        ("parts.engine", {}, "parts.engine: unknown; allowed here: keys, "),
        ("parts.keys.next.pin", 23, "parts.keys.next.pin: is 23; pins for this are 0, 1, 2, "),
        ("parts.keys.next.pin", True, "parts.keys.next.pin: is True; pins for this are "),
        ("parts.keys.next.pin", 3, "parts.keys.recall.pin: pin 3 is already parts.keys.next.pin"),
        ("parts.keys.next.lamp_pin", 19, "parts.matrix.mosi: pin 19 is already parts.keys.next"),
        ("parts.keys.next.colour", "red", "parts.keys.next.colour: unknown; allowed here: pin"),
        ("parts.lamps.Status", {"driver": "ws2812", "pin": 0, "leds": 1}, "parts.lamps.Status: a"),
        ("parts.keys.jump", {"pin": 0}, "parts.keys.jump: does nothing on a counter; keys are n"),
        ("parts.keys.next", 2, "parts.keys.next: a table is needed"),
        ("parts.matrix.driver", "ht16k33", "parts.matrix.driver: is 'ht16k33'; allowed are max"),
        ("parts.matrix.width", 30, "parts.matrix.width: is 30; modules are 8 columns wide"),
        ("parts.matrix.spi", 2, "parts.matrix.spi: is 2; an integer from 0 to 1 is needed"),
        ("parts.matrix.sck", 10, "parts.matrix.sck: is 10; pins for this are 2, 6, 18, 22"),
        ("parts.lamps.status.leds", 0, "parts.lamps.status.leds: is 0; an integer from 1 to 64"),
        ("parts.matrix.ma", -1, "parts.matrix.ma: is -1; an integer from 0 to 10000 is needed"),
        ("parts.power", {"sleeps": 1}, "parts.power.sleeps: is 1; true or false is needed"),
        ("parts.battery", {"driver": "adc", "pin": 2, "divider": 2}, "parts.battery.pin: is 2;"),
        (
            "parts.level",
            {"driver": "hx711", "sensor": "s", "data": 0, "clock": 1, "empty": 5, "full": 5},
            "parts.level.full: is the same as empty",
        ),
        (
            "parts.printer",
            {"driver": "escpos", "uart": 0, "tx": 4, "rx": 1, "baud": 9600},
            "parts.printer.tx: is 4; pins for this are 0, 12, 16, 28",
        ),
    ],
)
def test_a_fault_is_told_with_its_path_and_what_is_allowed(
    content: Content, path: str, value: object, fault: str
) -> None:
    (told,) = faults(spoil(content, path, value))
    assert told.startswith(fault)


def test_all_faults_are_told_at_once(content: Content) -> None:
    for path, value in (("role", "x"), ("supply.kind", "x"), ("parts.matrix.cs", 99)):
        content = spoil(content, path, value)
    assert [fault.split(":")[0] for fault in faults(content)] == [
        "role",
        "supply.kind",
        "parts.matrix.cs",
    ]
