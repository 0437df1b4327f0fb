"""A newcomer's first visit: a whole demo hall in a real browser, from the paper to the LEDs."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from firmware.core.sign import ROWS, Sign
from firmware.core.ticks import NEVER
from tests.browser.conftest import PHONE, Open
from tests.support.hall_run import HallRun, hall
from tests.support.tools import wait_for

COLUMNS = 32
SOON_MS = 15_000  # on a busy machine; `make bench` measures how quick it is on an idle one

# Reads the canvas, not what the page believes to have drawn: a dot's middle is red when lit.
READ_GLASS = """(canvas) => {
  const dot = canvas.width / 32;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const lit = (row, column) => {
    const [x, y] = [column, row].map((n) => Math.round((n + 0.5) * dot));
    return data[4 * (y * canvas.width + x)] > 200;
  };
  return Array.from({ length: 8 }, (_, row) =>
    Array.from({ length: 32 }, (_, column) => (lit(row, column) ? "#" : ".")).join(""));
}"""

# A banner may stand for less than a second: what stood there is noted as it comes.
NOTE_BANNERS = """() => {
  const banners = document.getElementById("banners");
  window.said = [];
  new MutationObserver(() => window.said.push(banners.innerText))
    .observe(banners, { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallRun]:
    """A demo hall as `loket run --demo` opens it."""
    command = [sys.executable, "-m", "gateway.cli", "run", "--demo"]
    with hall(command, tmp_path_factory.mktemp("newcomer") / "home") as running:
        yield running


def address(run: HallRun, page: str = "") -> str:
    return f"http://127.0.0.1:{run.settings.http_port}/{page}"


def board(page: Page, name: str) -> Locator:
    return page.locator(f"[data-board={name}]")


def press(page: Page, name: str, key: str) -> None:
    board(page, name).locator(f"[data-key={key}]").click()


@cache
def pictures(text: str) -> set[tuple[str, ...]]:
    """Give every picture that the firmware draws of `text`: one, or all of a scroll."""
    sign, now_ms, found = Sign(COLUMNS), 0, set()
    sign.show(text, now_ms)
    while now_ms < 10_000:
        frame = sign.render(now_ms)
        if frame is not None:
            rows = [frame[at : at + COLUMNS // 8] for at in range(0, ROWS * COLUMNS // 8, 4)]
            found.add(tuple(f"{int.from_bytes(row, 'big'):032b}" for row in rows))
        if sign.due_ms == NEVER:
            break
        now_ms = sign.due_ms
    return {tuple(r.replace("0", ".").replace("1", "#") for r in picture) for picture in found}


def glass(page: Page, name: str) -> tuple[str, ...]:
    """Give what is lit on a board's matrix: eight rows of '#' and '.'."""
    return tuple(board(page, name).locator(".matrix canvas").evaluate(READ_GLASS))


def see(page: Page, name: str, text: str) -> None:
    """Wait until a board's LEDs show `text` as the firmware draws it."""
    wait_for(
        lambda: glass(page, name) in pictures(text),
        SOON_MS / 1_000,
        f"{text!r} on the LEDs of {name}",
    )


def queue(page: Page, letter: str) -> Locator:
    """Give the line of a queue on the hall's page: letter, name, how many wait."""
    return page.locator("#queues li").filter(has=page.get_by_text(letter, exact=True))


def counter(page: Page, number: int) -> Locator:
    """Give a counter on the hall's page."""
    return page.locator("#counters li").filter(
        has=page.get_by_role("heading", name=f"Loket {number}", exact=True)
    )


def calm(overview: Page, number: int) -> None:
    """Wait until a counter's ticket was called 2 s ago: to a nervous finger, next is locked."""
    since = counter(overview, number).locator("time[data-since]")
    wait_for(
        lambda: since.text_content() not in ("", "0 dtk", "1 dtk"),
        SOON_MS / 1_000,
        f"the call at counter {number} to be 2 s old",
    )


def take(bench: Page, key: str, ticket: str, overview: Page, waiting: int) -> None:
    """Take a number at the door and wait until it waits, for only then may it be called."""
    press(bench, "ticket-01", key)
    expect(board(bench, "ticket-01").locator(".paper strong")).to_have_text(ticket)
    expect(queue(overview, ticket[0]).locator(".figure .number")).to_have_text(str(waiting))


@pytest.fixture
def bench(running: HallRun, open_page: Open) -> Page:
    """The bench, with all of its boards drawn and connected."""
    page = open_page(address(running, "bangku"))
    page.set_default_timeout(SOON_MS)
    expect(page.locator(".board")).to_have_count(16, timeout=SOON_MS)
    for name in ("ticket-01", *(f"counter-0{n}" for n in range(1, 7))):
        expect(board(page, name)).to_contain_text("Terhubung", timeout=SOON_MS)
    return page


@pytest.fixture
def overview(running: HallRun, open_page: Open) -> Page:
    """The hall's page, on a phone."""
    return open_page(address(running), PHONE)


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Whatever is expected of a page may take as long as a busy machine needs."""
    expect.set_options(timeout=SOON_MS)
    yield
    expect.set_options(timeout=5_000)


def test_a_number_is_taken_called_and_lit(
    running: HallRun, bench: Page, overview: Page, open_page: Open
) -> None:
    display = open_page(address(running, "layar"))
    take(bench, "queue1", "A001", overview, 1)
    see(bench, "counter-01", "--")

    press(bench, "counter-01", "next")
    see(bench, "counter-01", "A001")
    expect(overview.locator("#calls .last .ticket")).to_have_text("A001")
    expect(overview.locator("#calls .last")).to_contain_text("Loket 1")
    expect(counter(overview, 1).locator(".ticket")).to_have_text("A001")
    expect(queue(overview, "A").locator(".figure .number")).to_have_text("0")
    expect(display.locator("#hero .ticket")).to_have_text("A001")
    expect(display.locator("#hero .counter")).to_contain_text("Loket 1")

    press(bench, "counter-01", "recall")
    expect(overview.locator("#calls .last")).to_contain_text("Panggilan ke-2")
    see(bench, "counter-01", "A001")

    # With nobody left to call, next only ends the visit, and says that it is empty.
    calm(overview, 1)
    press(bench, "counter-01", "next")
    see(bench, "counter-01", "KOSONG")
    expect(counter(overview, 1).locator(".ticket")).to_be_hidden()
    see(bench, "counter-01", "--")


def test_a_counter_with_an_empty_queue_says_so_and_one_that_pauses_too(
    bench: Page, overview: Page
) -> None:
    press(bench, "counter-05", "next")
    see(bench, "counter-05", "KOSONG")
    expect(counter(overview, 5)).to_contain_text("Siap")
    press(bench, "counter-04", "pause")
    see(bench, "counter-04", "TUTUP SEMENTARA")
    expect(counter(overview, 4)).to_contain_text("Tutup sementara")
    press(bench, "counter-04", "pause")
    see(bench, "counter-04", "--")
    expect(counter(overview, 4)).to_contain_text("Siap")


def test_a_level_that_falls_is_told_to_the_staff(
    running: HallRun, bench: Page, open_page: Open
) -> None:
    facilities = open_page(address(running, "fasilitas"))
    shown = facilities.locator("#dispensers li", has_text="dispenser-02")
    expect(shown.locator(".level")).to_have_text("64 %")
    # How a handle is dragged is tested in tests/browser; what counts here is where it stays.
    board(bench, "dispenser-02").locator("input[type=range]").first.fill("9")
    # A fall is believed when it has held for some seconds.
    expect(shown.locator(".level")).to_have_text("9 %", timeout=2 * SOON_MS)
    expect(shown).to_contain_text("Perlu diisi")


def test_a_killed_gateway_is_said_and_everything_is_back_by_itself(
    running: HallRun, bench: Page, overview: Page
) -> None:
    take(bench, "queue2", "B001", overview, 1)
    press(bench, "counter-03", "next")
    see(bench, "counter-03", "B001")
    take(bench, "queue2", "B002", overview, 1)
    for page in (bench, overview):
        page.evaluate(NOTE_BANNERS)

    state = running.settings.paths.run / "hall.json"
    killed = gateway_of(state)
    os.kill(killed, signal.SIGKILL)
    for page in (bench, overview):
        wait_for(
            lambda page=page: "Gateway tidak terhubung sejak" in str(page.evaluate("said")),  # type: ignore[misc]
            SOON_MS / 1_000,
            f"{page.url} to say that the gateway is away",
        )
        expect(page.locator("#banners .banner")).to_have_count(0)
    assert gateway_of(state) != killed

    see(bench, "counter-03", "B001")
    expect(counter(overview, 3).locator(".ticket")).to_have_text("B001")
    expect(queue(overview, "B").locator(".figure .number")).to_have_text("1")
    calm(overview, 3)
    press(bench, "counter-03", "next")
    see(bench, "counter-03", "B002")
    take(bench, "queue2", "B003", overview, 1)


def gateway_of(state: Path) -> int:
    """Give the gateway's process id from run/hall.json."""
    found: dict[str, Any] = json.loads(state.read_text())
    pid: int = found["children"]["gateway"]
    return pid
