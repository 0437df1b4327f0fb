"""The working overview: what is called, who waits, which counter does what; live."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Open, resize
from tests.console import samples
from tests.console.stand_in import Stage


def test_an_empty_hall_is_good_news(stage: Stage, open_page: Open) -> None:
    page = open_page(stage.url)
    expect(page.locator("#calls")).to_contain_text("Belum ada panggilan hari ini")
    expect(page.locator("#queues li").first).to_contain_text("Tidak ada yang menunggu")
    expect(page.locator("#counters li")).to_have_count(6)
    expect(page.locator("#counters li").first).to_contain_text("Siap")
    expect(page.locator(".banner")).to_have_count(0)


def test_a_call_lights_up_without_a_reload(stage: Stage, open_page: Open) -> None:
    page = open_page(stage.url)
    expect(page.locator("#counters li")).to_have_count(6)
    line = samples.empty_line()
    line["counters"][2] = samples.counter(3, "called", "A012")
    line["calls"] = [samples.call("A012", 3)]
    stage.gateway.publish("line", line)
    expect(page.locator(".last .ticket")).to_have_text("A012")
    expect(page.locator(".last .ticket")).to_be_visible()
    expect(page.locator(".last")).to_have_class(re.compile("pulse"))
    expect(page.locator(".last .to")).to_contain_text("Loket 3")
    counter = page.locator("#counters li").nth(2)
    expect(counter).to_contain_text("A012")
    expect(counter.locator(".state")).to_have_attribute("data-tone", "attention")
    expect(page.locator("#active")).to_have_text("1 dari 6 melayani")


def test_a_busy_hall_says_all_that_staff_need(stage: Stage, open_page: Open) -> None:
    stage.gateway.publish("line", samples.busy_line())
    page = open_page(stage.url)
    first = page.locator("#queues li").first
    expect(first.locator(".figure .number")).to_have_text("14")
    for said in ("25–35 mnt", "Berikutnya A013", "2 prioritas", "26 nomor hari ini"):
        expect(first).to_contain_text(said)
    expect(page.locator("#queues li").nth(2)).to_contain_text("Semua sudah dipanggil")
    expect(page.locator("#queues li").nth(3)).to_contain_text("Tutup")
    expect(page.locator(".last")).to_contain_text("Panggilan ke-2")
    expect(page.locator(".last")).not_to_have_class(re.compile("pulse"))
    expect(page.locator(".earlier li").first).to_contain_text("A011")
    third = page.locator("#counters li").nth(2)
    expect(third.locator(".warning")).to_have_text("Layar loket 3 belum menampilkan A012")
    expect(page.locator("#counters li").nth(0).locator(".warning")).to_be_hidden()
    expect(page.locator("#counters li").nth(4)).to_contain_text("Tutup sementara")


def test_breaks_and_notices_stand_above_all(stage: Stage, open_page: Open) -> None:
    until_ms = 1_795_000_000_000  # 19.46.40 in Jakarta
    notices = [{"code": "help", "text": "3"}]
    line = samples.busy_line(notices=notices) | {"break": {"name": "Senam", "until_ms": until_ms}}
    stage.gateway.publish("line", line)
    refused = {"code": "site_refused", "text": "site.toml:12: hours"}
    stage.gateway.publish("site", samples.site(notices=[refused]))
    page = open_page(stage.url)
    expect(page.locator("#notices")).to_contain_text("Istirahat: Senam")
    expect(page.locator("#notices")).to_contain_text(re.compile(r"dilanjutkan pukul \d\d\.\d\d\."))
    expect(page.locator("#notices")).to_contain_text("Loket 3 meminta bantuan")
    expect(page.locator("#notices")).to_contain_text("site.toml:12: hours")


def test_times_are_those_of_the_site_whatever_the_browsers_zone(
    stage: Stage, open_page: Open
) -> None:
    at_ms = 1_795_003_200_000  # 2026-11-18T12:00Z
    line = samples.busy_line()
    line["calls"] = [samples.call("A012", 3), samples.call("A011", 1) | {"at_ms": at_ms}]
    stage.gateway.publish("line", line)
    stage.gateway.publish("site", samples.site(zone="Asia/Jayapura"))
    page = open_page(stage.url, timezone_id="America/New_York")
    expect(page.locator(".earlier li").first).to_contain_text("21.00")
    expect(page.locator("#clock")).to_contain_text("WIT")


def test_the_words_of_the_site_are_text_and_the_counter_has_its_name(
    stage: Stage, open_page: Open
) -> None:
    name = "Pasar <img src=x onerror=alert(1)>"
    stage.gateway.publish("site", samples.site(name=name, counter_word="gerai"))
    page = open_page(stage.url)
    expect(page.locator("#site-name")).to_have_text(name)
    expect(page.locator("#counters li").first).to_contain_text("Gerai 1")
    expect(page.locator("#counter-word")).to_have_text("Gerai")
    assert page.locator("img").count() == 0


def test_the_language_is_switched_and_stays(stage: Stage, open_page: Open) -> None:
    stage.gateway.publish("line", samples.busy_line())
    page = open_page(stage.url)
    page.get_by_role("link", name="English").click()
    expect(page.locator(".warning").nth(2)).to_have_text(
        "The display of counter 3 does not show A012 yet"
    )
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Facilities").click()
    expect(page.locator("h2").first).to_contain_text("Dispensers")
    page.get_by_role("link", name="Indonesia").click()
    expect(page).to_have_url(stage.url + "/fasilitas")
    expect(page.locator("h2").first).to_contain_text("Dispenser")


def test_a_lost_gateway_is_said_on_top_and_goes_by_itself(
    own_stage: Stage, open_page: Open
) -> None:
    own_stage.gateway.publish("line", samples.busy_line())
    page = open_page(own_stage.url)
    expect(page.locator(".last .ticket")).to_have_text("A012")
    own_stage.gateway.lose()
    banner = page.locator(".banner")
    expect(banner).to_contain_text(re.compile(r"Gateway tidak terhubung sejak \d\d\.\d\d"))
    expect(page.locator("body")).to_have_class(re.compile("old"))
    expect(page.locator(".last .ticket")).to_have_text("A012")  # the last known stays
    own_stage.gateway.return_with(epoch=8)
    expect(banner).to_have_count(0)
    expect(page.locator("body")).not_to_have_class(re.compile("old"))


HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.parametrize(("path", "number"), [("/", ".last .ticket"), ("/layar", ".hero .ticket")])
def test_a_page_that_nobody_sees_gives_its_connection_back_but_a_display_never_does(
    stage: Stage, open_page: Open, path: str, number: str
) -> None:
    stage.gateway.publish("line", samples.busy_line())
    hidden, seen = open_page(stage.url + path), open_page(stage.url + path)
    for page in (hidden, seen):
        expect(page.locator(number)).to_have_text("A012")
    hidden.evaluate(HIDE, True)
    line = samples.busy_line()
    line["calls"].insert(0, samples.call("B008", 4))
    stage.gateway.publish("line", line)
    expect(seen.locator(number)).to_have_text("B008")
    expect(hidden.locator(number)).to_have_text("B008" if path == "/layar" else "A012")
    hidden.evaluate(HIDE, False)
    expect(hidden.locator(number)).to_have_text("B008")


@pytest.mark.usefixtures("connections_break")
def test_a_killed_console_is_said_and_the_page_finds_its_successor(
    own_stage: Stage, open_page: Open
) -> None:
    page = open_page(own_stage.url)
    expect(page.locator("#counters li")).to_have_count(6)
    # As if the page had been made by an older release: it must fetch its successor.
    page.evaluate("document.documentElement.dataset.build = 'older'")
    assert own_stage.console
    own_stage.console.kill()
    own_stage.console.wait()
    expect(page.locator(".banner")).to_contain_text("terputus dari konsol sejak")
    own_stage.start_console()
    expect(page.locator("html")).to_have_attribute("data-build", re.compile(r"[0-9a-f]{12}"))
    expect(page.locator("#counters li")).to_have_count(6)
    expect(page.locator(".banner")).to_have_count(0)


def test_an_unencrypted_network_is_said_and_nothing_scrolls_sideways_on_a_phone(
    stage: Stage, open_page: Open
) -> None:
    stage.gateway.publish("site", samples.site(counters=24, insecure_lan=True))
    stage.gateway.publish("line", samples.busy_line())
    stage.gateway.publish("facilities", samples.facilities())
    stage.gateway.publish("boards", samples.boards())
    page = open_page(stage.url, PHONE, has_touch=True)
    for path in ("/", "/layar", "/fasilitas", "/bangku"):
        if path != "/":
            page.goto(stage.url + path)
        expect(page.locator(".banner.attention")).to_contain_text("tanpa enkripsi")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        if path == "/layar":
            continue
        for link in page.locator("nav[aria-label=Halaman] a, .language").all():
            box = link.bounding_box()
            assert box
            assert box["height"] >= 44  # a thumb
            assert box["x"] + box["width"] <= PHONE["width"] + 1, path


def test_a_long_prefix_stands_clear_of_its_queues_name(stage: Stage, open_page: Open) -> None:
    line = samples.busy_line()
    line["queues"][1]["q"] = "MWK"
    stage.gateway.publish("line", line)
    page = open_page(stage.url, DESK)
    for size in (DESK, PHONE):
        resize(page, size)
        expect(page.locator("#queues .letter").nth(1)).to_have_text("MWK")
        names = page.locator("#queues .queue .name").all()
        letter, name = (
            page.locator(f"#queues {part}").nth(1).bounding_box() for part in (".letter", ".name")
        )
        assert letter
        assert name
        drawn = page.locator("#queues .letter").nth(1).evaluate("(node) => node.scrollWidth")
        assert letter["x"] + drawn + 8 <= name["x"]
        assert len({box["x"] for other in names if (box := other.bounding_box())}) == 1


def test_held_closed_and_full_are_told_above_and_at_their_queues(
    stage: Stage, open_page: Open
) -> None:
    stage.gateway.publish("line", samples.troubled_line())
    page = open_page(stage.url)
    notices = page.locator("#notices")
    expect(notices).to_contain_text("Silakan masuk: A013, A014")
    expect(notices).to_contain_text("Kantor Imigrasi tertunda sejak")
    expect(notices).to_contain_text("Antrean A ditutup untuk hari ini")
    first, second = page.locator("#queues li").nth(0), page.locator("#queues li").nth(1)
    expect(first).to_contain_text("Ditutup hari ini, dilanjutkan hari berikutnya")
    expect(second).to_contain_text("Tertunda sejak")


def test_a_clock_that_is_not_believed_is_said_on_every_page(stage: Stage, open_page: Open) -> None:
    since_ms = 1_795_230_000_000  # 2026-11-21 10.00 in Jakarta
    clock = {"state": "behind", "since_ms": since_ms, "system_ms": 0, "held_ms": since_ms}
    stage.gateway.publish("line", samples.busy_line(day="2026-11-21", clock=clock))
    page = open_page(stage.url)
    for path in ("/", "/fasilitas", "/bangku"):
        if path != "/":
            page.goto(stage.url + path)
        banner = page.locator("#banners .banner.trouble")
        expect(banner).to_contain_text("Jam perangkat tertinggal")
        for said in ("1 Januari 1970", "07.00", "Sabtu, 21 November", "loket clock accept"):
            expect(banner).to_contain_text(said)
    page.goto(stage.url + "/layar")
    expect(page.locator(".banner")).to_have_text(re.compile("Jam di layar ini mungkin"))
    stage.gateway.publish("line", samples.busy_line())
    expect(page.locator(".banner")).to_have_count(0)


def test_a_clock_that_jumped_says_so(stage: Stage, open_page: Open) -> None:
    clock = {"state": "ahead", "system_ms": 1_795_316_400_000, "held_ms": 1_795_230_000_000}
    stage.gateway.publish("line", samples.busy_line(clock=clock))
    banner = open_page(stage.url).locator("#banners .banner.trouble")
    expect(banner).to_contain_text("melompat maju")


def test_staff_read_what_is_wrong_with_a_board_and_where(stage: Stage, open_page: Open) -> None:
    part = samples.facilities()
    part["alerts"] += [
        {"board": "ticket-01", "place": "Pintu utama", "code": "cover_open", "part": ""},
        {"board": "counter-02", "place": "", "code": "key_stuck", "part": "next"},
        {"board": "gate-01", "place": "", "code": "smoke", "part": ""},
    ]
    stage.gateway.publish("facilities", part)
    page = open_page(stage.url)
    notices = page.locator("#notices .notice")
    expect(notices).to_have_text(
        [
            "Penutup printer terbuka: Pintu utama · ticket-01",
            "Tombol macet (Berikutnya): counter-02",
            "smoke: gate-01",
        ]
    )
