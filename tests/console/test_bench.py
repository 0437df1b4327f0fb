"""The bench's side of the virtual boards: how they look, what may be done, and when to listen."""

from typing import Any

import pytest

from tests.console.stand_in import Stage, bench_hall, door_hall
from tests.support.tools import wait_for
from web_console import qr, texts
from web_console.bench_looks import Looks
from web_console.bench_orders import PRINTER_STATES, BenchRefusal, read_order
from web_console.shapes import Misfit

LIT = "7e" * 32


@pytest.fixture
def looks() -> Looks:
    looks = Looks()
    assert len(looks.hall(bench_hall())) == 7
    return looks


@pytest.fixture
def door() -> Looks:
    looks = Looks()
    looks.hall(door_hall())
    return looks


def see(looks: Looks, see: str, board: str = "counter-01", **fields: Any) -> str | None:
    return looks.event({"board": board, "see": see, **fields})


def test_every_board_looks_as_the_hall_told(looks: Looks) -> None:
    assert list(looks)[:3] == ["ticket-01", "ticket-02", "counter-01"]
    look = looks.of("counter-01")
    assert look["keys"] == ["next", "recall", "no_show", "park", "pause"]
    assert look["lamps"] == {"next": "off", "status": "off"}
    assert look["died"] is False
    assert looks.of("dispenser-02")["asleep"] is True


def test_pixels_lamps_state_and_sleep_follow_events(looks: Looks) -> None:
    assert see(looks, "matrix", px=LIT, t_us=5) == "counter-01"
    assert see(looks, "matrix", px=LIT, t_us=9) is None
    assert see(looks, "lamp", lamp="next", show="blink") == "counter-01"
    assert see(looks, "state", s="lost") == "counter-01"
    assert see(looks, "sleep", for_s=30) == "counter-01"
    look = looks.of("counter-01")
    assert (look["matrix"], look["state"], look["asleep"]) == (LIT, "lost", True)
    assert look["lamps"] == {"next": "blink", "status": "off"}
    assert see(looks, "awake") == "counter-01"
    assert see(looks, "died") == "counter-01"
    assert looks.of("counter-01")["died"] is True
    assert see(looks, "state", s="init") == "counter-01"
    assert looks.of("counter-01")["died"] is False


def test_a_flash_is_counted_and_changes_nothing_that_lasts(looks: Looks) -> None:
    for times in (1, 2):
        assert see(looks, "lamp", lamp="next", show="flash") == "counter-01"
        assert looks.of("counter-01")["flashes"] == {"next": times}
    assert looks.of("counter-01")["lamps"]["next"] == "off"


def test_a_board_that_died_is_dark(looks: Looks, door: Looks) -> None:
    see(looks, "lamp", lamp="next", show="blink")
    see(looks, "died")
    assert looks.of("counter-01")["lamps"] == {"next": "off", "status": "off"}
    see(door, "died", "hall-01")
    assert (door.of("hall-01")["digits"], door.of("hall-01")["lamps"]["light"]) == ("", "off")


def test_the_same_slip_printed_twice_is_two_slips(looks: Looks) -> None:
    slip = {
        "head": "MPP",
        "lines": ["Kependudukan"],
        "qr": "https://a.id/A001",
        "foot": "Terima kasih",
    }
    for n in (1, 2):
        assert see(looks, "paper", "ticket-01", ticket="A001", text="A001", **slip) == "ticket-01"
        assert looks.of("ticket-01")["slip"] == {"ticket": "A001", "n": n, **slip}


def test_what_a_slip_does_not_say_is_empty(looks: Looks) -> None:
    see(looks, "paper", "ticket-01", ticket="A001")
    slip = {"ticket": "A001", "head": "", "lines": [], "qr": "", "foot": "", "n": 1}
    assert looks.of("ticket-01")["slip"] == slip


