"""Pictures of the console's pages, from a running demo hall.

`python docs/screenshots.py ADDRESS [PERSON PASSWORD]` writes docs/img/*.png; with a technician's
name and password also those of the technicians' pages. It takes numbers and calls some of them on
the bench, as a person would, and updates all boards, so let it loose on a demo hall only. Needs
chromium and the packages of requirements/dev.txt.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = Path(__file__).parent / "img"
DESK = {"width": 1440, "height": 900}
HALL = {"width": 1920, "height": 1080}
PHONE = {"width": 360, "height": 740}

WITHIN_MS = 30_000  # a hall that has just been opened still starts its boards

# A call's number blinks, and a picture between two blinks shows none: wait until the counters'
# matrices have shown the same for a while, and the panel something.
AT_REST = """() => {
  const px = (role) => [...document.querySelectorAll(`[data-role=${role}] canvas`)]
    .map((canvas) => canvas.dataset.px);
  const shown = px("counter").join();
  if (window.shown !== shown) [window.shown, window.sinceMs] = [shown, performance.now()];
  const isLit = px("panel").every((all) => /[^0]/.test(all));
  return performance.now() - window.sinceMs > 1500 && isLit;
}"""

# name of the picture, page, size, whether the whole page is wanted
PICTURES = (
    ("hall", "/", DESK, False),
    ("hall-phone", "/", PHONE, True),
    ("display", "/layar", HALL, False),
    ("facilities", "/fasilitas", DESK, False),
    ("facilities-phone", "/fasilitas", PHONE, False),
    ("bench", "/bangku", DESK, True),
    ("bench-phone", "/bangku", PHONE, False),
)
FOR_TECHNICIANS = (
    ("fleet", "/papan", DESK, False),
    ("fleet-phone", "/papan", PHONE, False),
    ("board", "/papan/counter-03", DESK, True),
    ("board-phone", "/papan/counter-03", PHONE, False),
    ("flash-phone", "/pasang", PHONE, False),
    ("update-phone", "/pembaruan", PHONE, False),
)


def open_page(browser: Browser, address: str, size: dict[str, int]) -> Page:
    """Give a page of the console once it shows what is there."""
    sharp = 2 if size is PHONE else 1
    page = browser.new_page(
        viewport=size,  # type: ignore[arg-type]
        device_scale_factor=sharp,
        reduced_motion="reduce",
    )
    page.goto(address)
    expect(page.locator(".loading")).to_have_count(0)
    page.evaluate("document.fonts.ready")
    return page


def press(page: Page, board: str, key: str) -> None:
    """Press a key of a board."""
    page.locator(f"[data-board={board}] [data-key={key}]").click()


def shows(page: Page, board: str, lamp: str, show: str) -> None:
    """Wait until a lamp of a board shows what it should."""
    there = page.locator(f"[data-board={board}] {lamp}")
    expect(there).to_have_attribute("data-show", show, timeout=WITHIN_MS)


def work_a_little(page: Page) -> None:
    """Take a few numbers, call some of them, let people in."""
    slip = page.locator("[data-board=ticket-01] .paper")
    for queue in (1, 1, 1, 2, 2, 3):
        shows(page, "ticket-01", f"[data-key=queue{queue}] .lamp", "on")
        slips = int(slip.get_attribute("data-n") or 0)
        press(page, "ticket-01", f"queue{queue}")
        expect(slip).to_have_attribute("data-n", str(slips + 1))
    for counter in ("counter-01", "counter-03"):
        press(page, counter, "next")
        shows(page, counter, ".lamps .lamp", "green")
    shows(page, "hall-01", ".light", "green")
    door = page.locator("[data-board=hall-01]")
    for _ in range(3):
        door.locator("[data-walk=in]").click()
    expect(door.locator(".digits")).not_to_have_attribute("data-text", "0", timeout=WITHIN_MS)


def settle_bench(page: Page, bench: Page) -> None:
    """Wait until numbers stand still on `page`, and a visitor has just been let in at the gate."""
    page.wait_for_function(AT_REST, timeout=WITHIN_MS, polling=50)
    shows(bench, "gate-01", ".light", "off")  # the visitor before has gone
    press(bench, "gate-01", "mask")
    shows(page, "gate-01", ".light", "green")


def sign_in(page: Page, address: str, person: str, password: str) -> None:
    """Sign in as a technician; the pages of the same context are then theirs."""
    page.goto(address + "/masuk")
    page.locator("[name=person]").fill(person)
    page.locator("[name=password]").fill(password)
    page.locator("form button").click()
    expect(page.locator("[name=password]")).to_have_count(0, timeout=WITHIN_MS)


def picture_workbench(browser: Browser, address: str, person: str, password: str) -> None:
    """Take the picture of a board that lives in its page, with the number it has called."""
    page = browser.new_page(viewport=DESK, reduced_motion="reduce")  # type: ignore[arg-type]
    sign_in(page, address, person, password)
    page.goto(address + "/bengkel")
    expect(page.locator("[name=counter] option")).not_to_have_count(0)
    page.select_option("[name=counter]", "2")
    page.locator("#choose button").click()
    place = page.locator(".place")
    expect(place).to_have_attribute("data-note", "ready", timeout=WITHIN_MS)
    place.locator("[data-key=next]").click()
    expect(place.locator(".lamps .lamp")).to_have_attribute("data-show", "green")
    page.wait_for_function(AT_REST.replace("isLit;", "true;"), timeout=WITHIN_MS, polling=50)
    page.screenshot(path=HERE / "workbench.png", full_page=True)
    print(HERE / "workbench.png")
    page.goto(address)  # its board is retired
    page.close()


def update_all(page: Page) -> None:
    """Start an update of the whole hall, and wait until the first boards have it."""
    page.locator("#build").click()
    page.locator(".releases button").first.click(timeout=WITHIN_MS)
    page.get_by_label("Juga pada jam layanan").first.check()
    page.locator("#wish button").last.click()
    done = page.locator(".plan-boards [data-tone=well]")
    expect(done).not_to_have_count(0, timeout=2 * WITHIN_MS)
    page.evaluate("scrollTo(0, 0)")


def for_technicians(browser: Browser, address: str, person: str, password: str) -> None:
    """Take the pictures of the technicians' pages."""
    page = browser.new_page()
    sign_in(page, address, person, password)
    state = page.context.storage_state()
    page.close()
    for name, path, size, whole in FOR_TECHNICIANS:
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            device_scale_factor=2 if size is PHONE else 1,
            reduced_motion="reduce",
            storage_state=state,
        )
        page = context.new_page()
        page.goto(address + path)
        if path == "/papan":
            expect(page.locator("tbody tr").first).to_be_visible(timeout=WITHIN_MS)
        elif path.startswith("/papan/"):
            expect(page.locator("#glass :is(canvas, .nothing)")).to_be_visible(timeout=WITHIN_MS)
            expect(page.locator(".chart").first).to_be_visible(timeout=WITHIN_MS)
        elif path == "/pembaruan":
            update_all(page)
        else:
            page.wait_for_load_state("load")
            page.wait_for_timeout(1_500)
        page.evaluate("document.fonts.ready")
        page.screenshot(path=HERE / f"{name}.png", full_page=whole)
        context.close()
        print(HERE / f"{name}.png")


def main(address: str, person: str = "", password: str = "") -> None:
    """Take all pictures of the hall at `address`."""
    HERE.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        bench = open_page(browser, address + "/bangku", DESK)
        work_a_little(bench)
        bench.wait_for_function(AT_REST, timeout=WITHIN_MS, polling=50)
        for name, path, size, whole in PICTURES:
            page = open_page(browser, address + path, size)
            if path == "/bangku":
                settle_bench(page, bench)
            page.screenshot(path=HERE / f"{name}.png", full_page=whole)
            page.close()
            print(HERE / f"{name}.png")
        if person:
            picture_workbench(browser, address, person, password)
            for_technicians(browser, address, person, password)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4):
        sys.exit("usage: python docs/screenshots.py http://127.0.0.1:8080 [PERSON PASSWORD]")
    main(sys.argv[1].rstrip("/"), *sys.argv[2:])
