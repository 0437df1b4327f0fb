"""A gateway killed with presses on their way starts from a snapshot as it would without."""

from pathlib import Path

import pytest

from gateway.config import DEMO_SITE
from gateway.service.snapshot import code_mark, file_of
from tests.support.rig import Board, Rig, register_board


@pytest.mark.parametrize("spoilt", [False, True])
def test_killed_and_started_with_a_snapshot_or_a_spoilt_one(tmp_path: Path, spoilt: bool) -> None:
    with Rig(tmp_path / "home", DEMO_SITE) as rig:
        port = rig.settings.mqtt_port
        ticket = rig.adopt(Board(port, "t-1", register_board(rig.settings, "t-1", "ticket")))
        desk = rig.adopt(Board(port, "c-1", register_board(rig.settings, "c-1", "counter", 1)))
        for _ in range(3):
            ticket.ask("take", queue="A")
        assert desk.ask("next")["ticket"] == "A001"
        made = rig.loket("journal", "snapshot")
        assert made.returncode == 0, made.stderr
        assert desk.ask("start")["st"] == "accepted"
        first = desk.ask("next")
        assert first["ticket"] == "A002"
        file = file_of(rig.settings.paths, code_mark())
        if spoilt:
            file.write_bytes(file.read_bytes()[:-9])
        epoch = rig.wait_ready()["epoch"]
        assert rig.gateway is not None
        rig.gateway.kill()
        rig.gateway.wait()
        rig.start_gateway()
        desk.wait("gw/state", lambda state: state["s"] == "ready" and state["epoch"] > epoch)
        desk.repeat(desk.seq)
        assert desk.wait("dn/receipt", lambda r: r["seq"] == desk.seq) == first
        assert desk.ask("next", has="A002")["ticket"] == "A003"
        start = [line for line in rig.gateway_log().splitlines() if "the hall stands" in line][-1]
        assert ("all events are replayed" in start) == spoilt
        assert ("a snapshot of event" in start) != spoilt
        checked = rig.loket("journal", "check")
        assert checked.returncode == int(spoilt), checked.stdout