def test_a_board_that_was_started_again_keeps_its_paper(looks: Looks) -> None:
    see(looks, "paper", "ticket-01", ticket="A001")
    looks.hall(bench_hall())
    assert looks.of("ticket-01")["slip"]["ticket"] == "A001"
    assert looks.hall(bench_hall()[:1]) >= {"counter-01"}
    assert list(looks) == ["ticket-01"]


def test_digits_and_sounds_follow_events(door: Looks) -> None:
    assert see(door, "digits", "gate-01", text="36.5") == "gate-01"
    assert door.of("gate-01")["digits"] == "36.5"
    for n in (1, 2):
        assert see(door, "sound", "gate-01", ms=[120, 120, 120]) == "gate-01"
        assert door.of("gate-01")["sound"] == {"ms": [120, 120, 120], "n": n}


def test_a_panel_has_glass_of_its_own_size(door: Looks) -> None:
    look = door.of("panel-01")
    assert (look["w"], look["h"]) == (96, 16)
    assert see(door, "matrix", "panel-01", px="f" * 384) == "panel-01"
    with pytest.raises(Misfit, match="384"):
        see(door, "matrix", "panel-01", px="f" * 64)
    assert see(door, "matrix", "panel-01", px="0" * 256, w=128, h=8) == "panel-01"
    assert (look["w"], look["h"], look["matrix"]) == (128, 8, "0" * 256)


def test_glass_whose_size_was_not_told_yet_is_not_drawn() -> None:
    starting = door_hall()
    starting[1]["look"] = {"matrix": "f" * 384}
    looks = Looks()
    looks.hall(starting)
    assert (looks.of("panel-01")["matrix"], looks.of("panel-01")["w"]) == (None, None)
    assert see(looks, "matrix", "panel-01", px="0" * 384) is None
    see(looks, "look", "panel-01", matrix="f" * 384, w=96, h=16)
    assert (looks.of("panel-01")["matrix"], looks.of("panel-01")["w"]) == ("f" * 384, 96)


def test_glass_of_four_modules_needs_not_tell_its_size(looks: Looks) -> None:
    see(looks, "look", matrix="f" * 64)
    look = looks.of("counter-01")
    assert (look["matrix"], look["w"], look["h"]) == ("f" * 64, 32, 8)


def test_events_of_unknown_boards_and_kinds_are_left_alone(looks: Looks) -> None:
    assert see(looks, "matrix", board="counter-99", px=LIT) is None
    assert see(looks, "edge", key="next", t_us=1) is None
    assert see(looks, "weather") is None


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"board": 5, "see": "matrix"},
        {"board": "counter-01", "see": "matrix"},
        {"board": "counter-01", "see": "matrix", "px": "zz" * 32},
        {"board": "counter-01", "see": "matrix", "px": "00"},
        {"board": "counter-01", "see": "lamp", "lamp": "next"},
        {"board": "counter-01", "see": "look", "lamps": 5},
        {"board": "counter-01", "see": "look", "level_pct": 101},
        {"board": "counter-01", "see": "look", "matrix": "00", "w": 32, "h": 8},
        {"board": "counter-01", "see": "look", "matrix": "00", "w": 5_000, "h": 8},
        {"board": "counter-01", "see": "paper", "text": "A001"},
        {"board": "counter-01", "see": "paper", "ticket": "A001", "lines": ["-"] * 13},
        {"board": "counter-01", "see": "sound", "ms": []},
        {"board": "counter-01", "see": "sound", "ms": ["long"]},
        {"board": "counter-01", "see": "digits", "text": 36.5},
    ],
)
def test_an_unusable_event_is_refused_and_changes_nothing(
    looks: Looks, message: dict[str, Any]
) -> None:
    before = dict(looks.of("counter-01"))
    with pytest.raises(Misfit):
        looks.event(message)
    assert looks.of("counter-01") == before


