"""The driver as a process on either interpreter, and a real broker on free ports."""

import getpass
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.fleet.secrets import hash_secret
from tests.support import micropython
from tests.support.tools import ROOT, free_port, tool, wait_for

DRIVER = Path(__file__).parent / "driver.py"


class Driver:
    """A running driver; see driver.py for the order and for what it says."""

    def __init__(self, interpreter: str, heap_kb: int, order: dict[str, Any]) -> None:
        if interpreter == "micropython":
            command = micropython.command(DRIVER, heap_kb=heap_kb)
            env = micropython.environment()
        else:
            command = [sys.executable, "-u", "-W", "error", str(DRIVER)]
            env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.close()
        self.said: list[dict[str, Any]] = []

    def until(self, ev: str) -> dict[str, Any]:
        """Give the next line of kind `ev`; fail if the driver ends without one."""
        assert self.process.stdout is not None
        rest = []
        for line in self.process.stdout:
            if not line.startswith("{"):
                rest.append(line)
                continue
            said: dict[str, Any] = json.loads(line)
            self.said.append(said)
            if said["ev"] == ev:
                return said
        raise AssertionError(f"no {ev!r}, but {self.said[-5:]} and {''.join(rest[-20:])}")

    def all(self, ev: str) -> list[dict[str, Any]]:
        """Give all lines of kind `ev` so far."""
        return [said for said in self.said if said["ev"] == ev]

    def stop(self) -> None:
        """Kill it, if it still runs, and wait for its end."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


Start = Callable[..., Driver]


@pytest.fixture(params=["cpython", "micropython"])
def start(request: pytest.FixtureRequest) -> Iterator[Start]:
    """Give `start(heap_kb=128, **order)`, which starts a driver on this test's interpreter."""
    running = []

    def start(heap_kb: int = micropython.HEAP_KB, **order: Any) -> Driver:
        driver = Driver(request.param, heap_kb, order)
        running.append(driver)
        return driver

    start.interpreter = request.param  # type: ignore[attr-defined]
    yield start
    for driver in running:
        driver.stop()


class Broker:
    """A mosquitto on loopback: `port` plain, `tls_port` with TLS; user `driver`, `secret`.

    It has users and TLS as a hall's broker has, and keeps no limit on what it queues.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.tls_port = free_port()
        self.ca = home / "ca.der"
        make_certificate(home)
        (home / "passwords").write_text(f"driver:{hash_secret('secret')}\n")
        (home / "mosquitto.conf").write_text(
            f"""
            user {getpass.getuser()}
            password_file {home}/passwords
            set_tcp_nodelay true
            max_queued_messages 0
            max_inflight_messages 0
            listener {self.port} 127.0.0.1
            listener {self.tls_port} 127.0.0.1
            certfile {home}/cert.pem
            keyfile {home}/key.pem
            """.replace("            ", "")
        )
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        log = (self.home / "log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [tool("mosquitto"), "-v", "-c", str(self.home / "mosquitto.conf")],
                stdout=log,
                stderr=log,
            )
        try:
            wait_for(self._runs, what="mosquitto to run")
        except BaseException:
            self.stop()
            raise

    def _runs(self) -> bool:
        assert self.process.poll() is None, self.log()
        return " running" in self.log()

    def log(self) -> str:
        """Give what the broker has logged so far."""
        return (self.home / "log").read_text(errors="replace")

    def stop(self) -> None:
        """Kill it at once."""
        self.process.kill()
        self.process.wait()


def make_certificate(home: Path, name: str = "cert") -> None:
    """Make a self-signed certificate for `localhost`, also as DER."""
    openssl = tool("openssl")
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext"),
            *("subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", f"{name}.pem"),
        ],
        cwd=home,
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [openssl, "x509", "-in", f"{name}.pem", "-outform", "DER", "-out", "ca.der"],
        cwd=home,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Give a broker that all tests of this process share; use topics of your own."""
    broker = Broker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.stop()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """Give a broker that this test may kill."""
    broker = Broker(tmp_path)
    yield broker
    broker.stop()
