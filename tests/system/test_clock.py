"""A gateway process on a machine whose clock is set while it runs, and while it does not.

The machine's clock is the one thing here that is not real: every Python process of the hall
loads a `sitecustomize` that puts a test's clock in its place.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.config import DEMO_SITE
from tests.support.rig import Board, Client, Rig
from tests.support.tools import ROOT

HOUR_MS = 3_600_000

_CUSTOMIZE = """
import json, os, pathlib
from gateway.service import machine_clock
_real, _file = machine_clock.read, pathlib.Path(os.environ["CLOCK_OF_TEST"])
def _set(): return json.loads(_file.read_text())
def read():
    mono_ms, utc_ms = _real()
    return mono_ms, utc_ms + _set()["ahead_ms"]
machine_clock.read = read
machine_clock.synced = lambda: _set()["synced"]
"""


class Machine:
    """The clock of the machine that the hall runs on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(_CUSTOMIZE)
        self.file = folder / "clock.json"
        self.env = {"PYTHONPATH": f"{folder}:{ROOT}", "CLOCK_OF_TEST": str(self.file)}
        self.set(0)

    def set(self, ahead_ms: int, synced: bool | None = False) -> None:
        """Let it show so much more than the right time, and NTP say this."""
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps({"ahead_ms": ahead_ms, "synced": synced}))
        os.replace(new, self.file)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(tmp_path / "machine")
    for name, value in machine.env.items():
        monkeypatch.setenv(name, value)
    return machine


@pytest.fixture
def rig(tmp_path: Path, machine: Machine) -> Iterator[Rig]:
    site = tmp_path / "site.toml"
    site.write_text(DEMO_SITE.read_text())
    with Rig(tmp_path / "home", site) as rig:
        yield rig


def _line(console: Client, state: str | None) -> Any:
    """Wait for a line that says this of the clock, and give it."""
    return console.wait(
        "gw/hall/line", lambda part: (part["clock"] and part["clock"]["state"]) == state
    )


def _off_ms(console: Client, least_ms: int, most_ms: int) -> None:
    """Wait for a beat whose time is so much more than the right one."""

    def off(beat: Any) -> bool:
        return bool(least_ms <= beat["utc_ms"] - time.time_ns() // 1_000_000 <= most_ms)

    console.wait("gw/beat", off)


def _take(board: Board) -> str:
    return str(board.ask("take", queue="A")["ticket"])


def test_started_in_the_past_jumped_accepted_and_set_back(rig: Rig, machine: Machine) -> None:
    console = rig.client("console")
    ticket = Board(rig.settings.mqtt_port, "t-1", rig.add_board("t-1", "ticket"))
    rig.adopt(ticket)
    assert _take(ticket) == "A001"
    day = _line(console, None)["day"]

    assert rig.gateway is not None
    rig.gateway.kill()
    rig.gateway.wait()
    machine.set(-3_000 * 24 * HOUR_MS)  # the power was away, and there is no battery
    rig.start_gateway()
    assert _line(console, "behind")["day"] == day
    assert _take(ticket) == "A002"
    _off_ms(console, -60_000, 1_000)
    shown = rig.loket("clock")
    assert "not believed (behind)" in shown.stdout, shown.stderr

    machine.set(0, synced=True)  # NTP came up
    _line(console, None)
    machine.set(40 * HOUR_MS)  # and somebody sets the clock by hand
    assert _line(console, "ahead")["day"] == day
    assert _take(ticket) == "A003"
    _off_ms(console, -60_000, 1_000)

    done = rig.loket("clock", "accept")
    assert done.returncode == 0, done.stderr
    _off_ms(console, 40 * HOUR_MS - 60_000, 40 * HOUR_MS + 1_000)
    later = console.saw("gw/hall/line", lambda part: part["day"] > day)["day"]
    assert rig.loket("clock", "accept").returncode == 1  # there is nothing left to accept

    machine.set(0, synced=True)  # which NTP corrects
    _off_ms(console, -1_000, 1_000)
    assert _take(ticket) == "A004"
    assert _line(console, None)["day"] == later  # no day a second time
    assert "Traceback" not in rig.gateway_log()
