"""The programs of a Loket hall."""

import shutil
import signal
import sys
from functools import partial
from pathlib import Path

from gateway.config import PROJECT, Settings
from gateway.supervise.ready import page_answers, port_answers
from gateway.supervise.spec import Spec

LOOPBACK = "127.0.0.1"
TOOLS_BIN = PROJECT / ".tools" / "bin"


class MissingTool(Exception):
    """A program that the hall needs is not there; the text says which, and the way out."""


def find_tool(name: str) -> str:
    """Give the path of a program: the project's own, else the machine's. Raises MissingTool."""
    own = TOOLS_BIN / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise MissingTool(f"{name} is missing: run `make setup` in {PROJECT}")
    return found


def hall_specs(settings: Settings, broker_conf: Path) -> list[Spec]:
    """Give the programs of a hall with these settings. Raises MissingTool."""
    log = settings.paths.log
    specs = [
        Spec(
            "broker",
            (find_tool("mosquitto"), "-c", str(broker_conf)),
            log / "broker.log",
            ready=partial(port_answers, LOOPBACK, settings.mqtt_port),
            denied_to=settings.paths.denied_socket,
            last=True,
        ),
        Spec("gateway", _module("gateway.service"), log / "gateway.log"),
        Spec("workshop", _module("gateway.workshop"), log / "workshop.log"),
        Spec(
            "console",
            _module("web_console"),
            log / "console.log",
            # It says so once it has the gateway's state: then the gateway is ready as well.
            ready=partial(page_answers, LOOPBACK, settings.http_port, "/healthz"),
        ),
    ]
    if settings.gpio:
        # Told to end, rather than killed: it darkens its lamps and lets go of the chime.
        pins = _module("gateway.gpio")
        specs.append(Spec("gpio", pins, log / "gpio.log", death_signal=signal.SIGTERM))
    if settings.serial:
        specs.append(Spec("serial", _module("gateway.bus.serial_bridge"), log / "serial.log"))
    if settings.demo:
        find_tool("micropython")
        boards = _module("boards.virtual")
        # Its boards are programs of their own, which it ends when told to.
        specs.append(Spec("boards", boards, log / "boards.log", death_signal=signal.SIGTERM))
    return specs


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name)
