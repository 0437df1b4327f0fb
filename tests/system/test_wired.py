"""A hall whose boards hang on USB cables: what reaches a board over the air reaches them, too.

Real 32-bit MicroPython on a pty, with its frames and all that it prints on one line, the real
bridge, broker, gateway and workshop. The board runs from source, so that an update brings it every
file.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from boards.catalog import load_kind
from boards.image import modules_of, source_of
from boards.virtual.glass import px
from boards.virtual.usb import UsbBoard
from firmware.wire import topics
from gateway.fleet.release import Releases
from gateway.fleet.secrets import board_hashes, is_secret_of
from tests.support.cable import start_bridge
from tests.support.rig import Board, Rig, register_board, stop
from tests.support.tools import ROOT, wait_for

KIND = "counter_wired"


class WiredHall:
    """An open hall with one board on a cable, `usb`, which is the spare `spare-01`."""

    def __init__(self, rig: Rig, usb: UsbBoard, log: Path) -> None:
        self.rig = rig
        self.usb = usb
        self.log = log
        self.console = rig.client("console")

    def ask(self, name: str, **fields: object) -> Any:
        """Ask the workshop as a console does, and give its answer."""
        key = secrets.token_hex(8)
        self.console.publish(topics.UP_ASK, {"key": key, "ask": name, **fields})
        answer = self.console.saw(topics.DN_ANSWER, lambda a: a["key"] == key, 20)
        assert answer["st"] == "accepted", answer
        return answer

    def plan(self, kind: str, board: str = "spare-01") -> Any:
        """Wait until a plan of this kind is over; give its row of `board`."""

        def over(part: Any) -> bool:
            plan = part["plan"]
            return bool(plan) and plan["kind"] == kind and plan["state"] in ("done", "stopped")

        plan = self.console.wait("gw/fleet/update", over, 60)["plan"]
        return next(row for row in plan["boards"] if row["board"] == board)

    def ready(self, board: str) -> Any:
        """Wait until a board is ready; give its row."""
        rows = self.console.wait(
            "gw/fleet/boards",
            lambda part: any(
                row["board"] == board and row["state"] == "ready" and row["number"] is not None
                for row in part["boards"]
            ),
            30,
        )["boards"]
        return next(row for row in rows if row["board"] == board)

    def take_numbers(self, numbers: int) -> None:
        """Let people wait in the queue of counter 3."""
        secret = register_board(self.rig.settings, "t-1", "ticket")
        tickets = self.rig.adopt(Board(self.rig.settings.mqtt_port, "t-1", secret))
        for _ in range(numbers):
            assert tickets.ask("take", queue="B")["st"] == "accepted"

    def settings(self) -> Any:
        """Give what the board goes by; its power is cut for that."""
        self.usb.power_cut()
        settings = json.loads(self.usb.files()["settings.json"])
        self.usb.power_on()
        return settings


def _flash(secret: str) -> dict[str, bytes]:
    parts = load_kind(KIND).settings_parts()
    settings = {
        "id": "spare-01", "secret": secret, "role": "counter", "kind": KIND, "host": "", "port": 0,
        "tls": False, "parts": parts,
    }  # fmt: skip
    sources = [source_of(name) for name in modules_of("counter", "virtual", parts)]
    return {
        **{f"a/{file.relative_to(ROOT)}": file.read_bytes() for file in sources},
        "a/manifest": b"loket-firmware 1\nversion 1.0\nnumber 0\n",
        "boot.json": b'{"slot":"a","now":{}}',
        "settings.json": json.dumps(settings).encode(),
        "main.py": (ROOT / "firmware" / "update" / "loader.py").read_bytes(),
    }


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[WiredHall]:
    with ExitStack() as stack:
        rig = stack.enter_context(Rig(tmp_path / "home"))
        register_board(rig.settings, "counter-03", "counter", 3)
        usb = UsbBoard(tmp_path / "usb")
        usb.put(_flash(register_board(rig.settings, "spare-01", "counter", spare=True)))
        rig.start_workshop()
        log = tmp_path / "serial.log"
        stack.enter_context(usb)
        stack.callback(stop, start_bridge(rig.settings, usb.port, log))
        yield WiredHall(rig, usb, log)


@pytest.mark.timeout(180)
def test_all_that_reaches_a_board_over_the_air_reaches_it_over_its_cable(hall: WiredHall) -> None:
    usb, console = hall.usb, hall.console
    assert hall.ready("spare-01")["wired"] is True

    # It takes the place of a dead one.
    hall.ask("replace", board="counter-03", spare="spare-01")
    assert hall.plan("replace")["state"] == "committed"
    hall.ready("counter-03")

    # The cable is pulled in the midst of an update, which goes on where it was; presses count.
    Releases(hall.rig.settings.paths).build_own("1.1", 1)
    hall.take_numbers(2)
    usb.after(50_000, usb.unplug)
    hall.ask("update_start", version="1.1", boards=["counter-03"], in_service=True)
    usb.world.press("next")
    usb.world.wait("matrix", px=px("B001"))
    wait_for(lambda: "the port is gone" in hall.log.read_text(), 30, "the cable to be pulled")
    usb.plug()
    row = hall.plan("firmware", "counter-03")
    assert row["state"] == "committed"
    assert hall.ready("counter-03")["slot"] == "b"
    got = [
        row["got"]
        for topic, part in console.seen
        if topic == topics.fleet_part("update") and part["plan"]
        for row in part["plan"]["boards"]
        if row["state"] == "loading"
    ]
    assert got == sorted(got), "what it had is not fetched again"
    usb.world.press("recall")
    usb.world.wait("matrix", px=px("B001"))

    # Its own secret, as every board has.
    hall.ask("secret_start", boards=["counter-03"], in_service=True)
    assert hall.plan("secret", "counter-03")["state"] == "committed"
    hall.ready("counter-03")

    # Orders, and its lines: over the network, and in the bridge's log.
    hall.ask("cmd", board="counter-03", cmd="identify")
    usb.world.wait("lamp", show="flash")
    hall.ask("log", board="counter-03", on=True)
    usb.world.do("juggle")
    said = console.saw(topics.fleet_log("counter-03").removeprefix(topics.PREFIX))
    assert "juggle" in said["text"]
    assert "the board says: cannot do" in hall.log.read_text()
    hall.ask("cmd", board="counter-03", cmd="restart")
    usb.world.wait("state", s="init", timeout_s=10)
    hall.ready("counter-03")

    # Who asks at its port is told which board is served there, and how it is.
    done = hall.rig.loket("board", "doctor", "--port", usb.port, "--json")
    found = json.loads(done.stdout)[0]
    assert (found["board"], found["via"]) == ("counter-03", "network")
    assert [finding["code"] for finding in found["findings"]] == ["well", "served_here"]
    assert "signal" not in found["findings"][0]["evidence_en"]

    hall.ask("rename", board="counter-03", to="loket-3", in_service=True)
    assert hall.plan("rename", "counter-03")["state"] == "committed"
    hall.ready("loket-3")
    settings = hall.settings()
    assert (settings["id"], settings["link"]) == ("loket-3", 3)
    hashed = board_hashes(hall.rig.settings.paths)["loket-3"]
    assert is_secret_of(settings["secret"], hashed)