@pytest.mark.parametrize(
    ("board", "order", "passed"),
    [
        ("gate-01", {"do": "press", "key": "mask", "extra": 1}, {"do": "press", "key": "mask"}),
        ("hall-01", {"do": "down", "key": "outer"}, {"do": "down", "key": "outer"}),
        ("hall-01", {"do": "up", "key": "outer"}, {"do": "up", "key": "outer"}),
        ("dispenser-01", {"do": "level", "pct": 0}, {"do": "level", "pct": 0}),
        ("dispenser-01", {"do": "level", "pct": None}, {"do": "level", "pct": None}),
        ("dispenser-01", {"do": "battery", "mv": 3600}, {"do": "battery", "mv": 3600}),
        ("gate-01", {"do": "temp", "c": 36.4}, {"do": "temp", "c": 36.4}),
        ("gate-01", {"do": "temp", "c": None}, {"do": "temp", "c": None}),
    ],
)
def test_an_order_is_passed_on_clean(
    door: Looks, board: str, order: dict[str, Any], passed: dict[str, Any]
) -> None:
    assert read_order(door.of, {"board": board, **order}) == {"board": board, **passed}


@pytest.mark.parametrize("state", PRINTER_STATES)
def test_a_printer_can_have_every_trouble(looks: Looks, state: str) -> None:
    order = read_order(looks.of, {"board": "ticket-01", "do": "printer", "state": state})
    assert order == {"board": "ticket-01", "do": "printer", "state": state}
    looks.ordered(order)
    assert looks.of("ticket-01")["printer"] == state
    assert f"printer.{state}" in texts.catalogue("id")


def test_what_is_done_to_sensors_is_how_they_look(door: Looks) -> None:
    for order, name, value in (
        ({"board": "gate-01", "do": "temp", "c": None}, "temp_c", None),
        ({"board": "dispenser-01", "do": "level", "pct": 12}, "level_pct", 12),
        ({"board": "dispenser-01", "do": "battery", "mv": 3_300}, "battery_mv", 3_300),
    ):
        assert door.ordered(order) == order["board"]
        assert door.of(str(order["board"]))[name] == value
    before = dict(door.of("gate-01"))
    door.ordered({"board": "gate-01", "do": "press", "key": "mask"})
    assert door.of("gate-01") == before


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ([], "order"),
        ("press", "order"),
        ({}, "board"),
        ({"board": ["counter-01"]}, "board"),
        ({"board": "counter-99", "do": "press", "key": "next"}, "board"),
        ({"board": "counter-01", "do": "press", "key": "queue1"}, "key"),
        ({"board": "counter-01", "do": "press"}, "key"),
        ({"board": "counter-01", "do": "off"}, "order"),
        ({"board": "counter-01", "do": ["press"]}, "order"),
        ({"board": "counter-01", "do": "level", "pct": 40}, "part"),
        ({"board": "dispenser-01", "do": "level"}, "order"),
        ({"board": "dispenser-01", "do": "level", "pct": 101}, "order"),
        ({"board": "dispenser-01", "do": "level", "pct": 1.5}, "order"),
        ({"board": "dispenser-01", "do": "battery", "mv": 99_000}, "order"),
        ({"board": "dispenser-01", "do": "battery", "mv": None}, "order"),
        ({"board": "dispenser-01", "do": "temp", "c": 36.5}, "part"),
        ({"board": "ticket-01", "do": "printer", "state": "on fire"}, "order"),
        ({"board": "ticket-01", "do": "printer"}, "order"),
        ({"board": "ticket-01", "do": "paper", "ok": True}, "order"),
    ],
)
def test_what_is_no_order_is_refused_by_name(looks: Looks, order: Any, why: str) -> None:
    with pytest.raises(BenchRefusal) as caught:
        read_order(looks.of, order)
    assert caught.value.why == f"bench.refused_{why}"
    assert caught.value.why in texts.catalogue("id")


