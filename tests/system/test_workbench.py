"""The workbench in a real browser, at a real hall: boards in a page, as good as on a table."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from boards.virtual.glass import px
from gateway.fleet.people import set_password
from tests.browser.conftest import PHONE, Open
from tests.support import command
from tests.support.hall_run import HallRun, hall
from tests.support.tools import wait_for

PERSON, PASSWORD = "teknisi", "kabel-usb-data"
READY_MS = 15_000  # on a busy machine; `make bench` measures how long it takes on an idle one


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallRun]:
    command = [sys.executable, "-m", "gateway.cli", "run"]
    with hall(command, tmp_path_factory.mktemp("home")) as run:
        set_password(run.settings.paths, PERSON, PASSWORD, "technician")
        yield run


@pytest.fixture
def bench(running: HallRun, open_page: Open) -> Page:
    return signed_in(running, open_page)


def address(running: HallRun) -> str:
    return f"http://127.0.0.1:{running.settings.http_port}"


def signed_in(running: HallRun, open_page: Open, **options: Any) -> Page:
    page = open_page(address(running) + "/bengkel", **options)
    assert page.url == address(running) + "/masuk?ke=%2Fbengkel"
    page.locator("[name=person]").fill(PERSON)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button").click()
    page.wait_for_url("**/bengkel")
    expect(page.locator("[name=counter] option")).not_to_have_count(0)
    return page


def start(page: Page, kind: str, counter: int | None = None) -> Locator:
    """Start a board of a kind; give its place on the page once its hello was accepted."""
    page.select_option("[name=kind]", kind)
    if counter is not None:
        page.select_option("[name=counter]", str(counter))
    before = page.locator(".place").count()
    page.locator("#choose button").click()
    expect(page.locator(".place")).to_have_count(before + 1)
    name = page.locator(".place").first.get_attribute("data-place")
    place = page.locator(f"[data-place={name}]")
    ready(place)
    return place


def ready(place: Locator) -> None:
    expect(place).to_have_attribute("data-note", "ready", timeout=READY_MS)


def registered(running: HallRun) -> set[str]:
    listed = json.loads(loket(running, "board", "list", "--json"))
    return {str(board["id"]) for board in listed}


def loket(running: HallRun, *words: str) -> str:
    """Give what a `loket` command prints."""
    done = command.loket(running.settings.to_env(), *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def shows(place: Locator, text: str) -> None:
    """Wait until a matrix shows this text, a call's blinks included."""
    expect(place.locator("canvas")).to_have_attribute("data-px", px(text), timeout=READY_MS)


def test_a_number_taken_at_one_board_is_called_at_another(running: HallRun, bench: Page) -> None:
    ticket = start(bench, "ticket_button")
    counter = start(bench, "counter_led", 1)
    ids = {str(place.get_attribute("data-place")) for place in (ticket, counter)}
    assert registered(running) >= ids
    ticket.locator("[data-key=queue1]").click()
    expect(ticket.locator(".paper strong")).to_have_text("A001")
    counter.locator("[data-key=next]").click()
    shows(counter, "A001")
    expect(counter.locator(".rows .packet").first).to_be_hidden()
    counter.locator(".talk input").check()
    expect(counter.locator(".rows .packet").first).to_be_visible()
    talk = counter.locator(".rows .told")
    expect(talk.filter(has_text="dn/receipt").first).to_contain_text('"ticket":"A001"')
    # Newest first: the press stands above the hello that made the board ready.
    said = talk.filter(has_text="up/event")
    expect(said.first).to_contain_text('"ev":"next"')
    expect(said.last).to_contain_text('"ev":"hello"')
    assert "CONNECT" in (counter.locator(".rows").text_content() or "")
    secret = json.loads(counter.locator("textarea").input_value())["secret"]
    assert secret not in (counter.locator(".rows").text_content() or "")

    bench.goto(address(running) + "/fasilitas")
    wait_for(lambda: not registered(running) & ids, what="the boards to be retired")


def test_on_a_phone_settings_are_edited_and_wrong_ones_are_told_in_words(
    running: HallRun, open_page: Open
) -> None:
    bench = signed_in(running, open_page, size=PHONE)
    place = start(bench, "counter_led", 1)
    place.locator("[data-key=pause]").click()
    expect(place.locator(".rows")).to_contain_text('"ev":"pause"')
    place.locator("[data-key=pause]").click()
    assert bench.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    made = place.locator("textarea").input_value()
    settings = json.loads(made)
    del settings["parts"]["keys"]["pause"]
    settings["parts"]["matrix"]["width"] = 64
    edit(place, json.dumps(settings))
    ready(place)
    expect(place.locator("[data-key=pause]")).to_have_count(0)
    expect(place.locator("[data-key=next]")).to_have_count(1)
    wait_for(lambda: len(place.locator("canvas").get_attribute("data-px") or "") == 128)

    edit(place, "{")
    expect(bench.locator("#refusal")).to_contain_text("settings.json tidak terbaca")
    ready(place)  # as it was
    edit(place, json.dumps(settings | {"secret": "x" * 24}))
    expect(place.locator(".note")).to_contain_text("Broker menolak rahasia papan ini")
    edit(place, json.dumps(settings | {"role": "baker"}))
    expect(place.locator(".note")).to_contain_text("Papan tidak bisa mulai")
    edit(place, made)
    ready(place)
    expect(place.locator("[data-key=pause]")).to_have_count(1)


def edit(place: Locator, text: str) -> None:
    if place.locator(".settings").get_attribute("open") is None:
        place.locator(".settings summary").click()
    place.locator("textarea").fill(text)
    place.locator(".settings button").click()


def test_pasted_settings_make_a_registered_board_live_here(running: HallRun, bench: Page) -> None:
    made = loket(running, "board", "add", "panel-07", "--role", "panel", "--json")
    parts = {"matrix": {"driver": "max7219", "width": 128}}
    settings = {**json.loads(made), "role": "panel", "parts": parts}
    bench.locator("details:has(#own) summary").click()
    bench.locator("#own textarea").fill(json.dumps(settings))
    bench.locator("#own button").click()
    place = bench.locator("[data-place=panel-07]")
    ready(place)
    expect(place.locator("canvas")).to_have_count(1)
    place.locator(".acts .plain").click()
    expect(place).to_have_count(0)
    assert "panel-07" in registered(running)  # it is not ours to retire


def test_a_dispensers_board_sleeps_and_wakes_when_it_is_touched(bench: Page) -> None:
    bench.select_option("[name=kind]", "refill_sensor")
    bench.locator("#choose button").click()
    place = bench.locator(".place").first
    expect(place).to_have_attribute("data-note", "asleep", timeout=READY_MS)
    readings = place.locator(".rows .told").filter(has_text="up/reading")
    expect(readings.first).to_contain_text('"level_pct":80')
    place.locator("input[type=range]").first.fill("20")
    expect(readings.first).to_contain_text('"level_pct":20', timeout=READY_MS)
    expect(place).to_have_attribute("data-note", "asleep", timeout=READY_MS)


def test_every_role_lives_in_a_page(bench: Page) -> None:
    for kind in ("gate_check", "hall_door", "panel_p10", "rating_keys"):
        place = start(bench, kind, 1 if kind == "rating_keys" else None)
        expect(place.locator(".board")).to_have_count(1)
        place.locator(".acts .plain").click()
        expect(bench.locator(".place")).to_have_count(0)
