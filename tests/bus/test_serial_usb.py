"""The USB of a board: frames and printed lines on one stdin and stdout, in real MicroPython."""

import os
import subprocess
from pathlib import Path

from gateway.config import Settings
from tests.boards.scripted import Broker, ScriptedGateway
from tests.support import micropython
from tests.support.cable import PtyCable, start_bridge
from tests.support.rig import stop
from tests.support.tools import ROOT, wait_for


def test_frames_and_what_is_printed_share_the_usb(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    gateway = ScriptedGateway(broker.port, "usb-1")
    cable = PtyCable(tmp_path / "usb-1")
    env = {"LOKET_HOME": str(tmp_path), "LOKET_MQTT_PORT": str(broker.port)}
    log = tmp_path / "serial.log"
    bridge = start_bridge(Settings.from_env(env), f"{tmp_path}/usb-*", log)
    end = os.open(cable.link["line"], os.O_RDWR | os.O_NOCTTY)
    board = subprocess.Popen(
        micropython.command(ROOT / "tests" / "bus" / "usb_board.py", "usb-1", heap_kb=64),
        stdin=end, stdout=end, env=micropython.environment(),
    )  # fmt: skip
    try:
        assert gateway.wait("up/hello", timeout_s=15) == "hello"
        # All bytes there are, also those that frames must not hold, in pieces of any size.
        for size in (1, 60, 300, 2_000):
            text = ("\x03\x11\x13\x10~}{" * 300)[:size]
            gateway.publish("dn/say", text.encode())
            assert gateway.wait("up/echo") == size
        wait_for(lambda: "says: got 2000 letters" in log.read_text(), what="the printed line")
    finally:
        board.kill()
        board.wait()
        os.close(end)
        stop(bridge)
        cable.close()
        gateway.close()
        broker.kill()