def test_the_bench_shows_and_does(stage: Stage) -> None:
    stage.boards.start(bench_hall())
    with stage.events("/bangku/events") as events:
        first = events.until("board", lambda look: look["board"] == "counter-01")
        assert first["matrix"] == "0" * 64
        assert events.until("bench")["up"] is True
        stage.boards.say({"board": "counter-01", "see": "matrix", "px": LIT, "t_us": 1})
        assert events.until("board")["matrix"] == LIT
        answer = stage.post("/bangku/do", {"board": "counter-01", "do": "press", "key": "next"})
        assert (answer.status, answer.text.strip()) == (200, '{"ok":true}')
        wait_for(lambda: stage.boards.orders, what="the order")
        assert stage.boards.orders == [{"board": "counter-01", "do": "press", "key": "next"}]
        assert stage.post("/bangku/do", {"board": "dispenser-01", "do": "level", "pct": 12}).status
        assert events.until("board")["level_pct"] == 12


def test_an_order_needs_no_open_page(stage: Stage) -> None:
    stage.boards.start(bench_hall())
    answer = stage.post("/bangku/do", {"board": "counter-02", "do": "press", "key": "next"})
    assert answer.status == 200
    wait_for(lambda: stage.boards.orders, what="the order")


def test_a_refusal_is_told_in_words(stage: Stage) -> None:
    stage.boards.start(bench_hall())
    answer = stage.post("/bangku/do", {"board": "counter-99", "do": "press", "key": "next"})
    assert answer.status == 409
    assert texts.catalogue("id")["bench.refused_board"] in answer.text


def test_nobody_looks_nobody_listens(own_stage: Stage) -> None:
    boards = own_stage.boards
    boards.start(bench_hall())
    assert boards.connections == 0
    with own_stage.events("/bangku/events") as events:
        events.until("bench")
        assert boards.connections == 1
        with own_stage.events("/bangku/events") as other:
            other.until("bench")
            assert boards.connections == 1
    wait_for(lambda: boards.connections == 0, 8, "the link to close a little after the last page")


def test_virtual_boards_that_went_away_are_told_and_found_again(stage: Stage) -> None:
    stage.boards.start(bench_hall())
    with stage.events("/bangku/events") as events:
        assert events.until("bench")["up"] is True
        stage.boards.close()
        assert events.until("bench")["up"] is False
        stage.boards.start(bench_hall()[:3])
        back = events.until("bench")
        assert (back["up"], len(back["boards"])) == (True, 3)


def test_nonsense_from_the_virtual_boards_breaks_nothing(own_stage: Stage) -> None:
    own_stage.boards.start(bench_hall())
    with own_stage.events("/bangku/events") as events:
        events.until("bench")
        for line in (
            b"\n",
            b"{\n",
            b"5\n",
            b"\xff\n",
            b"[" * 5_000 + b"\n",
            b'{"hall":{}}\n',
            b'{"error":"no"}\n',
        ):
            own_stage.boards.say(line)
        own_stage.boards.say({"board": "counter-01", "see": "matrix", "px": LIT})
        assert events.until("board")["matrix"] == LIT
        own_stage.boards.say(b"x" * 2_000_000 + b"\n")  # a line above any bound: connect anew
        events.until("bench", lambda bench: not bench["up"])
        assert events.until("bench")["up"] is True
    assert "Traceback" not in own_stage.log_file.read_text()


def test_a_hall_with_real_boards_opens_no_door_to_virtual_ones() -> None:
    with Stage(demo=False) as stage:
        assert stage.get("/bangku").status == 404
        assert stage.get("/bangku/events").status == 404
        assert stage.post("/bangku/do", {"board": "counter-01"}).status == 404
        assert stage.get("/bangku/qr?text=A001").status == 404


def test_a_code_for_a_telephone_is_a_picture(stage: Stage) -> None:
    answer = stage.get("/bangku/qr?text=https%3A%2F%2Fa.id%2FA001")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
    assert answer.text.startswith("<svg")
    assert "<script" not in answer.text
    other = stage.get("/bangku/qr?text=https%3A%2F%2Fa.id%2FA002")
    assert answer.text != other.text


@pytest.mark.parametrize("text", ["", "x" * (qr.MOST_CHARS + 1)])
def test_what_is_no_text_for_a_code_gets_none(stage: Stage, text: str) -> None:
    assert stage.get(f"/bangku/qr?text={text}").status == 404
