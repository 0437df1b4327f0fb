"""The USB ports at which boards may be."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serial.tools import list_ports

from gateway.fleet.flash.texts import flash_error
from gateway.ports import BRIDGE, USB_MAKERS, who_has

# Bridges between USB and a UART carry no name of the chip behind them; those of these makers do.
_CHIPS = {0x2E8A: "rp2", 0x303A: "esp32"}


@dataclass(frozen=True, slots=True)
class UsbPort:
    """A port: `chip` is rp2, esp32 or "" while it is not known; `in_use_by` a program, or ""."""

    device: str
    product: str = ""
    serial_number: str = ""
    chip: str = ""
    in_use_by: str = ""


def find_ports() -> list[UsbPort]:
    """Give the ports whose maker is known, by name."""
    try:
        found: list[Any] = list(list_ports.comports())
    except (OSError, TypeError, ValueError):
        # One was pulled out while it was read, which pyserial does not expect: look again.
        found = list(list_ports.comports())
    ports = [
        UsbPort(
            port.device,
            " ".join(filter(None, (USB_MAKERS[port.vid], port.product))),
            port.serial_number or "",
            _CHIPS.get(port.vid, ""),
            _used_by(port.device),
        )
        for port in found
        if port.vid in USB_MAKERS
    ]
    return sorted(ports, key=lambda port: port.device)


def _used_by(device: str) -> str:
    # The hall's bridge lets go of a port that is to be flashed, so it is in nobody's way.
    found = who_has(device)
    return "" if found is None or found[0] == BRIDGE else f"{found[0]} (process {found[1]})"


def one_port(named: str | None) -> UsbPort:
    """Give the port that is named, else the only one there is; FlashError otherwise."""
    found = find_ports()
    if named is not None:
        for port in found:
            if port.device == named:
                return port
        if not Path(named).exists():
            there = ", ".join(port.device for port in found)
            raise flash_error(
                "not_there", port=named, ports_id=there or "tidak satu pun",
                ports_en=there or "none",
            )  # fmt: skip
        if not Path(named).is_char_device():
            raise flash_error("not_serial", port=named)
        return UsbPort(named, in_use_by=_used_by(named))
    if not found:
        raise flash_error("no_port")
    if len(found) > 1:
        raise flash_error("several_ports", ports=", ".join(port.device for port in found))
    return found[0]


def same_board(port: UsbPort) -> UsbPort | None:
    """Give the port at which a board is now, None while it is gone: its name may have changed."""
    if port.serial_number:
        for now in find_ports():
            if now.serial_number == port.serial_number:
                return now
        return None
    return port if port.device and Path(port.device).exists() else None
