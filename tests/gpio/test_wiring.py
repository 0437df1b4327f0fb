"""What hangs at which pin: read from a kind of board, and every fault told."""

from typing import Any

import pytest

from gateway.config import ConfigError, Settings
from gateway.gpio import wiring
from gateway.gpio.wiring import MatrixWiring, OutputWiring, Wiring, read_wiring, wiring_of

PARTS: dict[str, Any] = {
    "lamps": {"chime": {"driver": "relay", "pin": 17}, "status": {"driver": "led", "pin": 22}},
    "keys": {"all_stop": {"pin": 27, "lamp_pin": 23}},
    "matrix": {
        "driver": "max7219", "width": 64, "spi": 0, "sck": 11, "mosi": 10, "cs": 8,
    },
}  # fmt: skip


def test_a_whole_wiring() -> None:
    assert wiring_of("x", PARTS) == Wiring(
        chime=OutputWiring(17, active_low=True),
        status=OutputWiring(22),
        stop=27,
        stop_lamp=OutputWiring(23),
        stop_active_low=True,
        matrix=MatrixWiring(0, 8, 64),
    )


def test_any_part_may_be_missing() -> None:
    assert wiring_of("x", {}) == Wiring()
    for name in PARTS:
        wiring_of("x", {other: part for other, part in PARTS.items() if other != name})
    touch = {"keys": {"all_stop": {"pin": 27, "active": "high"}}}
    assert wiring_of("x", touch) == Wiring(stop=27, stop_active_low=False)


def test_what_cannot_hang_here_is_told_all_at_once() -> None:
    wrong = {
        "lamps": {"chime": {"driver": "ws2812", "pin": 4}, "light": {"driver": "led", "pin": 5}},
        "keys": {"next": {"pin": 6}},
        "matrix": {"driver": "hub12"},
        "printer": {"driver": "escpos"},
    }
    with pytest.raises(ConfigError) as found:
        wiring_of("hall_pi", wrong)
    said = str(found.value).splitlines()
    assert "LOKET_GPIO 'hall_pi' cannot be used" in said[0]
    assert [line.split(": ")[1] for line in said[1:]] == [
        "parts.printer", "parts.lamps.chime.driver", "parts.lamps.light", "parts.keys.next",
        "parts.matrix.driver",
    ]  # fmt: skip


def test_a_kind_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(ConfigError, match="counter_led"):
        read_wiring("no_such_kind")


def test_a_board_for_another_role_is_refused() -> None:
    with pytest.raises(ConfigError, match="role counter; one with the role gateway is needed"):
        read_wiring("counter_led")


def test_a_kind_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Found:
        role = "gateway"

        def settings_parts(self) -> dict[str, Any]:
            return PARTS

    def load(kind: str) -> Any:
        assert kind == "gateway_pi"
        return Found()

    monkeypatch.setattr(wiring, "load_kind", load)
    assert read_wiring("gateway_pi") == wiring_of("gateway_pi", PARTS)


@pytest.mark.parametrize(("text", "kind"), [("", ""), ("off", ""), ("gateway_pi", "gateway_pi")])
def test_the_setting(text: str, kind: str) -> None:
    settings = Settings.from_env({"LOKET_GPIO": text})
    assert settings.gpio == kind
    assert Settings.from_env(settings.to_env()) == settings
    assert Settings.from_env({}).gpio == ""
