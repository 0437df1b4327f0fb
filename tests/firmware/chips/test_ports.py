"""Every kind of board, on the backend of its chip: each part does what its port says, and one
that is missing keeps nobody from starting."""

from pathlib import Path

import pytest

from boards.catalog import load_kind
from boards.image import PROJECT
from tests.firmware.chips.boards import (
    KINDS,
    MOST_IMAGE_BYTES,
    bytes_without_updates,
    image_of,
    play,
)

PIXELS = 2  # that the round lights
ALL_DRIVERS = [f"{file.stem}.mpy" for file in (PROJECT / "firmware" / "drivers").glob("[a-z]*.py")]
TONE = [0, 32_767, 0, 32_767, 0]


@pytest.mark.parametrize("name", KINDS)
def test_every_part_does_its_work(name: str, tmp_path: Path) -> None:
    parts = load_kind(name).settings_parts()
    told = play(tmp_path, name, "ports")
    keys = parts.get("keys", {})
    assert told["edges"][::2] == [[key, True] for key, _ in told["edges"][::2]]
    assert told["edges"][1::2] == [[key, False] for key, _ in told["edges"][::2]]
    assert sorted(key for key, _ in told["edges"][::2]) == sorted(keys)
    lit = [key for key in keys if "lamp_pin" in keys[key]]
    assert sorted(told["lamps"]) == sorted([lamp, True] for lamp in [*lit, *parts.get("lamps", {})])
    assert told["part"] == [
        parts[section]["driver"] for section in ("level", "thermometer") if section in parts
    ]
    if "level" in parts:
        half = {"vl53l0x": 115, "hx711": 198_500}[parts["level"]["driver"]]
        assert told["level"] == pytest.approx(half, abs=6)
    if "thermometer" in parts:
        assert told["temp_c"] == pytest.approx(36.51, abs=0.01)
    if "battery" in parts:
        assert told["battery_mv"] == pytest.approx(1_875 * parts["battery"]["divider"], abs=2)
        assert told["low_mv"] == parts["battery"]["low_mv"]
    if "digits" in parts:
        assert told["silent"] is False
    if "buzzer" in parts:
        assert told["tone"] == TONE
    if "matrix" in parts:
        assert told["lit"] == PIXELS
    if "printer" in parts:
        assert (told["printed"], told["printer"]) == (True, "ready")
    assert told["reset"] == "power_on"
    assert told["network"] == ("Serial" if "link" in parts else "Wifi")


def senses(name: str) -> list[str]:
    """Give what may be missing of this kind of board, as far as a board can notice it."""
    noticed = ("level", "thermometer", "battery", "digits", "printer")
    return [section for section in noticed if section in load_kind(name).parts]


@pytest.mark.parametrize("name", [name for name in KINDS if senses(name)])
def test_a_missing_part_is_told_by_its_port(name: str, tmp_path: Path) -> None:
    gone = senses(name)
    told = play(tmp_path, name, "ports", 1, *gone)
    for value in ("level", "temp_c", "battery_mv"):
        assert told.get(value) is None
    assert told.get("silent", True) is True
    assert (told.get("printed", False), told.get("printer", "silent")) == (False, "silent")


def test_the_certificate_of_the_settings_is_good_for_tls(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="is not on this board"):
        play(tmp_path / "none", "counter_led", "ports", tls=True)
    told = play(tmp_path / "ca", "counter_led", "ports", tls=True, ca="MIIB")
    assert told["network"] == "Wifi"


@pytest.mark.parametrize("name", KINDS)
def test_the_firmware_of_a_board_fits_60_kb_and_its_updates_18_more(
    name: str, tmp_path: Path
) -> None:
    # Apart, for it is loaded only while there is an update, an order to look, or a log.
    image = image_of(name, tmp_path)
    base_bytes = bytes_without_updates(image)
    assert 20_000 < base_bytes <= MOST_IMAGE_BYTES, image.files
    assert 5_000 < image.size_bytes - base_bytes <= 18 * 1_024, image.files
    wired = "link" in load_kind(name).parts
    assert ("firmware/hal/wired.mpy" in image.files) == wired
    assert ("firmware/hal/wifi.mpy" in image.files) != wired
    # The drivers of its parts are all there, and no others.
    drivers = [file for file in image.files if "/drivers/" in file and "__" not in file]
    parts = load_kind(name).settings_parts()
    entries = [*parts.get("lamps", {}).values(), *parts.values()]
    has = {entry.get("driver", "") + ".mpy" for entry in entries}
    assert {file.rpartition("/")[2] for file in drivers} == has & set(ALL_DRIVERS)
