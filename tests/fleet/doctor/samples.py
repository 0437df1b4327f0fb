"""Facts for the doctor: a board at which all is well, and what is changed of it."""

from typing import Any

from gateway.fleet.cable import facts as cable
from gateway.fleet.cable.facts import CableFacts
from gateway.fleet.doctor import Facts, HallFacts, NetFacts
from gateway.fleet.doctor.facts import ReadingFacts, Refused, UpdateFacts

BOARD = "counter-03"
ADDRESS = "192.168.1.33"


def hall(**changes: Any) -> HallFacts:
    """Give a hall that is open."""
    return HallFacts(
        **{
            "state": "open", "beat_ago_ms": 900, "host": "192.168.1.2", "port": 8883, "tls": True,
            "firmware": "0.2.0", "minor": 0, **changes,
        }
    )  # fmt: skip


def net(**changes: Any) -> NetFacts:
    """Give a board that the hall heard just now."""
    return NetFacts(
        **{
            "registered": True, "role": "counter", "counter": 3, "state": "ready",
            "seen_ago_ms": 4_000, "fw": "0.2.0", "hw": "counter_led", "rssi_dbm": -61,
            "free_bytes": 61_440, "reset": "power_on", "settings_wanted": 0xDE05CE52,
            "settings_applied": 0xDE05CE52, "boots": 1, "readies": 1, "addresses": (ADDRESS,),
            "shown": True, **changes,
        }
    )  # fmt: skip


def away(**changes: Any) -> NetFacts:
    """Give a board that is lost."""
    return net(**{"state": "lost", "seen_ago_ms": 95_000, "shown": False, **changes})


def at_cable(state: str = cable.REPL, **changes: Any) -> CableFacts:
    """Give a board at the cable whose files were looked at."""
    return CableFacts(
        **{
            "state": state, "port": "/dev/ttyACM0", "ports": ("/dev/ttyACM0",), "chip": "rp2",
            "machine": "Raspberry Pi Pico W with RP2040", "micropython": (1, 26, 1), "mpy": 6,
            "settings": cable.OK, "board": BOARD, "role": "counter", "kind": "counter_led",
            "host": "192.168.1.2", "host_port": 8883, "tls": True, "ca": True,
            "networks": ("Loket",), "firmware": "0.2.0", "number": 3, "slot": "a", "crashes": 0,
            **changes,
        }
    )  # fmt: skip


def only_port(state: str, **changes: Any) -> CableFacts:
    """Give what is known where one does not get as far as the board."""
    return CableFacts(state=state, port="/dev/ttyACM0", **changes)


def said(*lines: str) -> CableFacts:
    """Give a running board of which only what it prints is known."""
    return CableFacts(state=cable.RUNNING, port="/dev/ttyACM0", lines=lines, heard_ms=5_000)


def of(**parts: Any) -> Facts:
    """Give the facts of a board."""
    return Facts(**{"board": BOARD, **parts})


def refused(who: str = ADDRESS, n: int = 12, ago_ms: int = 3_000) -> Refused:
    """Give somebody whom the broker refuses again and again."""
    return Refused(who, n, ago_ms)


def update(st: str, **changes: Any) -> UpdateFacts:
    """Give what a board said last of an update."""
    first = {"kind": "firmware", "st": st, "version": "0.3.0", "got": 4_096, "size": 65_536}
    return UpdateFacts(**{**first, "ago_ms": 1_000, **changes})


def reading(status: str, **changes: Any) -> ReadingFacts:
    """Give a sensor's latest reading."""
    first = {"sensor": "sanitizer", "status": status, "ago_ms": 1_200_000, "every_s": 300}
    return ReadingFacts(**{**first, **changes})
