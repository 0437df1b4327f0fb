"""Boards for ratings, the door, the entrance check and the hall's panel, each in a process."""

import time

from boards.virtual.glass import px
from boards.virtual.process import BoardProcess
from firmware.wire import topics
from tests.boards.conftest import MakeStage, Stage


def staged(stage: MakeStage, role: str, **face: object) -> tuple[Stage, BoardProcess]:
    """Give a board of this role that shows its first face."""
    made = stage(role)
    made.gateway.config()
    show(made, 1, **face)
    board = made.start()
    made.gateway.wait(topics.UP_FACE, lambda p: p["rev"] == 1)
    return made, board


def show(made: Stage, rev: int, **face: object) -> None:
    made.gateway.publish(topics.DN_FACE, {"epoch": 7, "rev": rev, **face}, retain=True)


def test_a_visitor_rates_and_is_thanked(stage: MakeStage) -> None:
    made, board = staged(stage, "rating", ask=True, ticket="A012")
    assert board.look()["lamps"] == {f"score{score}": "on" for score in range(1, 5)}
    board.press("score4")
    event = made.gateway.event("rate")
    assert (event["score"], event["ticket"]) == (4, "A012")
    board.wait("sound", ms=[120])
    assert [key for key, shows in board.look()["lamps"].items() if shows == "on"] == ["score4"]
    board.wait("lamp", lamp="score4", show="off")


def test_who_walks_through_the_door_is_counted_and_the_light_follows(stage: MakeStage) -> None:
    made, board = staged(stage, "hall", light="green", inside=3)
    board.wait("digits", text="3")
    show(made, 2, light="red", inside=4)
    board.wait("digits", text="4")
    assert board.look()["lamps"]["light"] == "red"
    for edge, beam in (("down", "outer"), ("down", "inner"), ("up", "outer"), ("up", "inner")):
        board.do(edge, key=beam)
    event = made.gateway.event("count")
    assert (event["in"], event["out"]) == (1, 0)
    board.wait("sound", ms=[120, 120, 120])
    made.gateway.vanish()
    board.wait("digits", text="--")
    assert board.look()["lamps"]["light"] == "off"


def test_a_visitor_is_measured_and_gets_a_light(stage: MakeStage) -> None:
    made, board = staged(stage, "gate", open=True)
    made.gateway.answer = lambda event: {"pass": True} if event["ev"] == "screen" else {}
    board.do("temp", c=36.4)
    board.press("mask")
    event = made.gateway.event("screen")
    assert (event["temp_c"], event["mask"]) == (36.4, True)
    board.wait("lamp", lamp="light", show="green")
    board.wait("digits", text="36.4")
    board.do("temp", c=None)
    board.press("no_mask")
    alert = made.gateway.wait(topics.UP_ALERT + "/sensor_fault", lambda p: p is not None)
    assert alert["part"] == "mlx90614"


def test_a_panel_shows_the_call_and_then_the_time(stage: MakeStage) -> None:
    call = {"t": "A012", "c": 3, "n": 1}
    made, board = staged(stage, "panel", calls=[call], **{"break": "", "notices": []})
    board.wait("matrix", px=px("A012 > 3", 96, False, 16))
    look = board.look()
    assert (look["w"], look["h"]) == (96, 16)
    made.gateway.beat()
    show(made, 2, calls=[], notices=[], **{"break": ""})
    minutes = int(time.time() // 60)
    clocks = [f"{at // 60 % 24:02}:{at % 60:02}" for at in (minutes - 1, minutes)]
    seen = board.wait("matrix", timeout_s=8)["px"]
    assert seen in [px(clock, 96, False, 16) for clock in clocks]
