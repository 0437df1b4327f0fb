"""The technicians' pages in a real browser: the fleet, and one board with all that can be done."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Open, signed_in
from tests.console import fleet_samples, samples
from tests.console.stand_in import Stage
from tests.console.workshop_stand_in import PERSON, Workshop, let_in

TARGETS = (
    "main :is(button, a, summary, select, input:not([type=checkbox], [type=radio]), label.tick)"
)


# The technicians' pages, and what stands there once all is known.
SIGNS = (
    ("/papan", "tbody tr"),
    ("/papan/counter-01", ".finding"),
    ("/pasang", ".port"),
    ("/pembaruan", ".releases li"),
)


def home(page: Page) -> str:
    return "/".join(page.url.split("/")[:3])


def go(page: Page, path: str, size: dict[str, int]) -> None:
    """Show another page in a window of this size."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(home(page) + path)


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
    page.wait_for_load_state("load")  # the button's script
    away = {"ok": False, "text": "Konsol pergi."}
    page.route("**/keluar/semua", lambda route: route.fulfill(json=away))
    page.get_by_role("button", name="Keluar di semua perangkat").click()
    expect(page.locator("#refusal")).to_have_text("Konsol pergi.")  # and stays
    page.get_by_role("button", name="Keluar", exact=True).click()
    expect(page).to_have_url(stage.url + "/masuk")


def test_who_needs_attention_stands_first(workshop: Workshop, open_as_technician: Open) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    page = open_as_technician("/papan", PHONE)
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
    expect(undone).to_contain_text("kembali ke versi lama: Kiriman rusak di jalan.")
    expect(page.locator("#fleet tr[data-key=panel-01]")).to_contain_text("Belum pernah terhubung")
    # A card of a phone says what there is to say only, a table keeps its columns.
    no_radio = page.locator("#fleet tr[data-key=dispenser-01]")
    expect(no_radio.locator("[data-column=signal]")).to_be_hidden()
    expect(no_radio.locator("[data-column=memory]")).to_be_visible()
    box = no_radio.bounding_box()
    assert box
    assert box["height"] < 150
    fits_a_thumb(page)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    expect(no_radio.locator("[data-column=signal]")).to_be_visible()
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


def test_the_technicians_row_fits_a_phone(workshop: Workshop, open_as_technician: Open) -> None:
    page = open_as_technician("/papan", PHONE, has_touch=True)
    for language in ("id", "en"):
        for path in ("/papan", "/papan/counter-01", "/pasang", "/pembaruan"):
            page.goto(f"{home(page)}/bahasa/{language}?ke={path}")
            row = page.locator(".sub nav")
            expect(row.get_by_role("link")).to_have_count(4)
            assert row.evaluate("(nav) => nav.scrollWidth - nav.clientWidth") <= 0, path
            top = page.locator(".top nav")
            assert top.evaluate("(nav) => nav.scrollWidth - nav.clientWidth") <= 0, path
            fits_a_thumb(page, ".sub :is(a, button)")


NAMELESS = """(all) =>
  all.filter((e) => !(e.ariaLabel || e.textContent || e.labels?.[0]?.textContent))
    .map((e) => e.outerHTML)"""

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


def test_all_words_can_be_read_and_nothing_is_wider_than_its_page(
    stage: Stage, workshop: Workshop, open_as_technician: Open
) -> None:
    workshop.publish("boards", fleet_samples.fleet())
    workshop.publish("update", fleet_samples.plan("stopped", why_id="Berhenti: satu gagal."))
    failed = fleet_samples.job("j1", "counter-05", "/dev/ttyACM0", state="failed")
    jobs = [failed, fleet_samples.job("j2", "counter-06", "/dev/ttyACM1")]
    workshop.publish("jobs", {"jobs": jobs})
    workshop.answers["ports"] = lambda fields: fleet_samples.ports("/dev/ttyACM2")
    page = open_as_technician("/papan", DESK)
    for path, sign in SIGNS:
        for size in (DESK, PHONE):
            go(page, path, size)
            expect(page.locator(sign).first).to_be_visible()
            if path == "/papan/counter-01":
                page.get_by_role("button", name="Cabut dari sistem").click()
            assert page.evaluate(CONTRASTS) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
            nameless = page.locator("main :is(button, select, input)").evaluate_all(NAMELESS)
            assert nameless == [], path


def test_one_long_word_widens_no_page_and_none_is_markup(
    workshop: Workshop, open_as_technician: Open
) -> None:
    name, word = "b" * 32, "<img/src=x/onerror=alert(1)>" + "W" * 150
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
    page = open_as_technician("/papan", DESK)
    for path, sign in SIGNS:
        for size in (DESK, PHONE):
            go(page, path.replace("counter-01", name), size)
            expect(page.locator(sign).first).to_be_visible()
            expect(page.locator("main")).to_contain_text("<img/src=x/onerror=alert(1)>")
            assert page.locator("main img").count() == 0, path
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
