"""The workshop's process in a real hall: updates and orders over the real broker and gateway."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from firmware.wire import topics
from gateway.fleet.release import Releases
from tests.bench.rigs import counter_flash, our_hall
from tests.support.fleet import powered, start, wait_over, wait_ready
from tests.support.rig import Client, Rig, register_board
from tests.workshop.scripted import ScriptedBoard

BOARDS = ("counter-01", "counter-02", "counter-03")


class Wired(threading.Thread):
    """A scripted board with a connection of its own."""

    def __init__(self, rig: Rig, name: str, secret: str) -> None:
        super().__init__(daemon=True)
        self.script = ScriptedBoard(name, number=1)
        self.script.secret = secret
        self.client: Client = rig.client(name, secret)
        self.over = threading.Event()
        self.orders: list[dict[str, Any]] = []
        self._say_all(self.script.hello())

    def run(self) -> None:
        heard_s = time.monotonic()
        while not self.over.is_set():
            for topic, payload in self.client.take():
                leaf = topic.split("/", 3)[3]
                if leaf == topics.DN_CMD:
                    self.orders.append(payload)
                    self._ack(payload)
                elif payload:
                    self._say_all(self.script.take(leaf, payload))
                    heard_s = time.monotonic()
            if time.monotonic() > heard_s + 1.0:
                heard_s = time.monotonic()
                self._say_all(self.script.ask_again())
            self.over.wait(0.005)

    def _ack(self, order: dict[str, Any]) -> None:
        ack = {"id": order["id"], "st": "ok"}
        if order["name"] == "look":
            ack["detail"] = json.dumps({"px": "ff", "w": 8, "h": 1})
        self.client.publish(topics.UP_ACK, ack)

    def _say_all(self, messages: list[Any]) -> None:
        for message in messages:
            leaf = message.topic.split("/", 3)[3]
            retain = leaf in topics.RETAINED_OF_BOARD
            self.client.publish(leaf, message.payload, retain)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[tuple[Rig, dict[str, Wired]]]:
    rig = Rig(tmp_path / "home")
    rig.start_broker()
    secrets = {b: register_board(rig.settings, b, "counter", n + 1) for n, b in enumerate(BOARDS)}
    rig.start_gateway()
    rig.wait_ready()
    boards = {name: Wired(rig, name, secret) for name, secret in secrets.items()}
    for board in boards.values():
        board.start()
    rig.start_workshop()
    yield rig, boards
    for board in boards.values():
        board.over.set()
        board.join()
    rig.close()


def _ask(console: Client, name: str, **fields: object) -> dict[str, Any]:
    key = f"{name}-{len(console.seen)}"
    console.publish(topics.UP_ASK, {"key": key, "ask": name, **fields})
    answer: dict[str, Any] = console.wait(topics.DN_ANSWER, lambda m: m["key"] == key, 15)
    return answer


def test_a_release_of_our_own_reaches_boards_over_the_broker(
    rig: tuple[Rig, dict[str, Wired]],
) -> None:
    hall, boards = rig
    release = Releases(hall.settings.paths).build_own("9.9", 50)
    console = hall.client("console")
    console.saw("gw/fleet/boards", lambda m: len(m["boards"]) == len(BOARDS), 30)
    look = _ask(console, "look", board="counter-02")
    assert (look["px"], look["w"]) == ("ff", 8)
    assert boards["counter-02"].orders[0]["name"] == "look"
    assert _ask(console, "cmd", board="counter-02", cmd="identify")["st"] == "accepted"
    done = hall.loket("update", "start", "9.9", "--in-service", "--stages", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "firmware 9.9: 3 of 3 boards, done" in done.stdout
    files = {entry.sha for entry in release.files_for("counter", "", "virtual").values()}
    for board in boards.values():
        assert board.script.number == 50
        assert files <= set(board.script.got)
    rows = console.saw(
        "gw/fleet/boards", lambda m: all(row["number"] == 50 for row in m["boards"])
    )["boards"]
    assert {row["update"]["st"] for row in rows} == {"committed"}
    again = hall.loket("update", "start", "9.9")
    assert (again.returncode, "run 9.9 or newer already" in again.stderr) == (1, True)


def test_a_killed_workshop_takes_up_its_update(rig: tuple[Rig, dict[str, Wired]]) -> None:
    hall, boards = rig
    Releases(hall.settings.paths).build_own("9.9", 50)
    boards["counter-02"].script.deaf = True
    console = hall.client("console")
    console.saw("gw/fleet/boards", lambda m: len(m["boards"]) == len(BOARDS), 30)
    started = _ask(console, "update_start", version="9.9", boards=[], in_service=True, stages=[1])
    assert started["st"] == "accepted", started
    console.saw(
        "gw/fleet/update",
        lambda m: m["plan"] and m["plan"]["boards"][0]["state"] == "committed",
        20,
    )
    assert hall.workshop is not None
    hall.workshop.kill()
    hall.workshop.wait()
    boards["counter-02"].script.deaf = False
    hall.start_workshop()
    plan = console.saw("gw/fleet/update", lambda m: m["plan"] and m["plan"]["state"] == "done", 40)[
        "plan"
    ]
    assert {row["state"] for row in plan["boards"]} == {"committed"}
    assert len(boards["counter-01"].script.offers) == 1


def test_real_boards_take_a_release_and_an_address_told_anew(tmp_path: Path) -> None:
    with our_hall(tmp_path, 2, 0) as (hall, secrets), ExitStack() as power:
        hall.start_workshop()
        for board, secret in secrets.items():
            flash = counter_flash(tmp_path, board, secret, hall.settings.mqtt_port)
            power.enter_context(powered(flash))
        console = hall.client("console")
        wait_ready(console, 2)
        Releases(hall.settings.paths).build_own("1.1", 1)
        start(console, "1.1", [])
        wait_over(console, "1.1", 60)
        rows = console.saw("gw/fleet/boards", lambda m: all(r["number"] == 1 for r in m["boards"]))
        assert {row["slot"] for row in rows["boards"]} == {"a"}
        look = _ask(console, "look", board="counter-1")
        assert (look["w"], look["h"]) == (32, 8)
        assert len(look["px"]) == 64
        assert _ask(console, "log", board="counter-1", on=True)["st"] == "accepted"
        # The same address, told anew: kept once the board has got through over it.
        fields = {"host": "127.0.0.1", "port": hall.settings.mqtt_port}
        answer = _ask(console, "link_start", boards=["counter-2"], in_service=True, **fields)
        assert answer["st"] == "accepted"
        plan = console.wait(
            "gw/fleet/update",
            lambda m: m["plan"]["kind"] == "link" and m["plan"]["state"] in ("done", "stopped"),
            40,
        )["plan"]
        assert (plan["boards"][0]["state"], plan["boards"][0]["number"]) == ("committed", 1)
