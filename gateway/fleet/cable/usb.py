"""What hangs at this computer's USB without a serial port: a board in boot mode, for instance."""

from pathlib import Path

from gateway.ports import USB_MAKERS

_DEVICES = Path("/sys/bus/usb/devices")


def without_port(devices: Path = _DEVICES) -> list[str]:
    """Give the names of USB devices of boards' makers that have no serial port, as Linux shows."""
    found = []
    for device in sorted(devices.glob("*")):
        maker = USB_MAKERS.get(_hex(device / "idVendor"), "")
        if maker and not list(device.glob("*/tty*")):
            product = _text(device / "product") or _text(device / "idProduct")
            found.append(f"{maker} {product}".strip())
    return found


def _hex(file: Path) -> int:
    try:
        return int(_text(file), 16)
    except ValueError:
        return 0


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""  # it has just been pulled out
