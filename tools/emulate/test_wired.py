"""A whole wired board on an emulated Pico: firmware, cable, the gateway's bridge, a real broker."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from boards.catalog import load_kind
from boards.virtual.glass import px
from gateway.config import Settings
from tests.boards.scripted import Broker, ScriptedGateway
from tests.support.cable import PtyCable, start_bridge
from tests.support.rig import stop
from tools.emulate.chip import Chip

KIND = load_kind("counter_wired")
USB: dict[str, Any] = {"driver": "usb"}
UART = {"driver": "uart", "uart": 0, "tx": 0, "rx": 1, "baud": 115_200}
MAIN = b"from firmware.main import boot\nboot()\n"
PRESSES = 7


class Counter(ScriptedGateway):
    """Calls A001 at the first press of `next`, then A002, and so on."""

    def __init__(self, port: int) -> None:
        super().__init__(port, "counter-01")
        self.called: dict[int, str] = {}
        self.answer = self._call
        self.config(next_lock_ms=0)
        self.face("--", "idle", "off")

    def _call(self, event: dict[str, Any]) -> dict[str, Any]:
        if event["ev"] != "next":
            return {}
        if event["seq"] not in self.called:
            self.called[event["seq"]] = f"A{len(self.called) + 1:03}"
            self.face(self.called[event["seq"]])
        return {"ticket": self.called[event["seq"]]}


@pytest.fixture(params=[USB, UART], ids=["usb", "uart"])
def chip(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Chip]:
    link: dict[str, Any] = request.param
    parts = {**KIND.settings_parts(), "link": link}
    settings = {
        "id": "counter-01", "secret": "x", "role": "counter", "kind": KIND.kind, "host": "",
        "port": 0, "parts": parts,
    }  # fmt: skip
    files = {"settings.json": json.dumps(settings).encode(), "main.py": MAIN}
    with ExitStack() as stack:
        broker = Broker(tmp_path)
        stack.callback(broker.kill)
        cable = PtyCable(tmp_path / "usb-1")
        stack.callback(cable.close)
        env = {"LOKET_HOME": str(tmp_path), "LOKET_MQTT_PORT": str(broker.port)}
        bridge = start_bridge(Settings.from_env(env), f"{tmp_path}/usb*", tmp_path / "serial.log")
        stack.callback(stop, bridge)
        gateway = Counter(broker.port)
        stack.callback(gateway.close)
        line = os.open(cable.link["line"], os.O_RDWR | os.O_NOCTTY)
        stack.callback(os.close, line)
        cs = parts["matrix"]["cs"]
        chip = stack.enter_context(Chip(tmp_path, files=files, cs=cs, slow_flash=True))
        for key in parts["keys"].values():
            chip.tell("pin", pin=key["pin"], high=True)
        chip.plug(line, link.get("uart"))
        yield chip


@pytest.mark.timeout(180)
def test_a_press_on_a_wired_board_becomes_light(chip: Chip, request: pytest.FixtureRequest) -> None:
    chip.until(lambda: b'{"s":"ready"' in chip.said, "the board to be ready", 90)
    ready_ms = chip.at_ns / 1e6
    pin = KIND.parts["keys"]["next"]["pin"]
    took_ms = []
    for n in range(1, PRESSES + 1):
        chip.pass_ms(600)  # its first words, or the last press, are over
        began_ns = chip.now_ns()
        chip.tell("pin", pin=pin, high=False)
        chip.until(lambda n=n: chip.glass() == px(f"A{n:03}"), f"number {n}")  # type: ignore[misc]
        took_ms.append((chip.at_ns - began_ns) / 1e6)
        chip.tell("pin", pin=pin, high=True)
    print(f"\n{request.node.callspec.id}: ready {ready_ms:.0f} ms after power-on, "
          f"press to glass {median(took_ms):.0f} ms")  # fmt: skip
