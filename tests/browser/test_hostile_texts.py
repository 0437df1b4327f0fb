"""Texts from boards and settings that look like markup, keys of objects or nothing at all."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.console import samples
from tests.console.stand_in import Stage, bench_hall

EVIL = "<img src=x onerror=alert(1)>"


def test_what_a_board_prints_shows_and_is_called_is_text(stage: Stage, open_page: Open) -> None:
    hall = bench_hall()
    for board in hall:
        board["place"] = EVIL
        board["counter"] = None
        board["look"] = {"lamps": {"__proto__": EVIL, "constructor": "on"}, "digits": EVIL[:16]}
    printing = next(board for board in hall if "printer" in board["parts"])
    stage.boards.start(hall)
    page = open_page(stage.url + "/bangku")
    name = printing["board"]
    expect(page.locator(f"[data-board={name}] h3")).to_have_text(EVIL)
    slip: dict[str, Any] = {
        "board": name, "see": "paper", "ticket": "<b>A012</b>", "head": EVIL, "lines": [EVIL],
        "qr": EVIL + "&#\"'", "foot": EVIL,
    }  # fmt: skip
    stage.boards.say(slip)
    paper = page.locator(f"[data-board={name}] .paper.printed")
    expect(paper).to_contain_text(EVIL)
    assert paper.locator("img").evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 0
    assert page.locator("img:not(.qr)").count() == 0


def test_alerts_of_odd_names_are_text(stage: Stage, open_page: Open) -> None:
    part = samples.facilities()
    part["alerts"] = [
        {"board": "counter-01", "place": EVIL, "code": code, "part": EVIL[:32]}
        for code in ("paper_out", "__proto__", "constructor", "tostring", EVIL[:32])
    ]
    part["sensors"][0].update(place=EVIL, sensor="constructor", alerts=["__proto__", "constructor"])
    stage.gateway.publish("boards", samples.boards())
    stage.gateway.publish("facilities", part)
    page = open_page(stage.url)
    page.wait_for_timeout(500)
    assert page.locator("img").count() == 0
    page.goto(stage.url + "/layar")
    page.wait_for_timeout(500)
    assert page.locator("img").count() == 0
    page.goto(stage.url + "/fasilitas")
    expect(page.locator("#dispensers")).to_contain_text(EVIL)
    expect(page.locator("#boards")).to_contain_text(EVIL[:32])
    assert page.locator("img").count() == 0
