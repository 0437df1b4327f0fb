"""The bench's boards at door and desk: ratings, the panel, the door's beams, the gate, a lever."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from firmware.drivers.tm1637 import segments
from tests.browser.conftest import PHONE, Open
from tests.console.stand_in import Stage, bench_hall, door_hall
from tests.support.tools import wait_for

WIDE, TALL = 96, 16


@pytest.fixture
def door(stage: Stage) -> Stage:
    stage.boards.start(door_hall())
    return stage


def board(page: Page, name: str) -> Any:
    return page.locator(f"[data-board={name}]")


def say(door: Stage, name: str, see: str, **fields: Any) -> None:
    door.boards.say({"board": name, "see": see, **fields})


def test_groups_stand_in_the_order_of_a_visit(stage: Stage, open_page: Open) -> None:
    stage.boards.start([*reversed(door_hall()), *bench_hall()[:5]])
    page = open_page(stage.url + "/bangku")
    groups = ["Ambil nomor", "Loket", "Penilaian", "Panel"]
    groups += ["Pintu ruang", "Pemeriksaan masuk", "Dispenser"]
    expect(page.locator("#bench h2")).to_have_text(groups)
    panel, counters = (
        page.locator(f"section.{role}").bounding_box() for role in ("panel", "counter")
    )
    everything = page.locator("#bench").bounding_box()
    assert panel
    assert counters
    assert everything
    assert panel["width"] == everything["width"] > counters["width"]


def test_every_key_has_its_word(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku")
    expect(board(page, "rating-01").locator(".key")).to_have_text(
        ["Tidak baik", "Kurang baik", "Baik", "Sangat baik"]
    )
    expect(board(page, "gate-01").locator(".key")).to_have_text(["Bermasker", "Tanpa masker"])
    expect(board(page, "hall-01").locator(".key")).to_have_text(
        ["Masuk", "Keluar", "Sinar luar", "Sinar dalam", "+1 masuk", "+1 keluar"]
    )
    expect(board(page, "dispenser-01").locator(".key")).to_have_text(["Tuas"])


def test_a_rating_is_asked_for_given_and_thanked(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku")
    rating = board(page, "rating-01")
    expect(rating.get_by_role("status").first).to_have_text("Silakan beri nilai")
    expect(rating.locator(".key svg.face")).to_have_count(4)
    rating.get_by_role("button", name="Sangat baik").click()
    wait_for(lambda: len(door.boards.orders) == 2, what="the key to come up")
    assert {order["key"] for order in door.boards.orders} == {"score4"}
    for n in (1, 2, 3):
        say(door, "rating-01", "lamp", lamp=f"score{n}", show="off")
    expect(rating.get_by_role("status").first).to_have_text("Terima kasih")
    say(door, "rating-01", "lamp", lamp="score4", show="off")
    expect(rating.get_by_role("status").first).to_have_text("Belum ada yang dinilai")


@pytest.mark.parametrize("sharp", [1, 2, 3])
def test_a_panel_is_drawn_dot_by_dot_at_any_width(door: Stage, open_page: Open, sharp: int) -> None:
    page = open_page(door.url + "/bangku", PHONE, device_scale_factor=sharp)
    corners = "8" + "0" * (WIDE * TALL // 4 - 2) + "1"
    say(door, "panel-01", "matrix", px=corners)
    canvas = board(page, "panel-01").locator("canvas")
    expect(canvas).to_have_attribute("data-px", corners)

    def is_lit(row: int, column: int) -> bool:
        red = canvas.evaluate(
            """(canvas, [row, column, wide]) => {
              const dot = canvas.width / wide;
              const at = [(column + 0.5) * dot, (row + 0.5) * dot].map(Math.floor);
              return canvas.getContext('2d').getImageData(...at, 1, 1).data[0];
            }""",
            [row, column, WIDE],
        )
        return bool(red > 200)

    assert is_lit(0, 0)
    assert is_lit(TALL - 1, WIDE - 1)
    assert not is_lit(0, 2)
    assert not is_lit(TALL - 1, 0)
    # Crisp: a dot is a whole number of the screen's own pixels, and none is stretched.
    wide, shown = canvas.evaluate("canvas => [canvas.width, canvas.getBoundingClientRect().width]")
    assert wide % WIDE == 0
    assert shown * sharp == pytest.approx(wide, abs=0.1)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_panel_follows_the_width_of_its_page(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku")
    canvas = board(page, "panel-01").locator("canvas")
    page.wait_for_function("canvas => canvas.width > 1000", arg=canvas.element_handle())
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.wait_for_function("canvas => canvas.width < 360", arg=canvas.element_handle())


def test_somebody_walks_through_the_door(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku")
    for way, first, last in (("Masuk", "outer", "inner"), ("Keluar", "inner", "outer")):
        door.boards.orders.clear()
        walk = board(page, "hall-01").get_by_role("button", name=way, exact=True)
        walk.click()
        walk.click()  # and somebody behind, who comes after
        wait_for(lambda: len(door.boards.orders) == 8, what="two people to be through")
        steps = [(order["do"], order["key"]) for order in door.boards.orders]
        assert steps == [("down", first), ("down", last), ("up", first), ("up", last)] * 2


def test_nobody_is_left_in_the_door_by_a_page_that_leaves(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku")
    board(page, "hall-01").get_by_role("button", name="Masuk", exact=True).click()
    wait_for(lambda: door.boards.orders, what="somebody in the door")
    page.goto(door.url + "/")

    def is_free() -> bool:
        last = {order["key"]: order["do"] for order in door.boards.orders}
        return set(last.values()) == {"up"}

    wait_for(is_free, what="the door to be free")


def test_one_beam_can_be_held(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku")
    board(page, "hall-01").get_by_role("button", name="Sinar dalam").hover()
    page.mouse.down()
    wait_for(lambda: door.boards.orders, what="the beam to break")
    assert door.boards.orders == [{"board": "hall-01", "do": "down", "key": "inner"}]
    page.mouse.up()
    wait_for(lambda: len(door.boards.orders) == 2, what="the beam to be free")


def test_a_light_says_its_colour_in_words(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku")
    hall, gate = (board(page, name).locator(".light") for name in ("hall-01", "gate-01"))
    expect(hall).to_have_text("Silakan masuk")
    expect(hall).to_have_attribute("data-show", "green")
    expect(gate).to_have_text("Lampu padam")
    for name in ("hall-01", "gate-01"):
        say(door, name, "lamp", lamp="light", show="red")
    expect(hall).to_have_text("Penuh, mohon tunggu")
    expect(gate).to_have_text("Mohon tunggu")
    # Lights are no lamps in the label as well; the guard's keys keep theirs.
    expect(board(page, "hall-01").locator(".lamps .lamp")).to_have_count(0)


def test_two_relays_are_one_light(stage: Stage, open_page: Open) -> None:
    hall = door_hall()[2]
    hall["look"]["lamps"] = {"light_red": "on", "light_green": "off"}
    stage.boards.start([hall])
    page = open_page(stage.url + "/bangku")
    light = board(page, "hall-01").locator(".light")
    expect(light).to_have_attribute("data-show", "red")
    say(stage, "hall-01", "lamp", lamp="light_red", show="off")
    expect(light).to_have_attribute("data-show", "off")
    say(stage, "hall-01", "lamp", lamp="light_green", show="on")
    expect(light).to_have_attribute("data-show", "green")


def test_digits_light_the_segments_that_the_chip_lights(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku")
    digits = board(page, "gate-01").locator(".digits")
    for text in (
        "36.5",
        "--",
        "1234.56",
        "ABCDEF",
        "GHIJKL",
        "MNOPQR",
        "STUVWX",
        "YZ0123",
        "789",
        "",
    ):
        say(door, "gate-01", "digits", text=text)
        expect(digits).to_have_attribute("aria-label", f"Angka: {text or '–'}")
        lit = digits.evaluate(
            """digits => [...digits.children].map((digit) =>
              [...digit.children].reduce((sum, part, i) => sum | (part.matches('.lit') << i), 0))"""
        )
        length = 6 if len(text.replace(".", "")) > 4 else 4
        assert bytes(lit) == bytes(segments(text, length)), text


def test_a_temperature_is_dragged_and_the_sensor_unplugged(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku")
    gate = board(page, "gate-01")
    expect(gate.locator("output")).to_have_text("36,5 °C")
    slider = gate.get_by_role("slider", name="Suhu di depan sensor")
    slider.fill("38.2")
    wait_for(lambda: door.boards.orders, what="the order")
    assert door.boards.orders == [{"board": "gate-01", "do": "temp", "c": 38.2}]
    expect(gate.locator("output")).to_have_text("38,2 °C")
    gate.get_by_label("Sensor lepas").check()
    wait_for(lambda: len(door.boards.orders) == 2, what="the sensor to be off")
    assert door.boards.orders[1] == {"board": "gate-01", "do": "temp", "c": None}
    expect(slider).to_be_disabled()


def test_a_sound_is_seen_once_and_then_over(door: Stage, open_page: Open) -> None:
    before = open_page(door.url + "/bangku")
    heard = board(before, "gate-01").locator(".sound")
    expect(heard).to_have_text("Senyap")  # the page is there to hear it
    say(door, "gate-01", "sound", ms=[80])
    expect(heard).to_have_text("Bunyi 1×")
    page = open_page(door.url + "/bangku")
    page.clock.install()
    sound = board(page, "gate-01").locator(".sound")
    expect(sound).to_have_text("Senyap")
    say(door, "gate-01", "sound", ms=[120, 120, 120])
    expect(sound).to_have_text("Bunyi 2×")
    expect(sound.locator(".tone")).to_have_count(2)
    page.clock.run_for(5_000)
    expect(sound).to_have_text("Senyap")
    expect(board(page, "hall-01").locator(".sound")).to_have_text("Senyap")


def test_a_thumb_reaches_everything_and_a_keyboard_too(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku", PHONE, has_touch=True)
    expect(page.locator(".board")).to_have_count(5)
    # What a thumb presses: a switch and a slider are as large as the label around them.
    targets = page.locator("#bench button, #bench select, #bench label, #jump a")
    small = targets.evaluate_all(
        "all => all.filter((e) => e.getBoundingClientRect().height < 44).map((e) => e.outerHTML)"
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    controls = page.locator("#bench :is(button, select, input)")
    nameless = controls.evaluate_all(
        "all => all.filter((e) => !(e.ariaLabel || e.textContent || e.labels?.[0]?.textContent))"
        ".map((e) => e.outerHTML)"
    )
    assert nameless == []
    page.locator("#jump a").last.focus()
    reached = set()
    for _ in range(controls.count()):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")
        )
    assert len(reached) == controls.count()


def test_a_lever_wakes_a_dispenser(door: Stage, open_page: Open) -> None:
    page = open_page(door.url + "/bangku")
    say(door, "dispenser-01", "asleep")
    dispenser = board(page, "dispenser-01")
    expect(dispenser).to_contain_text("Tidur")
    dispenser.get_by_role("button", name="Tuas").click()
    wait_for(lambda: door.boards.orders, what="the lever")
    assert door.boards.orders[0] == {"board": "dispenser-01", "do": "down", "key": "dose"}
    say(door, "dispenser-01", "awake")
    expect(dispenser).to_contain_text(re.compile("Terhubung"))
