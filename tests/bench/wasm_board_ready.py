"""How long a board of the workbench takes, from "Mulai" to its accepted hello.

In a headless Chromium, at a hall without other boards: registering it, fetching the interpreter
and the firmware, compiling all of it, connecting through the console, and the gateway's receipt.
The first board of a browser fetches everything; the median of new browsers counts.
"""

import sys
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from gateway.fleet.people import set_password
from tests.bench.results import Result, plain_result
from tests.bench.rigs import folder
from tests.support.chromium import chromium_path
from tests.support.hall_run import hall

FIGURES = ("wasm_board_ready_s",)
ROUNDS = 5
BAR_S = 5.0
_PERSON, _PASSWORD = "teknisi", "kabel-usb-data"


def run() -> list[Result]:
    """Start a counter's board in so many new browsers."""
    found: list[float] = []
    with folder() as here, hall([sys.executable, "-m", "gateway.cli", "run"], here / "home") as at:
        set_password(at.settings.paths, _PERSON, _PASSWORD, "technician")
        address = f"http://127.0.0.1:{at.settings.http_port}/bengkel"
        with sync_playwright() as playwright:
            for _ in range(ROUNDS):
                browser = playwright.chromium.launch(
                    executable_path=chromium_path(), args=["--no-sandbox"]
                )
                found.append(_ready_s(browser, address))
                browser.close()
    return [plain_result(FIGURES[0], median(found), "s", BAR_S)]


def _ready_s(browser: Browser, address: str) -> float:
    page = browser.new_page()
    page.goto(address)
    page.locator("[name=person]").fill(_PERSON)
    page.locator("[name=password]").fill(_PASSWORD)
    page.locator("form button").click()
    page.wait_for_url("**/bengkel")
    page.locator("[name=counter] option").first.wait_for(state="attached")
    page.locator("#choose button").click()
    place = page.locator(".place[data-ready-ms]")
    place.wait_for()
    ready_ms = float(place.get_attribute("data-ready-ms") or "inf")
    _unplug(page)
    return ready_ms / 1_000


def _unplug(page: Page) -> None:
    # Or the hall would soon have as many workbench boards as it takes.
    with page.expect_response("**/bengkel/papan"):
        page.locator(".acts .plain").click()
