"""Facilities: what is fresh, stale and away differ in shape and word; boards in a table."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Open
from tests.console import samples
from tests.console.stand_in import Stage


def dispenser(page: Page, place: str) -> Locator:
    return page.locator("#dispensers li", has_text=place)


def tones(place: Locator) -> list[str | None]:
    return [state.get_attribute("data-tone") for state in place.locator(".state").all()]


def test_every_condition_has_its_shape_and_its_word(stage: Stage, open_page: Open) -> None:
    stage.gateway.publish("facilities", samples.facilities())
    page = open_page(stage.url + "/fasilitas")
    expect(page.locator("#dispensers li")).to_have_count(5)
    fresh = dispenser(page, "Pintu masuk")
    expect(fresh).to_contain_text("63 %")
    expect(fresh).to_contain_text("Terkini")
    expect(fresh).to_contain_text("Baterai 3,71 V")
    assert tones(fresh) == ["well"]
    low = dispenser(page, "Loket 1 dan 2")
    expect(low).to_contain_text("Perlu diisi")
    assert tones(low) == ["trouble", "well"]
    stale = dispenser(page, "Musala")
    expect(stale).to_contain_text("41 %")  # the last good value stays, with its age
    expect(stale).to_contain_text("Usang")
    expect(stale).to_contain_text("15 mnt lalu")
    assert tones(stale) == ["attention"]
    away = dispenser(page, "Ruang laktasi")
    expect(away).to_contain_text("Tidak terhubung")
    expect(away).to_contain_text("2 jam lalu")
    assert tones(away) == ["away"]
    unknown = dispenser(page, "Lantai 2")
    expect(unknown).to_contain_text("Belum ada data")
    expect(page.locator("#summary")).to_have_text("1 perlu diisi · 2 perlu diperiksa")
    # What must be done first stands first.
    expect(page.locator("#dispensers li").first).to_contain_text("Loket 1 dan 2")


def test_shapes_differ_and_are_not_colours_alone(stage: Stage, open_page: Open) -> None:
    stage.gateway.publish("facilities", samples.facilities())
    page = open_page(stage.url + "/fasilitas")
    expect(page.locator("#dispensers li")).to_have_count(5)
    shapes = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.state')].map((node) => {
          const s = getComputedStyle(node, '::before');
          return [node.dataset.tone, [s.borderRadius, s.clipPath, s.borderTopStyle].join(' ')];
        }))"""
    )
    assert len(shapes) == len(set(shapes.values())) == 4


def test_a_refill_is_seen_without_a_reload(stage: Stage, open_page: Open) -> None:
    page = open_page(stage.url + "/fasilitas")
    expect(page.locator("#dispensers")).to_contain_text("Belum ada dispenser")
    part = samples.facilities()
    part["sensors"] = part["sensors"][:1]
    stage.gateway.publish("facilities", part)
    expect(page.locator("#summary")).to_have_text("Semua cukup")
    part["sensors"][0]["level_pct"] = 97.4
    stage.gateway.publish("facilities", part)
    expect(page.locator(".level")).to_have_text("97 %")
    expect(page.locator(".fill")).to_have_attribute("style", "height: 97.4%;")


def test_a_boards_own_trouble_is_said_in_words(stage: Stage, open_page: Open) -> None:
    part = samples.facilities()
    part["sensors"][0]["alerts"] = ["sensor_fault", "leaking"]
    stage.gateway.publish("facilities", part)
    page = open_page(stage.url + "/fasilitas")
    entrance = dispenser(page, "Pintu masuk")
    expect(entrance).to_contain_text("Sensor rusak")
    expect(entrance).to_contain_text("leaking")  # a newer firmware's word stands as it is
    expect(page.locator("#summary")).to_have_text("1 perlu diisi · 3 perlu diperiksa")


def test_the_boards_table_says_what_is_wrong_with_a_board(stage: Stage, open_page: Open) -> None:
    stage.gateway.publish("boards", samples.boards())
    page = open_page(stage.url + "/fasilitas")
    part = samples.facilities()
    name = samples.boards()["boards"][1]["board"]
    part["alerts"] = [
        {"board": name, "place": "", "code": "cover_open", "part": ""},
        {"board": name, "place": "", "code": "sensor_fault", "part": "vl53l0x"},
    ]
    stage.gateway.publish("facilities", part)
    row = page.locator("#boards tbody tr").nth(1)
    expect(row).to_contain_text("Penutup printer terbuka")
    expect(row).to_contain_text("Sensor rusak (vl53l0x)")
    stage.gateway.publish("facilities", samples.facilities())
    expect(row).not_to_contain_text("Penutup printer")


def test_the_boards_table_says_how_each_board_is(stage: Stage, open_page: Open) -> None:
    page = open_page(stage.url + "/fasilitas")
    expect(page.locator("#boards")).to_contain_text("loket board add")
    stage.gateway.publish("boards", samples.boards())
    rows = page.locator("#boards tbody tr")
    expect(rows).to_have_count(5)
    expect(page.locator("#connected")).to_have_text("3 dari 5 terhubung")
    expect(rows.nth(0)).to_contain_text("Loket 1 · Lantai 1, kiri")
    expect(rows.nth(0)).to_contain_text("-61 dBm")
    expect(rows.nth(0)).to_contain_text("60 KB")
    expect(rows.nth(1)).to_contain_text("bad_payload 3, denied 1")
    expect(rows.nth(2)).to_contain_text("Terputus")
    assert tones(rows.nth(2)) == ["trouble"]
    expect(rows.nth(3)).to_contain_text("Tidur")
    expect(rows.nth(4)).to_contain_text("belum pernah")


def test_on_a_phone_each_board_names_its_figures(stage: Stage, open_page: Open) -> None:
    stage.gateway.publish("boards", samples.boards())
    page = open_page(stage.url + "/fasilitas", PHONE, has_touch=True)
    cell = page.locator("#boards td[data-column=signal]").first
    expect(cell).to_be_visible()
    label = cell.evaluate("node => getComputedStyle(node, '::before').content")
    assert label == '"Sinyal"'
    expect(page.locator("#boards thead")).to_be_hidden()


def test_english_writes_numbers_in_english(stage: Stage, open_page: Open) -> None:
    stage.gateway.publish("facilities", samples.facilities())
    page = open_page(stage.url + "/bahasa/en?page=facilities")
    expect(dispenser(page, "Pintu masuk")).to_contain_text("Battery 3.71 V")
    expect(dispenser(page, "Musala")).to_contain_text("Stale")
