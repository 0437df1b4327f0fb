"""The hall display: the called number, from ten metres, and never an old one as if it were live."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, HALL, PHONE, Open, resize
from tests.console import samples
from tests.console.stand_in import Stage

OLD_SCREEN = {"width": 1024, "height": 768}
INK_RIGHT = """node => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return range.getBoundingClientRect().right;
}"""


def inside(page: Page, selector: str) -> bool:
    """Tell whether all of an element lies within the window."""
    box = page.locator(selector).bounding_box()
    assert box
    width, height = page.evaluate("[innerWidth, innerHeight]")
    return bool(
        box["x"] >= 0
        and box["y"] >= 0
        and box["x"] + box["width"] <= width + 1
        and box["y"] + box["height"] <= height + 1
    )


def test_the_called_number_is_the_largest_thing_and_fits(stage: Stage, open_page: Open) -> None:
    page = open_page(stage.url + "/layar", HALL)
    for ticket in ("A012", "A001", "AB0123", "ABC01234"):
        line = samples.busy_line()
        line["calls"][0]["ticket"] = ticket
        stage.gateway.publish("line", line)
        number = page.locator(".hero .ticket")
        expect(number).to_have_text(ticket)
        size_px = number.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
        capital_height = 0.668  # of the font, by its own tables
        if len(ticket) == 4:
            assert size_px * capital_height >= HALL["height"] / 4
        earlier = page.locator(".earlier").bounding_box()
        ink_right = number.evaluate(INK_RIGHT)
        assert earlier
        assert ink_right < earlier["x"], ticket
        for selector in (".hero", ".hero .counter", ".earlier", "footer"):
            assert inside(page, selector), (ticket, selector)


def test_a_full_mall_keeps_its_distances_on_any_glass(stage: Stage, open_page: Open) -> None:
    line = samples.busy_line()
    line["calls"] = [samples.call(f"H{letter}001", 38) for letter in "AGCBMK"]
    first = line["queues"][0]
    line["queues"] = [{**first, "q": f"A{letter}", "waiting": 113} for letter in "ACEFGHJKLMN"]
    stage.gateway.publish("site", samples.site(counters=40))
    stage.gateway.publish("line", line)
    page = open_page(stage.url + "/layar", HALL)
    for size in (HALL, DESK, OLD_SCREEN, PHONE):
        resize(page, size)
        expect(page.locator(".hero .ticket")).to_have_text("HA001")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        for selector in (".hero", ".earlier", "footer"):
            assert inside(page, selector), selector
        earlier, footer = (page.locator(part).bounding_box() for part in (".earlier", "footer"))
        assert earlier
        assert footer
        assert earlier["y"] + earlier["height"] < footer["y"]
        for part in (".hero .ticket", ".hero .counter"):
            right = page.locator(part).evaluate(INK_RIGHT)
            beside = size["width"] > size["height"]
            assert right < (earlier["x"] - 20 if beside else size["width"]), part


def test_a_call_replaces_the_last_and_pulses_three_times(stage: Stage, open_page: Open) -> None:
    stage.gateway.publish("line", samples.busy_line())
    page = open_page(stage.url + "/layar", HALL)
    number = page.locator(".hero .ticket")
    expect(number).to_have_text("A012")
    expect(number).not_to_have_class(re.compile("pulse"))  # it was called 40 s ago
    line = samples.busy_line()
    line["calls"].insert(0, samples.call("B008", 4, priority=True))
    stage.gateway.publish("line", line)
    expect(number).to_have_text("B008")
    style = "getComputedStyle(node)"
    moves = number.evaluate(f"node => [{style}.animationName, {style}.animationIterationCount]")
    assert moves == ["pulse", "3"]
    expect(page.locator(".hero")).to_contain_text("Loket 4")
    expect(page.locator(".hero .tag")).to_have_text("Prioritas")
    expect(page.locator(".earlier li").first).to_contain_text("A012")


def test_reduced_motion_is_honoured(stage: Stage, open_page: Open) -> None:
    line = samples.busy_line()
    line["calls"].insert(0, samples.call("B008", 4))
    stage.gateway.publish("line", line)
    page = open_page(stage.url + "/layar", HALL, reduced_motion="reduce")
    number = page.locator(".hero .ticket")
    expect(number).to_have_text("B008")
    assert number.evaluate("node => getComputedStyle(node).animationName") == "none"


LINES_OF = """node => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return range.getClientRects().length;
}"""


def test_before_the_first_call_visitors_are_asked_to_wait(stage: Stage, open_page: Open) -> None:
    page = open_page(stage.url + "/layar", HALL)
    expect(page.locator(".hero")).to_contain_text("Mohon tunggu")
    expect(page.locator("footer .queue")).to_have_count(4)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.locator(".hero .wait").evaluate(LINES_OF) == 2  # no word is broken


def test_what_is_for_staff_is_not_shown_to_the_hall(stage: Stage, open_page: Open) -> None:
    stage.gateway.publish("line", samples.busy_line(notices=[{"code": "help", "text": "3"}]))
    page = open_page(stage.url + "/layar", HALL)
    expect(page.locator(".hero .ticket")).to_have_text("A012")
    expect(page.locator("body")).not_to_contain_text("bantuan")
    expect(page.locator("footer")).to_contain_text("14 menunggu")
    expect(page.locator("footer")).to_contain_text("25–35 mnt")
    expect(page.locator("footer")).not_to_contain_text("E")  # closed: nobody waits for it


def test_a_break_says_when_service_resumes(stage: Stage, open_page: Open) -> None:
    until_ms = 1_795_003_200_000
    line = samples.busy_line() | {"break": {"name": "Senam", "until_ms": until_ms}}
    stage.gateway.publish("line", line)
    page = open_page(stage.url + "/layar", HALL)
    expect(page.locator(".break")).to_contain_text("Istirahat: Senam")
    expect(page.locator(".break")).to_contain_text("Pelayanan dilanjutkan pukul 19.00.")
    for selector in (".hero", ".earlier", "footer"):
        assert inside(page, selector), selector


def test_a_lost_display_says_so_and_keeps_within_its_glass(
    own_stage: Stage, open_page: Open
) -> None:
    own_stage.gateway.publish("line", samples.busy_line())
    own_stage.gateway.publish("site", samples.site(insecure_lan=True))
    page = open_page(own_stage.url + "/layar", HALL)
    expect(page.locator(".hero .ticket")).to_have_text("A012")
    own_stage.gateway.lose()
    for size in (HALL, PHONE, {"width": 1080, "height": 1920}):
        resize(page, size)
        banner = page.locator(".banner.trouble")
        expect(banner).to_contain_text(re.compile(r"Layar ini terputus sejak \d\d\.\d\d"))
        for selector in (".hero", ".earlier", "footer", ".banner.trouble"):
            assert inside(page, selector), selector
        hero, foot = (page.locator(s).bounding_box() for s in (".hero", "footer"))
        assert hero
        assert foot
        assert hero["y"] + hero["height"] <= foot["y"]


def test_news_of_the_hall_take_turns_and_nothing_is_pushed_out(
    stage: Stage, open_page: Open
) -> None:
    site = samples.site()
    site["queues"][3] |= {"walk_in": False, "online": "oss.go.id", "phone": "1500-251"}
    stage.gateway.publish("site", site)
    stage.gateway.publish("line", samples.troubled_line())
    page = open_page(stage.url + "/layar", HALL)
    page.clock.install()
    page.reload()
    news = page.locator("#news")
    expect(news).to_be_visible()
    page.clock.pause_at((page.evaluate("Date.now()") + 1_000) / 1_000)
    said = set()
    for _ in range(10):
        expect(news).to_be_visible()
        said.add(news.inner_text())
        for size in (OLD_SCREEN, PHONE, HALL):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for selector in (".hero", "#news", "footer"):
                assert inside(page, selector), (size, selector)
        page.clock.run_for(4_000)
    assert len(said) == 5
    together = " ".join(said)
    for sentence in (
        "Silakan masuk: A013, A014",
        "Ruang layanan penuh.",
        "Kantor Imigrasi tertunda sejak",
        "sistem pusat mati. Nomor Anda tetap berlaku.",
        "Antrean A ditutup untuk hari ini.",
        "DPMPTSP melayani secara daring: oss.go.id, telepon 1500-251",
    ):
        assert sentence in together
    expect(page.locator("footer")).to_contain_text("tertunda")
    expect(page.locator("footer")).to_contain_text("ditutup hari ini")
