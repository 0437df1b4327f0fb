"""One board's page in a real browser: what it shows, and all that can be done to the board."""

import re
import threading
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.test_fleet import fits_a_thumb
from tests.console import fleet_samples, samples
from tests.console.stand_in import Stage
from tests.console.workshop_stand_in import Refuse, Workshop
from tests.support.tools import wait_for


@pytest.fixture
def page(workshop: Workshop, open_as_technician: Open, stage: Stage) -> Page:
    stage.gateway.publish("line", samples.busy_line())
    workshop.publish("boards", fleet_samples.fleet())
    workshop.answers["board"] = lambda fields: fleet_samples.board(fields["board"], counter=1)
    return open_as_technician("/papan/counter-01", PHONE, has_touch=True)


def test_one_board_shows_what_it_shows(page: Page, workshop: Workshop) -> None:
    canvas = page.locator("#glass canvas")
    expect(canvas).to_have_attribute("data-px", fleet_samples.LIT)
    expect(page.locator("#in-words")).to_have_text("Loket 1 · Melayani · A011")
    expect(page.locator("#state")).to_contain_text("Terhubung")
    workshop.answers["look"] = lambda fields: fleet_samples.look("0" * 63 + "1")
    page.get_by_role("button", name="Lihat lagi").click()
    expect(canvas).to_have_attribute("data-px", "0" * 63 + "1")
    fits_a_thumb(page)


def test_of_a_board_that_is_away_nothing_is_waited_for(
    workshop: Workshop, open_as_technician: Open
) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    away = fleet_samples.board("counter-03", counter=3, state="lost")
    workshop.answers["board"] = lambda fields: away
    page = open_as_technician("/papan/counter-03", PHONE)
    expect(page.locator("#glass")).to_contain_text("Papan ini tidak terhubung")
    expect(page.locator("#glass .loading")).to_have_count(0)
    assert workshop.asks("look") == []


@pytest.mark.usefixtures("refusals_come")
def test_of_a_board_that_nobody_registered_there_is_nothing_to_do(
    workshop: Workshop, open_as_technician: Open
) -> None:
    def unknown(fields: dict[str, Any]) -> dict[str, Any]:
        raise Refuse("unknown_board", "Papan ini tidak terdaftar.", "Not registered.")

    workshop.answers["board"] = workshop.answers["doctor"] = unknown
    page = open_as_technician("/papan/counter-77", PHONE)
    expect(page.locator("#state")).to_contain_text("Papan ini tidak ada di gateway")
    expect(page.locator(".loading:visible")).to_have_count(0)
    expect(page.get_by_role("button", name="Tunjukkan papan")).to_have_count(0)
    workshop.answers["board"] = lambda fields: fleet_samples.board("counter-77")
    expect(page.get_by_role("button", name="Tunjukkan papan")).to_be_visible()


def test_presses_health_and_findings_are_told(page: Page, workshop: Workshop) -> None:
    expect(page.locator(".press-list li").first).to_contain_text("Berikutnya")
    expect(page.locator(".press-list li").first).to_have_text(re.compile(r"Berikutnya\s*A011$"))
    expect(page.locator(".chart")).to_have_count(3)
    signal = page.locator(".chart[data-figure=signal] svg")
    axis = page.locator(".chart[data-figure=signal] .foot span")
    expect(axis).to_have_text([re.compile(r"\d\d\.\d\d$"), "-68 sampai -60 dBm", "sekarang"])
    expect(signal).to_have_attribute("aria-label", re.compile(r"Sinyal: sekarang -\d+ dBm, terend"))
    finding = page.locator(".finding")
    expect(finding).to_contain_text("Sinyal Wi-Fi lemah")
    expect(finding).to_contain_text("Langkah berikut: Pindahkan papan")
    pressed = fleet_samples.board("counter-01", counter=1)
    pressed["board"]["presses"].insert(0, {"utc_ms": samples.now_ms(), "ev": "no_show"})
    workshop.answers["board"] = lambda fields: pressed
    expect(page.locator(".press-list li").first).to_contain_text("Tidak hadir")


