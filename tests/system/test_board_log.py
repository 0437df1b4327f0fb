"""What a board of a real hall says, live on the command line, through its restart."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from boards.virtual.client import HallClient
from tests.cli.test_board_log import Log
from tests.support.hall_run import HallRun
from tests.support.tools import ROOT, free_port, wait_for


@pytest.mark.timeout(120)
def test_a_boards_lines_are_followed_over_the_network_through_its_restart(tmp_path: Path) -> None:
    env = {
        "LOKET_HOME": str(tmp_path),
        "LOKET_DEMO": "1",
        "LOKET_HTTP_PORT": str(free_port()),
        "LOKET_MQTT_PORT": str(free_port()),
    }
    hall = HallRun([sys.executable, "-m", "gateway.cli", "run"], env)
    client = HallClient(hall.settings.paths.run / "hall.sock")
    log = Log(tmp_path, "counter-01", env=env)

    def told(key: str) -> None:
        """Let the board complain of a key that it has not, until that is in the log."""

        def seen() -> bool:
            client.do("counter-01", "press", key=key)
            return f"KeyError('{key}'" in log.said

        wait_for(seen, 30, f"the board's complaint of {key} in the log")

    try:
        told("before")
        restart = [sys.executable, "-m", "gateway.cli", "board", "restart", "counter-01"]
        # The log leaves room for other commands.
        subprocess.run(restart, cwd=ROOT, env={**os.environ, **env}, check=True, timeout=30)
        client.wait(lambda see: see.get("see") == "died", 30)
        told("after")
    finally:
        status = log.end()
        client.close()
        hall.stop()
    assert status == 0
