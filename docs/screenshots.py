"""Pictures of the console's pages, from a running demo hall: `python docs/screenshots.py ADDRESS`.

Writes docs/img/*.png. It takes numbers and calls some of them on the bench, as a person would, so
let it loose on a demo hall only. Needs chromium and the packages of requirements/dev.txt.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = Path(__file__).parent / "img"
DESK = {"width": 1440, "height": 900}
HALL = {"width": 1920, "height": 1080}
PHONE = {"width": 360, "height": 740}

BLINKS_FOR_MS = 11_000  # a call's number blinks; a picture between two blinks shows none

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


def work_a_little(page: Page) -> None:
    """Take a few numbers at the first ticket board and call some of them."""

    def press(board: str, key: int) -> None:
        page.locator(f"[data-board={board}] .key").nth(key).click()

    for key in (0, 0, 0, 1, 1, 2):
        slip = page.locator("[data-board=ticket-01] .paper")
        slips = int(slip.get_attribute("data-n") or 0)
        press("ticket-01", key)
        expect(slip).to_have_attribute("data-n", str(slips + 1))
    for counter in ("counter-01", "counter-03"):
        press(counter, 0)
        lamp = page.locator(f"[data-board={counter}] .lamps .lamp")
        expect(lamp).to_have_attribute("data-show", "green")


def main(address: str) -> None:
    """Take all pictures of the hall at `address`."""
    HERE.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        bench = open_page(browser, address + "/bangku", DESK)
        work_a_little(bench)
        bench.wait_for_timeout(BLINKS_FOR_MS)
        for name, path, size, whole in PICTURES:
            page = open_page(browser, address + path, size)
            page.screenshot(path=HERE / f"{name}.png", full_page=whole)
            page.close()
            print(HERE / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/screenshots.py http://127.0.0.1:8080")
    main(sys.argv[1].rstrip("/"))
