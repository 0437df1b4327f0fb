"""The program as a process: under the supervisor, with wrong settings, told to end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.config import EXIT_CONFIG, Settings
from gateway.gpio.__main__ import main
from gateway.supervise.hall import hall_specs
from tests.gpio.conftest import FORCED
from tests.support.command import loket
from tests.support.rig import Rig
from tests.support.tools import ROOT, wait_for

# Nothing at these pins of Blinka's board: 17 it does not have.
_MAIN = """
import sys
from gateway.gpio import __main__ as program
from gateway.gpio.wiring import OutputWiring, Wiring
program.read_wiring = lambda kind: Wiring(OutputWiring(4), OutputWiring(17))
sys.exit(program.main())
"""


def test_it_belongs_to_a_hall_only_if_asked_for(tmp_path: Path) -> None:
    def specs(**env: str) -> dict[str, signal.Signals]:
        settings = Settings.from_env({"LOKET_HOME": str(tmp_path), **env})
        return {spec.name: spec.death_signal for spec in hall_specs(settings, tmp_path / "conf")}

    assert "gpio" not in specs()
    assert "gpio" not in specs(LOKET_GPIO="off")
    assert specs(LOKET_GPIO="gateway_pi")["gpio"] == signal.SIGTERM


def test_a_kind_that_is_none_opens_no_hall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    env = {"LOKET_HOME": str(tmp_path), "LOKET_GPIO": "gateway_pie"}
    done = loket(env, "run")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert (done.returncode, main()) == (1, EXIT_CONFIG)
    for said in (done.stderr, capsys.readouterr().err):
        assert "--gpio / LOKET_GPIO 'gateway_pie' cannot be used" in said
        assert "counter_led" in said


def test_a_process_without_a_kind_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    monkeypatch.setenv("LOKET_GPIO", "")
    assert main() == EXIT_CONFIG
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "gpio: LOKET_GPIO names no kind of board, so there is nothing to serve\n"


def test_it_serves_what_is_there_and_ends_when_told(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "home")
    rig.start_broker()
    with open(tmp_path / "log", "w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", _MAIN],
            cwd=ROOT,
            env={**os.environ, **rig.settings.to_env(), **FORCED, "LOKET_GPIO": "gateway_pi"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(lambda: "status lamp" in (tmp_path / "log").read_text(), what="its word")
            process.send_signal(signal.SIGTERM)
            assert process.wait(5) == 0
        finally:
            process.kill()
            process.wait()
            rig.close()
        (line,) = (tmp_path / "log").read_text().splitlines()
        assert "status lamp (GPIO 17): this machine has no such pin" in line
