"""The two sides of a benchmark: our hall, and the bare echo gateway, each with a broker alike."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from boards.catalog import load_kind
from gateway.fleet.register import Register
from gateway.fleet.secrets import hash_secret, new_secret, service_secret
from tests.bench.bench_site import write_site
from tests.support.rig import Rig, register_board, stop
from tests.support.tools import ROOT


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder on the disk that the project lies on, not one in memory."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build, prefix="bench-") as name:
        yield Path(name)


@contextmanager
def our_hall(home: Path, counters: int, ticket_boards: int) -> Iterator[tuple[Rig, dict[str, str]]]:
    """Give a running gateway with boards counter-1 .. and ticket-1 .., and their secrets."""
    rig = Rig(home / "home", write_site(home / "site.toml", counters))
    secrets: dict[str, str] = {}
    for n in range(1, counters + 1):
        secrets[f"counter-{n}"] = register_board(rig.settings, f"counter-{n}", "counter", n)
    for n in range(1, ticket_boards + 1):
        secrets[f"ticket-{n}"] = register_board(rig.settings, f"ticket-{n}", "ticket")
    with rig:
        yield rig, secrets


@contextmanager
def echo_hall(home: Path, boards: list[str], answer: str) -> Iterator[tuple[Rig, dict[str, str]]]:
    """Give a broker with the echo gateway; `answer` is "face" or "receipt"."""
    rig = Rig(home / "home")
    register = Register(rig.settings)
    rig.settings.paths.make()
    secrets = {board: new_secret() for board in boards}
    for board, secret in secrets.items():
        register.keep(board, hash_secret(secret))
    register.apply(boards)
    rig.start_broker()
    echo = subprocess.Popen(
        [
            sys.executable, "-m", "tests.bench.echo_gateway", str(rig.settings.mqtt_port),
            service_secret(rig.settings.paths, "gw"), str(home / "echo.sqlite3"), answer,
        ],
        cwd=ROOT,
    )  # fmt: skip
    try:
        rig.wait_ready()
        yield rig, secrets
    finally:
        stop(echo)
        rig.close()


def counter_flash(
    here: Path, board: str, secret: str, port: int, link: dict[str, Any] | None = None
) -> Path:
    """Make the flash of a virtual counter board below `here`, wired by `link`; give it."""
    flash = here / board
    flash.mkdir()
    parts = load_kind("counter_led").settings_parts()
    settings = {
        "id": board, "secret": secret, "role": "counter", "kind": "counter_led",
        "host": "127.0.0.1", "port": port, "tls": False,
        "parts": parts if link is None else {**parts, "link": link},
    }  # fmt: skip
    (flash / "settings.json").write_text(json.dumps(settings))
    return flash
