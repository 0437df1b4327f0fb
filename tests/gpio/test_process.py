"""The program as a process: under the supervisor, with wrong settings, told to end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.config import EXIT_CONFIG, Settings
from gateway.supervise.hall import hall_specs
from tests.gpio.conftest import FORCED
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


@pytest.mark.parametrize(
    ("command", "status"), [(("gateway.cli", "run"), 1), (("gateway.gpio",), EXIT_CONFIG)]
)
def test_a_kind_that_is_none_opens_no_hall(
    tmp_path: Path, command: tuple[str, ...], status: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "LOKET_HOME": str(tmp_path), "LOKET_GPIO": "gateway_pie"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == status
    assert "--gpio / LOKET_GPIO 'gateway_pie' cannot be used" in done.stderr
    assert "counter_led" in done.stderr


def test_a_process_without_a_kind_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway.gpio"],
        cwd=ROOT,
        env={**os.environ, "LOKET_HOME": str(tmp_path), "LOKET_GPIO": ""},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stdout) == (EXIT_CONFIG, "")
    assert done.stderr == "gpio: LOKET_GPIO names no kind of board, so there is nothing to serve\n"


def test_it_serves_what_is_there_and_ends_when_told(tmp_path: Path) -> None:
    with Rig(tmp_path / "home") as rig, open(tmp_path / "log", "w+") as log:
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
        (line,) = (tmp_path / "log").read_text().splitlines()
        assert "status lamp (GPIO 17): this machine has no such pin" in line