def test_the_log_is_switched_on_and_flows(page: Page, workshop: Workshop) -> None:
    expect(page.locator("#log")).to_contain_text("settings 812 applied")
    page.get_by_role("button", name="Nyalakan catatan").click()
    expect(page.get_by_role("button", name="Matikan catatan")).to_be_visible()
    assert workshop.asks("log")[0] | {"by": ""} == {
        "ask": "log", "board": "counter-01", "on": True, "by": ""
    }  # fmt: skip
    for n in range(5):
        workshop.say("counter-01", f"line <b>{n}</b>")
    workshop.say("counter-02", "of another board")
    expect(page.locator("#log p")).to_have_count(5)
    expect(page.locator("#log p").last).to_contain_text("line <b>4</b>")
    first = page.locator("#log p").first.element_handle()
    workshop.say("counter-01", "one more")
    expect(page.locator("#log p")).to_have_count(6)
    assert first.evaluate("node => node.isConnected")  # it is not read out once more


def test_actions_ask_once_and_only_what_is_harmless_without_a_second_tap(
    page: Page, workshop: Workshop
) -> None:
    page.get_by_role("button", name="Tunjukkan papan").tap()
    expect(page.locator("#said")).to_have_text("Papan sedang menunjukkan dirinya.")
    page.get_by_role("button", name="Nyalakan ulang").tap()
    expect(page.locator("#panel")).to_contain_text("Papan mati beberapa detik")
    assert [ask["cmd"] for ask in workshop.asks("cmd")] == ["identify"]
    page.get_by_role("button", name="Ya, lakukan").tap()
    expect(page.locator("#panel")).to_be_hidden()
    assert [ask["cmd"] for ask in workshop.asks("cmd")] == ["identify", "restart"]
    assert {ask["by"] for ask in workshop.asks("cmd")} == {"teknisi"}


def test_news_of_a_board_lets_nobody_tap_twice(page: Page, workshop: Workshop) -> None:
    go_on = threading.Event()

    def slowly(fields: dict[str, Any]) -> dict[str, Any]:
        go_on.wait(10)
        return {}

    workshop.answers["cmd"] = slowly
    show = page.locator("[data-do=identify]")
    expect(show).to_be_enabled()
    show.tap()
    expect(show).to_have_text("Sebentar …")
    expect(page.locator("#facts")).to_contain_text("diterapkan · 812")
    news = fleet_samples.row("counter-01", counter=1, fw="1.4.1", settings_applied=811)
    # An answer on its way says the same: else it could be the last word on a busy computer.
    workshop.answers["board"] = lambda fields: {"board": fleet_samples.board("x")["board"] | news}
    workshop.publish("boards", {"boards": [news]})
    expect(page.locator("#facts")).to_contain_text("1.4.1")
    expect(page.locator("#facts")).to_contain_text("belum diterapkan · 811 → 812")
    still = show.is_disabled()
    show.dispatch_event("click")
    go_on.set()
    expect(show).to_have_text("Tunjukkan papan")
    expect(show).to_be_enabled()
    assert (still, len(workshop.asks("cmd"))) == (True, 1)


@pytest.mark.usefixtures("refusals_come")
def test_the_log_ends_by_itself_and_the_page_says_so(page: Page, workshop: Workshop) -> None:
    page.clock.install()
    page.reload()
    page.get_by_role("button", name="Nyalakan catatan").click()
    expect(page.get_by_role("button", name="Matikan catatan")).to_be_visible()
    page.clock.fast_forward("10:01")
    expect(page.get_by_role("button", name="Nyalakan catatan")).to_be_visible()
    assert len(workshop.asks("log")) == 1


@pytest.mark.usefixtures("refusals_come")
def test_a_refusal_is_told_in_words_and_changes_nothing(page: Page, workshop: Workshop) -> None:
    def busy(fields: dict[str, Any]) -> dict[str, Any]:
        raise Refuse("wrong_state", "Papan sedang mencetak.", "The board is printing.")

    workshop.answers["cmd"] = busy
    page.get_by_role("button", name="Tunjukkan papan").tap()
    expect(page.locator("#refusal")).to_have_text("Papan sedang mencetak.")


def test_a_board_is_withdrawn_through_the_gateway(page: Page, workshop: Workshop) -> None:
    page.get_by_role("button", name="Cabut dari sistem").tap()
    assert workshop.ordered == []
    page.get_by_role("button", name="Ya, cabut counter-01").tap()
    expect(page).to_have_url(re.compile("/papan$"))
    (order,) = workshop.ordered
    assert (order["ev"], order["board"], order["by"]) == ("board_retire", "counter-01", "teknisi")


