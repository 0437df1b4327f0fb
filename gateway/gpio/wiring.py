"""What hangs at which pin, from the kind of board that LOKET_GPIO names."""

from dataclasses import dataclass
from typing import Any

from boards.catalog import CatalogError, load_kind
from gateway.config import ConfigError

ROLE = "gateway"
CHIME = "chime"
STATUS = "status"
ALL_STOP = "all_stop"
_LAMPS = {CHIME: ("relay", "led"), STATUS: ("led", "relay")}


@dataclass(frozen=True, slots=True)
class MatrixWiring:
    """MAX7219 modules on one of the chip's SPI units; `cs` is the wire that they call LOAD."""

    spi: int
    cs: int
    width: int


@dataclass(frozen=True, slots=True)
class OutputWiring:
    """Something that is on or off; with `active_low` it is on at a low level."""

    pin: int
    active_low: bool = False


@dataclass(frozen=True, slots=True)
class Wiring:
    """The pins by their GPIO numbers; None for what is not wired."""

    chime: OutputWiring | None = None
    status: OutputWiring | None = None
    stop: int | None = None
    stop_lamp: OutputWiring | None = None
    stop_active_low: bool = True
    matrix: MatrixWiring | None = None


def read_wiring(kind: str) -> Wiring:
    """Give the wiring of a kind of board; raise ConfigError with all that is wrong with it."""
    try:
        found = load_kind(kind)
    except CatalogError as error:
        raise ConfigError(f"--gpio / LOKET_GPIO {kind!r} cannot be used:\n{error}") from error
    if found.role != ROLE:
        raise ConfigError(
            f"--gpio / LOKET_GPIO {kind!r} is a board for the role {found.role}; one with the role"
            f" {ROLE} is needed, such as gateway_pi"
        )
    return wiring_of(kind, found.settings_parts())


def wiring_of(kind: str, parts: dict[str, Any]) -> Wiring:
    """Give the wiring that checked `parts` describe; ConfigError for what cannot hang here."""
    faults = [
        f"parts.{name}: the gateway's own pins serve lamps, keys and matrix only"
        for name in parts
        if name not in ("lamps", "keys", "matrix", "power")
    ]
    lamps, keys, matrix = (parts.get(name, {}) for name in ("lamps", "keys", "matrix"))
    for name, lamp in lamps.items():
        if name not in _LAMPS:
            faults.append(f"parts.lamps.{name}: lamps here are {', '.join(_LAMPS)}")
        elif lamp["driver"] not in _LAMPS[name]:
            faults.append(f"parts.lamps.{name}.driver: {' or '.join(_LAMPS[name])} is needed")
    faults += [
        f"parts.keys.{name}: the only key here is {ALL_STOP}" for name in keys if name != ALL_STOP
    ]
    if matrix and matrix["driver"] != "max7219":
        faults.append("parts.matrix.driver: max7219 is needed")
    if faults:
        lines = "\n".join(f"boards/{kind}/board.toml: {fault}" for fault in faults)
        raise ConfigError(f"--gpio / LOKET_GPIO {kind!r} cannot be used:\n{lines}")
    key = keys.get(ALL_STOP, {})
    return Wiring(
        chime=_output(lamps.get(CHIME)),
        status=_output(lamps.get(STATUS)),
        stop=key.get("pin"),
        stop_lamp=OutputWiring(key["lamp_pin"]) if "lamp_pin" in key else None,
        stop_active_low=key.get("active", "low") == "low",
        matrix=MatrixWiring(matrix["spi"], matrix["cs"], matrix["width"]) if matrix else None,
    )


def _output(lamp: dict[str, Any] | None) -> OutputWiring | None:
    # Relay modules for 5 V close at a low level: it draws the current of their input's LED.
    return None if lamp is None else OutputWiring(lamp["pin"], lamp["driver"] == "relay")
