"""The bench: boards as they look, keys that can be pressed and held, levels that can be dragged."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.console import samples
from tests.console.stand_in import Stage, bench_hall
from tests.support.tools import wait_for

# The top left pixel and the bottom right one.
CORNERS = "8" + "0" * 62 + "1"

SLIP: dict[str, Any] = {
    "ticket": "A012",
    "head": "MPP Contoh",
    "lines": ["Kependudukan", "4 di depan Anda"],
    "qr": "https://antre.contoh.go.id/A012",
    "foot": "Silakan menunggu panggilan.",
}


@pytest.fixture
def bench(stage: Stage) -> Stage:
    stage.boards.start(bench_hall())
    return stage


def orders(bench: Stage, *wanted: dict[str, Any]) -> None:
    """Wait until exactly these orders have come, in this order."""
    wait_for(lambda: len(bench.boards.orders) >= len(wanted), what=f"{wanted}")
    assert bench.boards.orders == list(wanted)


def board(page: Page, name: str) -> Any:
    return page.locator(f"[data-board={name}]")


def lit(page: Page, name: str, row: int, column: int) -> bool:
    """Tell whether a pixel of a matrix glows, by what is on the canvas."""
    red = (
        board(page, name)
        .locator("canvas")
        .evaluate(
            """(canvas, [row, column]) => {
          const dot = canvas.width / 32;
          const at = [(column + 0.5) * dot, (row + 0.5) * dot].map(Math.round);
          return canvas.getContext('2d').getImageData(...at, 1, 1).data[0];
        }""",
            [row, column],
        )
    )
    return bool(red > 200)


def test_boards_stand_in_the_order_of_a_visit(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    expect(page.locator(".board")).to_have_count(7)
    expect(page.locator("#bench h2")).to_have_text(["Ambil nomor", "Loket", "Dispenser"])
    lefts = [box["x"] for s in page.locator("#bench > section").all() if (box := s.bounding_box())]
    assert lefts == sorted(lefts)
    assert len(set(lefts)) == 3
    expect(board(page, "counter-02").locator("h3")).to_have_text("Loket 2")
    expect(board(page, "ticket-01").locator("h3")).to_have_text("Pintu utama")
    expect(board(page, "dispenser-01").locator("h3")).to_have_text("dispenser-01")
    expect(board(page, "counter-01").locator(".key")).to_have_text(
        ["Berikutnya", "Panggil ulang", "Tidak hadir", "Sisihkan", "Jeda"]
    )


def test_counters_are_called_as_the_site_calls_them(bench: Stage, open_page: Open) -> None:
    bench.gateway.publish("site", samples.site(counter_word="meja"))
    page = open_page(bench.url + "/bangku")
    expect(page.locator("#bench h2")).to_have_text(["Ambil nomor", "Meja", "Dispenser"])
    expect(page.locator("#jump a")).to_have_text(["Ambil nomor", "Meja", "Dispenser"])
    expect(board(page, "counter-02").locator("h3")).to_have_text("Meja 2")


def test_a_ticket_boards_keys_carry_the_queues_of_the_site(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    keys = board(page, "ticket-01").locator(".key")
    # Of five queue keys the site has use for four.
    expect(keys).to_have_text(
        ["AKependudukan", "BPaspor", "CJaminan kesehatan", "EPerizinan", "Prioritas"]
    )


def test_the_matrix_is_drawn_pixel_by_pixel(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    canvas = board(page, "counter-01").locator("canvas")
    expect(canvas).to_have_attribute("data-px", "0" * 64)
    assert not lit(page, "counter-01", 0, 0)
    bench.boards.say({"board": "counter-01", "see": "matrix", "px": CORNERS, "t_us": 1})
    expect(canvas).to_have_attribute("data-px", CORNERS)
    assert lit(page, "counter-01", 0, 0)
    assert lit(page, "counter-01", 7, 31)
    assert not lit(page, "counter-01", 0, 1)
    assert not lit(page, "counter-01", 7, 30)
    assert not lit(page, "counter-02", 0, 0)


def test_a_click_is_down_then_up(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    board(page, "counter-01").get_by_role("button", name="Berikutnya").click()
    orders(
        bench,
        {"board": "counter-01", "do": "down", "key": "next"},
        {"board": "counter-01", "do": "up", "key": "next"},
    )


def test_hasty_clicks_are_each_a_press(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    key = board(page, "counter-01").get_by_role("button", name="Berikutnya")
    # Within the least time that a key is held: no "down" may overtake the "up" before it.
    key.evaluate(
        """(key) => {
          const space = (type) => key.dispatchEvent(new KeyboardEvent(type, { key: ' ' }));
          [1, 2, 3].forEach(() => ['keydown', 'keyup'].forEach(space));
        }"""
    )
    pressed = [{"board": "counter-01", "do": what, "key": "next"} for what in ("down", "up")]
    orders(bench, *pressed * 3)


def test_a_key_is_pressed_at_once_and_held_until_let_go(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    key = board(page, "counter-01").get_by_role("button", name="Panggil ulang")
    key.hover()
    page.mouse.down()
    orders(bench, {"board": "counter-01", "do": "down", "key": "recall"})
    expect(key).to_have_class(re.compile("held"))
    page.mouse.move(5, 5)  # let go elsewhere: it is still this key that comes up
    page.mouse.up()
    expect(key).not_to_have_class(re.compile("held"))
    orders(
        bench,
        {"board": "counter-01", "do": "down", "key": "recall"},
        {"board": "counter-01", "do": "up", "key": "recall"},
    )


@pytest.mark.parametrize("pressed", ["Enter", " "])
def test_keys_work_from_the_keyboard(bench: Stage, open_page: Open, pressed: str) -> None:
    page = open_page(bench.url + "/bangku")
    board(page, "counter-02").get_by_role("button", name="Jeda").focus()
    page.keyboard.down(pressed)
    page.keyboard.down(pressed)  # a keyboard repeats
    orders(bench, {"board": "counter-02", "do": "down", "key": "pause"})
    page.keyboard.up(pressed)
    orders(
        bench,
        {"board": "counter-02", "do": "down", "key": "pause"},
        {"board": "counter-02", "do": "up", "key": "pause"},
    )


def test_a_key_held_by_a_page_that_leaves_is_let_go(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    board(page, "counter-01").get_by_role("button", name="Berikutnya").hover()
    page.mouse.down()
    orders(bench, {"board": "counter-01", "do": "down", "key": "next"})
    page.goto(bench.url + "/")
    wait_for(lambda: len(bench.boards.orders) == 2, what="the key to come up")
    assert bench.boards.orders[1]["do"] == "up"


def test_a_thumb_takes_a_number_on_a_phone_and_sees_its_paper(
    bench: Stage, open_page: Open
) -> None:
    page = open_page(bench.url + "/bangku", PHONE, has_touch=True)
    key = board(page, "ticket-01").locator(".key").first
    box = key.bounding_box()
    assert box
    assert box["height"] >= 44
    key.tap()
    orders(
        bench,
        {"board": "ticket-01", "do": "down", "key": "queue1"},
        {"board": "ticket-01", "do": "up", "key": "queue1"},
    )
    slip = board(page, "ticket-01").locator(".paper")
    expect(slip).to_have_text("Kertas keluar di sini")
    bench.boards.say({"board": "ticket-01", "see": "paper", "ticket": "A001"})
    expect(slip.locator("strong")).to_have_text("A001")
    page.locator("#jump a", has_text="Loket").click()
    expect(board(page, "counter-01")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_lamps_light_blink_and_flash(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    lamp = board(page, "counter-01").locator("[data-key=next] .lamp")
    expect(lamp).to_have_attribute("data-show", "off")
    bench.boards.say({"board": "counter-01", "see": "lamp", "lamp": "next", "show": "blink"})
    expect(lamp).to_have_attribute("data-show", "blink")
    bench.boards.say({"board": "counter-01", "see": "lamp", "lamp": "next", "show": "flash"})
    expect(lamp).to_have_attribute("data-flashes", "1")
    expect(lamp).to_have_attribute("data-show", "blink")
    status = board(page, "counter-01").locator(".lamps .lamp")
    bench.boards.say({"board": "counter-01", "see": "lamp", "lamp": "status", "show": "green"})
    expect(status).to_have_attribute("aria-label", "Lampu status: hijau")


def test_a_level_is_dragged(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    dispenser = board(page, "dispenser-01")
    expect(dispenser.locator("input[type=range]")).to_have_count(2)
    level, battery = dispenser.locator("input[type=range]").all()
    expect(dispenser.locator("output").first).to_have_text("63 %")
    level.fill("12")
    orders(bench, {"board": "dispenser-01", "do": "level", "pct": 12})
    expect(dispenser.locator("output").first).to_have_text("12 %")
    expect(dispenser.locator(".fill")).to_have_attribute("style", "height: 12%;")
    battery.fill("3300")
    expect(dispenser.locator("output").last).to_have_text("3,30 V")


def test_asleep_and_dead_boards_look_it(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    expect(board(page, "dispenser-02")).to_contain_text("Tidur")
    bench.boards.say({"board": "dispenser-02", "see": "awake"})
    expect(board(page, "dispenser-02")).to_contain_text("Terhubung")
    bench.boards.say({"board": "counter-01", "see": "died"})
    expect(board(page, "counter-01")).to_contain_text("Mati, dinyalakan lagi")
    bench.boards.say({"board": "counter-01", "see": "state", "s": "ready"})
    expect(board(page, "counter-01")).to_contain_text("Terhubung")


def test_a_board_that_is_just_starting_is_drawn_once_it_is_known(
    stage: Stage, open_page: Open
) -> None:
    hall = bench_hall()
    look, hall[2]["look"] = hall[2]["look"], {}
    stage.boards.start(hall)
    page = open_page(stage.url + "/bangku")
    expect(page.locator(".board")).to_have_count(7)
    assert board(page, "counter-01").locator("canvas").count() == 0
    stage.boards.say({"board": "counter-01", "see": "look", "role": "counter", **look})
    expect(board(page, "counter-01").locator("canvas")).to_have_count(1)
    expect(page.locator(".board")).to_have_count(7)


def test_a_slip_comes_out_as_paper_with_a_code(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    expect(page.locator(".board")).to_have_count(7)
    bench.boards.say({"board": "ticket-01", "see": "paper", **SLIP})
    slip = board(page, "ticket-01").locator(".paper")
    expect(slip.locator("span")).to_have_text([SLIP["head"], *SLIP["lines"], SLIP["foot"]])
    code = slip.get_by_role("img", name=SLIP["qr"])
    # The picture has come, and is large enough for a telephone before the screen.
    page.wait_for_function(
        "image => image.complete && image.naturalWidth", arg=code.element_handle()
    )
    box = code.bounding_box()
    assert box
    assert abs(box["width"] - box["height"]) < 0.5
    assert box["width"] >= 120


def test_a_printer_gets_every_trouble(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    printer = board(page, "ticket-01").get_by_label("Printer")
    expect(printer.locator("option")).to_have_text(
        ["Siap", "Kertas hampir habis", "Kertas habis", "Penutup terbuka", "Kabel lepas"]
    )
    printer.select_option(label="Kertas habis")
    orders(bench, {"board": "ticket-01", "do": "printer", "state": "paper_out"})
    expect(board(page, "ticket-02").get_by_label("Printer")).to_have_value("ready")


def test_a_sensor_is_unplugged_and_back(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    dispenser = board(page, "dispenser-01")
    dispenser.get_by_label("Sensor lepas").check()
    orders(bench, {"board": "dispenser-01", "do": "level", "pct": None})
    expect(dispenser.locator("output").first).to_have_text("–")
    expect(dispenser.get_by_role("slider", name="Isi")).to_be_disabled()
    expect(dispenser.get_by_role("slider", name="Baterai")).to_be_enabled()
    dispenser.get_by_label("Sensor lepas").uncheck()
    wait_for(lambda: len(bench.boards.orders) == 2, what="the sensor to be back")
    assert bench.boards.orders[1] == {"board": "dispenser-01", "do": "level", "pct": 63}
    expect(dispenser.locator("output").first).to_have_text("63 %")


def test_virtual_boards_that_are_away_are_said_and_return(bench: Stage, open_page: Open) -> None:
    page = open_page(bench.url + "/bangku")
    expect(page.locator(".board")).to_have_count(7)
    bench.boards.close()
    expect(page.locator("#away")).to_contain_text("tidak terhubung")
    bench.boards.start(bench_hall())
    expect(page.locator("#away")).to_have_count(0)
    expect(page.locator(".board")).to_have_count(7)


def test_a_hall_without_virtual_boards_says_so(stage: Stage, open_page: Open) -> None:
    stage.boards.start([])
    page = open_page(stage.url + "/bangku")
    expect(page.locator(".empty")).to_contain_text("Belum ada papan tiruan")


@pytest.mark.usefixtures("connections_break")
def test_a_refused_order_is_as_visible_as_a_success(own_stage: Stage, open_page: Open) -> None:
    own_stage.boards.start(bench_hall())
    page = open_page(own_stage.url + "/bangku")
    expect(page.locator(".board")).to_have_count(7)
    assert own_stage.console
    own_stage.console.kill()
    own_stage.console.wait()
    board(page, "counter-01").get_by_role("button", name="Berikutnya").click()
    expect(page.get_by_role("alert")).to_have_text("Konsol tidak menjawab. Tekan lagi sebentar.")