def test_a_board_gets_another_name_and_a_newer_release(page: Page, workshop: Workshop) -> None:
    page.get_by_role("button", name="Ganti nama").tap()
    page.get_by_label("Nama baru").press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.get_by_role("button", name="Ganti nama")).to_be_focused()
    page.get_by_role("button", name="Ganti nama").tap()
    page.get_by_label("Nama baru").fill("counter-11")
    page.locator("#panel").get_by_role("button", name="Ganti nama").tap()
    expect(page.locator("#said")).to_contain_text("counter-11")
    assert workshop.asks("rename")[0]["to"] == "counter-11"
    page.get_by_role("button", name="Perbarui papan ini").tap()
    page.get_by_role("button", name="Perbarui ke 1.5.0").tap()
    expect(page.locator("#said")).to_have_text("Pembaruan ke 1.5.0 dimulai.")
    (started,) = workshop.asks("update_start")
    assert started["boards"] == ["counter-01"]
    assert started["in_service"] is False


def test_ten_in_the_morning_a_spare_takes_over_in_three_taps(
    workshop: Workshop, open_as_technician: Open
) -> None:
    fleet = fleet_samples.fleet()
    workshop.publish("boards", fleet)
    dead = fleet["boards"][2]
    workshop.answers["board"] = lambda fields: fleet_samples.board("counter-03", **dead)
    page = open_as_technician("/papan", PHONE, has_touch=True)
    page.locator("tr[data-key=counter-03]").get_by_role("link", name="Ganti").tap()
    spare = page.get_by_role("button", name="Ganti dengan spare-01")
    expect(spare).to_be_visible()
    fits_a_thumb(page)
    spare.tap()
    expect(page.locator("#said")).to_have_text("spare-01 sedang menjadi counter-03 …")
    assert workshop.asks("replace")[0] | {"by": ""} == {
        "ask": "replace", "board": "counter-03", "spare": "spare-01", "by": ""
    }  # fmt: skip
    done = [{"board": "spare-01", "as_board": "counter-03", "state": "committed"}]
    workshop.publish("update", fleet_samples.plan("done", kind="link", boards=done))
    back = [fleet_samples.row("counter-03", counter=3)]
    workshop.answers["board"] = lambda fields: fleet_samples.board("counter-03", counter=3)
    workshop.publish("boards", {"boards": back})
    expect(page.locator("#said")).to_have_text("counter-03 bekerja lagi.")
    expect(page.locator("#state")).to_contain_text("Terhubung")
    expect(page.locator("#state")).to_contain_text("Loket 3")


def test_a_board_that_lives_is_not_replaced(page: Page, workshop: Workshop) -> None:
    expect(page.locator("#state")).to_contain_text("Terhubung")
    page.get_by_role("button", name="Ganti dengan cadangan").tap()
    expect(page.locator("#panel")).to_contain_text("counter-01 masih terhubung")
    expect(page.locator("#panel").get_by_role("button")).to_have_text(["Batal"])


def test_without_a_spare_it_is_said_how_to_get_one(
    workshop: Workshop, open_as_technician: Open
) -> None:
    fleet = fleet_samples.fleet()
    fleet["boards"] = [row for row in fleet["boards"] if not row["spare"]]
    workshop.publish("boards", fleet)
    dead = fleet["boards"][2]
    workshop.answers["board"] = lambda fields: fleet_samples.board("counter-03", **dead)
    page = open_as_technician("/papan/counter-03", PHONE)
    expect(page.locator("#state")).to_contain_text("Terputus")
    page.get_by_role("button", name="Ganti dengan cadangan").click()
    expect(page.locator("#panel")).to_contain_text("Belum ada cadangan yang terhubung")
    expect(page.locator("#panel").get_by_role("link", name="Pasang")).to_be_visible()


def test_a_label_has_name_place_and_code(workshop: Workshop, open_as_technician: Open) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    page = open_as_technician("/papan/counter-01/label", PHONE)
    expect(page.locator("#label")).to_contain_text("counter-01")
    expect(page.locator("#place")).to_have_text("Loket 1 · Lantai 1, kiri")
    picture = page.locator("#label img")
    assert picture.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 0
    fits_a_thumb(page)


def test_english_speaks_english(workshop: Workshop, open_as_technician: Open) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    page = open_as_technician("/papan/counter-01", PHONE)
    page.get_by_role("link", name="English").click()
    expect(page.locator(".finding")).to_contain_text("The Wi-Fi signal is weak")
    expect(page.get_by_role("button", name="Show itself")).to_be_visible()
    assert page.url.endswith("/papan/counter-01")


def test_a_board_that_does_not_answer_is_waited_for(page: Page, workshop: Workshop) -> None:
    wait_for(lambda: len(workshop.asks("look")) >= 2, what="the board to be looked at again")
