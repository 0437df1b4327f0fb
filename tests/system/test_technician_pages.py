"""The technicians' pages at a real demo hall: real boards, the real workshop, a thumb."""

import re
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from boards.virtual.glass import px
from tests.browser.conftest import PHONE, Open
from tests.support.hall_run import HallRun, hall
from tests.support.tools import wait_for

READY_MS = 20_000  # on a busy machine
_SHOWN = re.compile(r"sign in as (\w+) with ([\w-]+)")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallRun]:
    command = [sys.executable, "-m", "gateway.cli", "run", "--demo"]
    with hall(command, tmp_path_factory.mktemp("home")) as run:
        yield run


@pytest.fixture
def page(running: HallRun, open_page: Open) -> Page:
    """The fleet's page of who signed in with the password that `loket run` showed."""
    wait_for(lambda: _SHOWN.search(running.said()), what="the password")
    found = _SHOWN.search(running.said())
    assert found
    person, password = found.groups()
    page = open_page(address(running) + "/papan", PHONE, has_touch=True)
    page.locator("[name=person]").fill(person)
    page.locator("[name=password]").fill(password)
    page.locator("form button").tap()
    page.wait_for_url("**/papan")
    return page


def address(running: HallRun) -> str:
    return f"http://127.0.0.1:{running.settings.http_port}"


def press(page: Page, board: str, key: str) -> None:
    """Press a key of a virtual board, as the bench's page does."""
    order = {"board": board, "do": "press", "key": key}
    said = page.evaluate(
        """async (order) => (await fetch("/bangku/do", {
          method: "POST", headers: { "Content-Type": "application/json" },
          body: JSON.stringify(order),
        })).status""",
        order,
    )
    assert said == 200


def test_the_password_is_shown_and_stands_in_no_log(running: HallRun, page: Page) -> None:
    found = _SHOWN.search(running.said())
    assert found
    logs = running.settings.paths.log.glob("*.log")
    assert [file.name for file in logs if found[2] in file.read_text()] == []


def test_a_press_and_what_the_board_shows_are_seen_from_afar(page: Page) -> None:
    row = page.locator("tr[data-key=counter-01]")
    expect(row).to_contain_text("Terhubung", timeout=READY_MS)
    expect(page.locator("tr[data-key=ticket-01]")).to_contain_text("Terhubung", timeout=READY_MS)
    row.get_by_role("link").tap()
    glass = page.locator("#glass canvas")
    expect(glass).to_be_visible(timeout=READY_MS)
    expect(page.locator("#findings")).to_contain_text("Semua baik", timeout=READY_MS)
    press(page, "ticket-01", "queue1")
    for _ in range(8):  # the paper takes its time, and then somebody waits
        page.wait_for_timeout(2_000)
        if "A001" in page.locator("#in-words").inner_text():
            break
        press(page, "counter-01", "next")
    expect(page.locator("#in-words")).to_contain_text("A001")
    expect(glass).to_have_attribute("data-px", px("A001"), timeout=READY_MS)
    expect(page.locator(".press-list")).to_contain_text("Berikutnya", timeout=READY_MS)


def test_one_board_is_updated_from_its_page(page: Page) -> None:
    page.goto(page.url.replace("/papan", "/pembaruan"))
    page.get_by_role("button", name="Buat rilis dari gateway ini").tap()
    expect(page.locator(".releases li")).to_have_count(1, timeout=60_000)
    version = page.locator(".releases strong").inner_text()
    page.goto(page.url.replace("/pembaruan", "/papan/counter-02"))
    expect(page.locator("#state")).to_contain_text("Terhubung", timeout=READY_MS)
    page.get_by_role("button", name="Perbarui papan ini").tap()
    page.get_by_label("Juga pada jam layanan").check()
    page.get_by_role("button", name=f"Perbarui ke {version}").tap()
    expect(page.locator("#facts")).to_contain_text("nomor 1", timeout=60_000)
    expect(page.locator("#facts")).to_contain_text("Terpasang")
    expect(page.locator("#facts")).to_contain_text(version)
