"""The technicians' pages in a real browser: the fleet, and one board with all that can be done."""

import re
import threading
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Open, signed_in
from tests.console import fleet_samples, samples
from tests.console.stand_in import Stage
from tests.console.workshop_stand_in import PERSON, Refuse, Workshop, let_in
from tests.support.tools import wait_for

TARGETS = (
    "main :is(button, a, summary, select, input:not([type=checkbox], [type=radio]), label.tick)"
)


def fits_a_thumb(page: Page, targets: str = TARGETS) -> None:
    """Nothing is wider than the phone, and all that is pressed is as high as a thumb."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    small = page.locator(targets).evaluate_all(
        "all => all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44)"
        ".map((e) => e.outerHTML)"
    )
    assert small == []


def names(page: Page) -> list[str]:
    return page.locator("#fleet tbody .name").all_text_contents()


@pytest.mark.usefixtures("refusals_come")
def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(
    stage: Stage, workshop: Workshop, cookie: str, open_page: Open
) -> None:
    page = open_page(stage.url + "/papan/counter-01", PHONE, has_touch=True)
    expect(page).to_have_url(re.compile(r"/masuk\?ke="))
    fits_a_thumb(page, "main :is(button, input)")
    page.get_by_label("Nama").fill(PERSON["person"])
    page.get_by_label("Kata sandi").fill("bukan-ini-sandinya")
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("alert")).to_contain_text("Nama atau kata sandi tidak cocok")


def test_the_way_in_and_out(stage: Stage, workshop: Workshop, cookie: str, open_page: Open) -> None:
    page = open_page(stage.url + "/papan", PHONE, has_touch=True)
    page.get_by_label("Nama").fill(PERSON["person"])
    page.get_by_label("Kata sandi").fill(PERSON["password"])
    page.get_by_role("button", name="Masuk").click()
    expect(page).to_have_url(stage.url + "/papan")
    page.get_by_role("button", name="Keluar").click()
    expect(page).to_have_url(stage.url + "/masuk")


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_who_needs_attention_stands_first(
    workshop: Workshop, open_as_technician: Open, size: dict[str, int]
) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    page = open_as_technician("/papan", size)
    expect(page.locator("#summary")).to_have_text("4 perlu perhatian · 8 papan")
    assert names(page) == [
        "counter-03", "counter-04", "ticket-01", "counter-02",
        "panel-01", "counter-01", "dispenser-01", "spare-01",
    ]  # fmt: skip
    lost = page.locator("#fleet tr[data-key=counter-03]")
    expect(lost).to_contain_text("Terputus, terakhir terlihat")
    expect(lost.get_by_role("link", name="Ganti")).to_be_visible()
    weak = page.locator("#fleet tr[data-key=counter-02]")
    for said in ("Terhubung", "Pengaturan belum diterapkan", "Sinyal lemah: -82 dBm", "1.4.0"):
        expect(weak).to_contain_text(said)
    expect(page.locator("#fleet tr[data-key=ticket-01]")).to_contain_text("Kertas habis")
    undone = page.locator("#fleet tr[data-key=counter-04]")
    expect(undone).to_contain_text("kembali ke versi lama (memori papan tidak cukup)")
    expect(page.locator("#fleet tr[data-key=panel-01]")).to_contain_text("Belum pernah terhubung")
    fits_a_thumb(page)


def test_text_filters_and_so_does_need(workshop: Workshop, open_as_technician: Open) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    page = open_as_technician("/papan", PHONE)
    expect(page.locator("#fleet tbody tr")).to_have_count(8)
    page.get_by_role("searchbox").fill("loket 3")
    assert names(page) == ["counter-03"]
    page.get_by_role("searchbox").fill("kertas")
    assert names(page) == ["ticket-01"]
    page.get_by_role("searchbox").fill("xyz")
    expect(page.locator("#fleet")).to_contain_text("Tidak ada yang cocok")
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Hanya yang perlu perhatian").check()
    expect(page.locator("#fleet tbody tr")).to_have_count(5)


def test_the_table_is_live_and_a_workshop_that_is_silent_is_said(
    own_stage: Stage, open_page: Open
) -> None:
    own_stage.gateway.publish("boards", samples.boards())
    page = open_page(own_stage.url + "/papan", PHONE, storage_state=signed_in(let_in(own_stage)))
    expect(page.locator("#workshop-down")).to_contain_text("Layanan teknisi", timeout=15_000)
    expect(page.locator("#fleet tbody tr")).to_have_count(5)  # as the gateway knows them
    with Workshop(own_stage) as workshop:
        workshop.publish("boards", {"boards": [fleet_samples.row("counter-01", counter=1)]})
        expect(page.locator("#summary")).to_have_text("Semua 1 papan baik")
        workshop.publish("boards", {"boards": [fleet_samples.row("counter-01", state="lost")]})
        expect(page.locator("#summary")).to_have_text("1 perlu perhatian · 1 papan")
        expect(page.locator("#workshop-down")).to_have_count(0, timeout=15_000)


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
    news = fleet_samples.row("counter-01", counter=1, fw="1.4.1")
    workshop.publish("boards", {"boards": [news]})
    expect(page.locator("#facts")).to_contain_text("1.4.1")
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


@pytest.mark.parametrize("path", ["/papan", "/papan/counter-01", "/pasang", "/pembaruan"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_technicians_row_fits_a_phone(
    workshop: Workshop, open_as_technician: Open, path: str, language: str
) -> None:
    page = open_as_technician(f"/bahasa/{language}?ke={path}", PHONE, has_touch=True)
    row = page.locator(".sub nav")
    expect(row.get_by_role("link")).to_have_count(4)
    assert row.evaluate("(nav) => nav.scrollWidth - nav.clientWidth") <= 0
    top = page.locator(".top nav")
    assert top.evaluate("(nav) => nav.scrollWidth - nav.clientWidth") <= 0
    fits_a_thumb(page, ".sub :is(a, button)")


CONTRASTS = """() => {
  const lum = (rgb) => rgb.map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest(":disabled, .hidden, option")) continue;
    const [one, other] = [parse(getComputedStyle(node).color).slice(0, 3), ground(node)]
      .map(lum).sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) bad.push(`${node.tagName} ${node.className} ${node.textContent} ${ratio}`);
  }
  return bad;
}"""


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("path", ["/papan", "/papan/counter-01", "/pasang", "/pembaruan"])
def test_all_words_can_be_read_and_nothing_is_wider_than_its_page(
    stage: Stage, workshop: Workshop, open_as_technician: Open, path: str, size: dict[str, int]
) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    workshop.publish("update", fleet_samples.plan("stopped", why_id="Berhenti: satu gagal."))
    failed = fleet_samples.job("j1", "counter-05", "/dev/ttyACM0", state="failed")
    jobs = [failed, fleet_samples.job("j2", "counter-06", "/dev/ttyACM1")]
    workshop.publish("jobs", {"jobs": jobs})
    workshop.answers["ports"] = lambda fields: fleet_samples.ports("/dev/ttyACM2")
    page = open_as_technician(path, size)
    sign = {"/papan": "tbody tr", "/pasang": ".port", "/pembaruan": ".releases li"}
    expect(page.locator(sign.get(path, ".finding")).first).to_be_visible()
    if path == "/papan/counter-01":
        page.get_by_role("button", name="Cabut dari sistem").click()
    assert page.evaluate(CONTRASTS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    nameless = page.locator("main :is(button, select, input)").evaluate_all(
        "all => all.filter((e) => !(e.ariaLabel || e.textContent || e.labels?.[0]?.textContent))"
        ".map((e) => e.outerHTML)"
    )
    assert nameless == []


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("path", ["/papan", f"/papan/{'b' * 32}", "/pasang", "/pembaruan"])
def test_one_long_word_widens_no_page(
    workshop: Workshop, open_as_technician: Open, path: str, size: dict[str, int]
) -> None:
    name, word = "b" * 32, "/home/loket/" + "W" * 150
    spare = fleet_samples.row("s" * 32, role="counter", spare=True, place=word)
    about = {"counter": 999, "place": word, "fw": "9" * 64, "hw": "h" * 64, "state": "lost"}
    row = fleet_samples.row(name, role="counter", **about)
    workshop.publish("boards", {"boards": [row, spare]})
    said = fleet_samples.board(name)["board"]
    said |= {"log": [{"utc_ms": 1, "text": word}], "presses": [{"ev": "E" * 32, "fields": {}}]}
    workshop.answers["board"] = lambda fields: {"board": said | row}
    finding = fleet_samples.findings()["findings"][0]
    told = {"title_id": word, "evidence_id": word, "next_id": word}
    workshop.answers["doctor"] = lambda fields: {"findings": [finding | told], "via": "network"}
    workshop.answers["ports"] = lambda fields: fleet_samples.ports("/dev/" + "t" * 100)
    job = fleet_samples.job("j1", name, "/dev/ttyACM0", state="failed", text_id=word, next_id=word)
    workshop.publish("jobs", {"jobs": [job]})
    workshop.publish("update", fleet_samples.plan("stopped", version="9" * 64, why_id=word))
    release = {"version": "v" * 64, "number": 1, "ok": False, "why_id": word}
    workshop.answers["releases"] = lambda fields: {"releases": [release]}
    page = open_as_technician(path, size)
    sign = {"/papan": "tbody tr", "/pasang": ".port", "/pembaruan": ".releases li"}
    expect(page.locator(sign.get(path, ".finding")).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
