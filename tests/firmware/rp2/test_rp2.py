"""The rp2 backend, wired to a stand-in of its chip, carries a press to the matrix and back."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from boards.virtual.glass import px
from boards.virtual.process import micropython
from firmware.drivers.ws2812 import colour_bytes
from tests.boards.scripted import Broker, ScriptedGateway, make_flash
from tests.support.tools import ROOT

WIFI = [{"ssid": "mall", "password": "y"}]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    yield broker
    broker.kill()


def test_a_press_on_a_pin_becomes_light_on_the_matrix(tmp_path: Path, broker: Broker) -> None:
    flash = make_flash(tmp_path, "counter-01", "counter", broker.port, wifi=WIFI)
    gateway = ScriptedGateway(broker.port, "counter-01")
    gateway.config(next_lock_ms=0)
    gateway.face("--", "idle", "off")

    def answer(event: dict[str, object]) -> dict[str, object] | None:
        if event["ev"] != "next":
            return {}
        gateway.face("A001", lamp="amber")
        return {"ticket": "A001"}

    gateway.answer = answer
    drive = ROOT / "tests" / "firmware" / "rp2" / "drive.py"
    done = subprocess.run(
        [micropython(), "-X", "heapsize=176k", str(drive), str(flash)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["glass"] == px("A001")
    assert told["asked"] == [["mall", "y"]]
    assert told["watchdog"] == [8_000, "fed"]
    assert told["strip"] == colour_bytes("amber", 8).hex()
    assert told["free_bytes"] > 60_000
    gateway.close()
