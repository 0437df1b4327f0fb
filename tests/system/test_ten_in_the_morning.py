"""A counter's board is dead and a line waits: from a phone, a spare takes its place."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gateway.fleet.people import set_password
from tests.browser.conftest import PHONE, Open
from tests.support.rig import Rig, stop
from tests.support.tools import ROOT, free_port, wait_for
from tests.system.test_moves import Mall

_WITHIN_S = 60  # the thumb's part and the spare's


@pytest.mark.timeout(180)
def test_a_dead_board_is_replaced_from_a_phone_in_under_a_minute(
    tmp_path: Path, open_page: Open
) -> None:
    port = free_port()
    with Rig(tmp_path / "home", env={"LOKET_HTTP_PORT": str(port)}) as rig:
        mall = Mall(rig, tmp_path)
        console = None
        try:
            dead = mall.device("counter-01", rig.add_board("counter-01", "counter", 1))
            made = json.loads(
                mall.loket("board", "add", "spare-01", "--role", "counter", "--spare", "--json")
            )
            spare = mall.device("spare-01", made["secret"])
            dead.close()
            wait_for(lambda: mall.rows()["counter-01"]["state"] == "lost", 40, "it to be lost")
            mall.console.close()  # the real one comes
            set_password(rig.settings.paths, "teknisi", "kabel-usb-data", "technician")
            console = subprocess.Popen(
                [sys.executable, "-m", "web_console"],
                cwd=ROOT,
                env={**os.environ, **rig.settings.to_env()},
                stderr=subprocess.DEVNULL,
            )
            address = f"http://127.0.0.1:{port}"
            page = _open(open_page, address, port)
            began = time.monotonic()
            page.locator("[name=person]").fill("teknisi")
            page.locator("[name=password]").fill("kabel-usb-data")
            page.get_by_role("button", name="Masuk").tap()
            row = page.locator("tr[data-key=counter-01]")
            row.get_by_role("link", name="Ganti").tap()
            page.get_by_role("button", name="Ganti dengan spare-01").tap()
            expect(page.locator("#state")).to_contain_text("Terhubung", timeout=_WITHIN_S * 1_000)
            took_s = time.monotonic() - began
            expect(page.locator("#said")).to_have_text("counter-01 bekerja lagi.", timeout=30_000)
            assert spare.settings["id"] == "counter-01"
            assert took_s < _WITHIN_S
            print(f"a spare took over in {took_s:.1f} s")
            page.context.close()  # before the console: what it asks for then it would miss
        finally:
            for device in mall.devices:
                device.close()
            stop(mall.workshop)
            if console is not None:
                stop(console)


def _open(open_page: Open, address: str, port: int) -> Page:
    def is_up() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    wait_for(is_up, 20, "the console to answer")
    return open_page(address + "/papan", PHONE, has_touch=True)
