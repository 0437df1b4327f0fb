"""Setting boards up and updating them, from the page's side."""

from typing import Any

from playwright.sync_api import Page, expect

from gateway.fleet.update_words import in_words
from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.test_fleet import fits_a_thumb
from tests.console import fleet_samples
from tests.console.workshop_stand_in import Workshop

ONE, TWO = "/dev/ttyACM0", "/dev/ttyACM1"


def fits_everywhere(page: Page) -> None:
    """What is pressed is as high as a thumb, and nothing too wide, at a desk and on a phone."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        fits_a_thumb(page)


def job(page: Page, board: str) -> Any:
    return page.locator(f".job[data-board={board}]")


def test_a_board_is_plugged_in_chosen_watched_and_ready(
    workshop: Workshop, open_as_technician: Open
) -> None:
    page = open_as_technician("/pasang", PHONE, has_touch=True)
    expect(page.locator("#looking")).to_be_visible()
    page.get_by_text("Tidak muncul?").click()
    expect(page.locator(".help")).to_contain_text("kabel pengisi daya saja tidak cukup")
    fits_everywhere(page)
    workshop.answers["ports"] = lambda fields: fleet_samples.ports(ONE)
    port = page.locator(".port")
    expect(port).to_contain_text(ONE)
    expect(page.locator("#looking")).to_be_hidden()
    expect(port.get_by_label("Papan yang mana ini?")).to_have_value("counter-05")
    expect(port.get_by_label("Jaringan")).to_contain_text("MPP-Papan")
    fits_everywhere(page)
    port.get_by_role("button", name="Pasang").tap()
    asked = workshop.wait_for_ask("flash")
    assert {name: asked[name] for name in ("port", "board", "kind", "counter")} == {
        "port": ONE, "board": "counter-05", "kind": "counter_led", "counter": 5
    }  # fmt: skip
    assert "wifi" not in asked
    workshop.publish("jobs", {"jobs": [fleet_samples.job("j1", "counter-05", ONE)]})
    expect(page.locator(".port")).to_have_count(0)
    card = job(page, "counter-05")
    now = card.locator("[aria-current=step]")
    expect(now).to_contain_text("Tulis firmware")
    expect(now).to_contain_text("40 %")
    assert now.locator("progress").evaluate("(bar) => bar.value") == 0.4
    done = fleet_samples.job("j1", "counter-05", ONE, state="done", step="hello")
    workshop.publish("jobs", {"jobs": [done]})
    expect(card.get_by_role("heading")).to_have_text("counter-05 siap")
    expect(card.get_by_role("link", name="Label")).to_have_attribute(
        "href", "/papan/counter-05/label"
    )
    anew = fleet_samples.job("j2", "counter-05", ONE)
    workshop.publish("jobs", {"jobs": [done, anew]})
    expect(card).to_have_count(1)
    expect(card.get_by_role("heading")).to_have_text("counter-05")
    workshop.publish("jobs", {"jobs": [done]})
    expect(card.get_by_role("heading")).to_have_text("counter-05 siap")
    fits_everywhere(page)


def test_several_boards_go_at_once_and_one_fails(
    workshop: Workshop, open_as_technician: Open
) -> None:
    workshop.answers["ports"] = lambda fields: fleet_samples.ports(ONE, TWO)
    numbers = iter(["j2", "j3"])
    workshop.answers["flash"] = lambda fields: {"job": next(numbers)}
    page = open_as_technician("/pasang", PHONE, has_touch=True)
    expect(page.locator(".port")).to_have_count(2)
    second = page.locator(".port").nth(1)
    second.get_by_label("Papan yang mana ini?").select_option("counter-06")
    second.get_by_role("button", name="Pasang").tap()
    workshop.wait_for_ask("flash")
    failed = fleet_samples.job(
        "j2", "counter-06", TWO, state="failed", step="files",
        text_id="Kabel tercabut.", text_en="Unplugged.",
        next_id="Colokkan lagi.", next_en="Plug it in again.",
    )  # fmt: skip
    running = fleet_samples.job("j1", "counter-05", ONE, done=70)
    workshop.publish("jobs", {"jobs": [running, failed]})
    expect(job(page, "counter-05")).to_contain_text("70 %")
    card = job(page, "counter-06")
    for said in ("Belum berhasil", "Kabel tercabut.", "Langkah berikut: Colokkan lagi.", "Aman"):
        expect(card).to_contain_text(said)
    fits_a_thumb(page)
    card.get_by_role("button", name="Coba lagi").tap()
    expect(card).to_have_count(0)  # what counts is the job to come
    assert [ask["board"] for ask in workshop.asks("flash")] == ["counter-06", "counter-06"]
    job(page, "counter-05").get_by_role("button", name="Hentikan").tap()
    assert workshop.wait_for_ask("flash_stop")["job"] == "j1"


def test_a_new_name_another_kind_another_network(
    workshop: Workshop, open_as_technician: Open
) -> None:
    workshop.answers["ports"] = lambda fields: fleet_samples.ports(ONE)
    page = open_as_technician("/pasang", PHONE)
    port = page.locator(".port")
    port.get_by_label("Papan yang mana ini?").select_option("+")
    port.get_by_role("button", name="Pasang").click()
    expect(page.locator("#refusal")).to_contain_text("Pilih papan dan jenisnya")
    port.get_by_label("Nama", exact=True).fill("ticket-02")
    port.get_by_label("Jenis papan").select_option("ticket_button")
    expect(port.get_by_label("Nomor loket")).to_be_hidden()
    port.get_by_label("Jaringan").select_option("new")
    port.get_by_label("Nama Wi-Fi").fill("MPP baru")
    port.get_by_label("Kata sandi Wi-Fi").fill("rahasia-sekali")
    page.wait_for_timeout(2_500)  # ports are read again meanwhile: nothing that was typed is lost
    port.get_by_role("button", name="Pasang").click()
    asked = workshop.wait_for_ask("flash")
    assert (asked["board"], asked["kind"]) == ("ticket-02", "ticket_button")
    assert asked["wifi"] == [{"ssid": "MPP baru", "password": "rahasia-sekali"}]
    assert asked["keep"] is True


def test_a_release_is_chosen_and_goes_over_the_fleet(
    workshop: Workshop, open_as_technician: Open
) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    page = open_as_technician("/pembaruan", PHONE, has_touch=True)
    expect(page.locator("#plan")).to_contain_text("Tidak ada pembaruan yang berjalan")
    releases = page.locator(".releases li")
    expect(releases).to_have_count(3)
    expect(releases.nth(0)).to_contain_text("Tidak dapat dipakai: unsigned")
    expect(releases.nth(0).get_by_role("button")).to_have_count(0)
    releases.nth(1).get_by_role("button", name="Pilih").tap()
    wish = page.locator("#wish")
    expect(wish.get_by_role("heading")).to_have_text("Perbarui ke 1.5.0")
    wish.get_by_label("Hanya yang dipilih").check()
    wish.get_by_role("button", name="Mulai").tap()
    expect(page.locator("#refusal")).to_contain_text("paling sedikit satu papan")
    wish.get_by_label("counter-02").check()
    wish.get_by_label("Juga pada jam layanan").check()
    fits_everywhere(page)
    wish.get_by_role("button", name="Mulai").tap()
    asked = workshop.wait_for_ask("update_start")
    assert asked["version"] == "1.5.0"
    assert (asked["boards"], asked["stages"], asked["in_service"]) == (["counter-02"], [1, 5], True)
    expect(page.locator("#said")).to_have_text("Dimulai.")
    workshop.publish("update", fleet_samples.plan())
    plan = page.locator(".plan")
    expect(plan).to_contain_text("1 dari 3 papan selesai")
    expect(plan).to_contain_text("Tahap 2 dari 2")
    expect(plan.locator("li", has_text="counter-02")).to_contain_text("Memuat 43 %")
    fits_everywhere(page)
    plan.get_by_role("button", name="Hentikan").tap()
    workshop.wait_for_ask("update_stop")
    stopped = fleet_samples.plan("stopped", why_id="counter-02 kembali ke versi lama.")
    stopped["plan"]["boards"][1] |= {"state": "rolled_back", **in_words("no_hello")}
    workshop.publish("update", stopped)
    expect(plan).to_contain_text("counter-02 kembali ke versi lama.")
    expect(plan.locator("li").first).to_contain_text("Kembali ke yang lama")
    expect(plan.locator("li").first).to_contain_text("tidak tersambung dalam 120 detik")
    plan.get_by_role("button", name="Lanjutkan").tap()
    workshop.wait_for_ask("update_go")


def test_all_that_differ_are_an_empty_list(workshop: Workshop, open_as_technician: Open) -> None:
    page = open_as_technician("/pembaruan", PHONE)
    page.locator(".releases li").nth(1).get_by_role("button").click()
    page.locator("#wish").get_by_role("button", name="Mulai").click()
    assert workshop.wait_for_ask("update_start")["boards"] == []


def test_the_network_is_changed_and_secrets_too(
    workshop: Workshop, open_as_technician: Open
) -> None:
    workshop.publish("boards", {"boards": [fleet_samples.row("counter-01")]})
    page = open_as_technician("/pembaruan", PHONE)
    page.get_by_text("Ganti jaringan atau broker").click()
    link = page.locator("#link")
    fits_a_thumb(page)
    link.get_by_role("button", name="Kirim ke papan").click()
    expect(page.locator("#refusal")).to_have_text("Isi nama Wi-Fi atau alamat broker.")
    link.get_by_label("Nama Wi-Fi").first.fill("MPP-Baru")
    link.get_by_label("Kata sandi Wi-Fi").first.fill("kata-sandi-wifi")
    link.get_by_label("Alamat broker").fill("10.0.0.5")
    link.get_by_role("button", name="Kirim ke papan").click()
    asked = workshop.wait_for_ask("link_start")
    assert asked["wifi"] == [{"ssid": "MPP-Baru", "password": "kata-sandi-wifi"}]
    assert (asked["host"], asked["boards"]) == ("10.0.0.5", [])
    assert "port" not in asked
    page.get_by_text("Ganti rahasia papan").click()
    page.locator("#secret").get_by_role("button", name="Ganti rahasia").click()
    expect(page.locator("#said")).to_have_text("Dimulai.")
    assert workshop.wait_for_ask("secret_start")["boards"] == []
