"""The hall of virtual boards as a process of its own: its door, its boards' lives, its end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from boards.virtual.client import HallClient
from boards.virtual.glass import px
from firmware.wire import topics
from tests.boards.scripted import Broker, ScriptedGateway, make_flash
from tests.support.tools import ROOT, wait_for


class HallProcess:
    """`python -m boards.virtual` on a home folder."""

    def __init__(self, home: Path) -> None:
        self.socket = home / "run" / "hall.sock"
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "boards.virtual"],
            cwd=ROOT,
            env={**os.environ, "LOKET_HOME": str(home)},
        )
        self.clients: list[HallClient] = []
        wait_for(self._answers, what="the hall to open its door")

    def _answers(self) -> bool:
        # The file is there a moment before anybody listens.
        try:
            HallClient(self.socket).close()
        except OSError:
            return False
        return True

    def client(self) -> HallClient:
        """Connect to the hall."""
        self.clients.append(HallClient(self.socket))
        return self.clients[-1]

    def close(self) -> None:
        """End it, if it still runs."""
        for client in self.clients:
            client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


Halls = Callable[[], HallProcess]


@pytest.fixture
def home(tmp_path: Path, broker: Broker) -> Path:
    """A home folder with a counter board and a dispenser, as the gateway makes it."""
    home = tmp_path / "h"
    make_flash(home / "demo", "counter-01", "counter", broker.port)
    make_flash(home / "demo", "dispenser-01", "dispenser", broker.port)
    write_list(home, ["counter-01", "dispenser-01"])
    return home


def write_list(home: Path, boards: list[str]) -> None:
    """Write the hall's list of boards, as the gateway does: whole."""
    entries = [
        {"id": board, "role": board[:-3], "counter": 1, "kind": "k", "place": "pintu"}
        for board in boards
    ]
    fresh = home / "demo" / "hall.json.new"
    fresh.write_text(json.dumps({"boards": entries}))
    fresh.rename(home / "demo" / "hall.json")


@pytest.fixture
def hall(home: Path) -> Iterator[HallProcess]:
    """A running hall."""
    hall = HallProcess(home)
    yield hall
    hall.close()


@pytest.fixture
def gateway(broker: Broker) -> Iterator[ScriptedGateway]:
    """The gateway of counter-01; dispensers report every 30 s."""
    gateway = ScriptedGateway(broker.port, "counter-01")
    gateway.config(next_lock_ms=0)
    config = topics.of_board("dispenser-01", topics.DN_CONFIG)
    gateway.publish(config, {"rev": 1, "every_s": 30}, retain=True)
    yield gateway
    gateway.close()


def children(pid: int) -> list[int]:
    """Give the pids of a process's children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(pid: int) -> bool:
    """Tell whether a process has ended."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_people_press_and_see(gateway: ScriptedGateway, hall: HallProcess) -> None:
    people = hall.client()
    known = {board["board"]: board for board in people.hall}
    counter = known["counter-01"]
    assert (counter["role"], counter["counter"], counter["place"]) == ("counter", 1, "pintu")
    assert counter["keys"] == ["next", "recall", "no_show", "park", "pause"]
    people.wait(lambda see: see.get("see") == "state" and see["s"] == "ready")
    gateway.face("--", "idle")
    people.wait(lambda see: see.get("see") == "matrix" and see["px"] == px("--"))
    gateway.answer = lambda event: {"ticket": "A001"}
    people.do("counter-01", "press", key="next")
    edge = people.wait(lambda see: see.get("see") == "edge")
    assert (edge["board"], edge["key"]) == ("counter-01", "next")
    gateway.event("next")
    gateway.face("A001")
    people.wait(lambda see: see.get("px") == px("A001"))
    gateway.face("A001", "serving")
    gateway.wait(topics.UP_FACE, lambda shown: shown["rev"] == gateway.rev)

    def newcomer_sees_it() -> bool:
        later = {board["board"]: board for board in hall.client().hall}
        look = later["counter-01"]["look"]
        shown = (look["matrix"], look["state"], look["lamps"]["status"])
        return bool(shown == (px("A001"), "ready", "green"))

    wait_for(newcomer_sees_it, what="the hall to know how the board looks")


def test_a_sleeping_dispenser_wakes_when_its_level_is_touched(
    broker: Broker, gateway: ScriptedGateway, hall: HallProcess
) -> None:
    dispenser = ScriptedGateway(broker.port, "dispenser-01")
    people = hall.client()

    def asleep() -> bool:
        boards = {board["board"]: board for board in hall.client().hall}
        return bool(boards["dispenser-01"]["asleep"])

    wait_for(asleep, what="the dispenser to sleep")
    for pct in (50, 30, 9):  # a handle that is dragged
        people.do("dispenser-01", "level", pct=pct)
    people.wait(lambda see: see.get("board") == "dispenser-01" and see["see"] == "awake")
    # It looks as it was told while it woke, not as it was when it began to speak.
    look = people.wait(lambda see: see.get("board") == "dispenser-01" and see["see"] == "look")
    assert look["level_pct"] == 9
    reading = topics.UP_READING + "/sanitizer"
    dispenser.wait(reading, lambda payload: payload["level_pct"] == 9)
    people.wait(lambda see: see.get("board") == "dispenser-01" and see["see"] == "asleep")
    dispenser.close()


def test_what_is_of_the_world_stays_when_a_board_starts_anew(
    broker: Broker, home: Path, hall: HallProcess
) -> None:
    make_flash(home / "demo", "gate-01", "gate", broker.port)
    write_list(home, ["gate-01"])
    people = hall.client()

    def gate(see: dict[str, Any], kind: str) -> bool:
        return see.get("board") == "gate-01" and see.get("see") == kind

    assert people.wait(lambda see: gate(see, "look"))["temp_c"] == 36.5
    people.do("gate-01", "temp", c=None)
    people.do("gate-01", "paper", ok=False)  # it has no printer, and complains to stderr only
    settings = home / "demo" / "gate-01" / "settings.json"
    fresh = settings.with_suffix(".new")
    fresh.write_text(settings.read_text().replace("not needed here", "another secret"))
    fresh.rename(settings)
    assert people.wait(lambda see: gate(see, "look"))["temp_c"] is None
    known = {board["board"]: board for board in hall.client().hall}["gate-01"]
    assert {"thermometer", "digits"} < set(known["parts"])
    assert known["look"]["temp_c"] is None


def test_doses_are_counted_while_the_dispenser_sleeps(
    home: Path, broker: Broker, gateway: ScriptedGateway
) -> None:
    settings_file = home / "demo" / "dispenser-01" / "settings.json"
    settings = json.loads(settings_file.read_text())
    settings["parts"]["keys"] = {"dose": {"pin": 27}}
    settings_file.write_text(json.dumps(settings))
    config = topics.of_board("dispenser-01", topics.DN_CONFIG)
    gateway.publish(config, {"rev": 2, "every_s": 600}, retain=True)
    dispenser = ScriptedGateway(broker.port, "dispenser-01")
    hall = HallProcess(home)
    try:
        people = hall.client()
        mine = "dispenser-01"

        def taken(see: dict[str, object]) -> bool:
            return see.get("board") == mine and see["see"] == "edge"

        people.wait(lambda see: see.get("board") == mine and see["see"] == "asleep")
        for _ in range(3):  # faster than it can wake up and fall asleep
            people.do(mine, "press", key="dose")
        for _ in range(3):
            people.wait(taken)
        people.do(mine, "down", key="dose")
        people.wait(taken)
        people.wait(lambda see: see.get("board") == mine and see["see"] == "asleep")
        people.do(mine, "up", key="dose")  # it sleeps, and need not know
        people.do(mine, "level", pct=60)
        reading = topics.UP_READING + "/sanitizer"
        told = dispenser.wait(reading, lambda payload: payload["level_pct"] == 60)
        assert told["doses"] == 4
    finally:
        hall.close()
        dispenser.close()


def test_a_board_that_dies_is_started_again(gateway: ScriptedGateway, hall: HallProcess) -> None:
    people = hall.client()
    first = gateway.state("ready")
    for child in children(hall.process.pid):
        if b"counter-01" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(child, signal.SIGKILL)
    died = people.wait(lambda see: see.get("see") == "died")
    assert died["board"] == "counter-01"
    assert gateway.state("ready")["boot"] != first["boot"]


def test_orders_that_make_no_sense_are_answered(
    gateway: ScriptedGateway, hall: HallProcess
) -> None:
    people = hall.client()
    people.do("nobody", "press", key="next")
    assert "nobody" in people.wait(lambda see: "error" in see)["error"]
    people._socket.sendall(b"[1]\n\xff\n{}\n")
    for _ in range(3):
        assert "board" in people.wait(lambda see: "error" in see)["error"]
    people._socket.sendall(b'{"board":"counter-01","do":["press"]}\n')
    assert "what to do" in people.wait(lambda see: "error" in see)["error"]


def test_boards_come_and_go_with_the_list(
    broker: Broker, home: Path, gateway: ScriptedGateway, hall: HallProcess
) -> None:
    people = hall.client()
    gateway.state("ready")
    make_flash(home / "demo", "counter-02", "counter", broker.port)
    write_list(home, ["counter-02", "dispenser-01"])
    listed = people.wait(lambda see: "hall" in see)["hall"]
    assert [board["board"] for board in listed] == ["dispenser-01", "counter-02"]
    gateway.state("lost")
    newcomer = ScriptedGateway(broker.port, "counter-02")
    newcomer.wait(topics.UP_STATE, lambda state: state["s"] == "ready")
    newcomer.close()


def test_a_board_with_new_settings_starts_anew(
    home: Path, gateway: ScriptedGateway, hall: HallProcess
) -> None:
    first = gateway.state("ready")
    settings = home / "demo" / "counter-01" / "settings.json"
    fresh = settings.with_suffix(".new")
    fresh.write_text(settings.read_text().replace("not needed here", "another secret"))
    fresh.rename(settings)
    assert gateway.state("ready")["boot"] != first["boot"]


def test_sigterm_ends_hall_and_boards_and_the_boards_say_so(
    gateway: ScriptedGateway, hall: HallProcess
) -> None:
    gateway.state("ready")
    boards = children(hall.process.pid)
    assert boards
    hall.process.terminate()
    assert hall.process.wait(10) == 0
    gateway.state("gone")
    assert all(gone(pid) for pid in boards)
    assert not hall.socket.exists()


def test_no_board_outlives_a_killed_hall(gateway: ScriptedGateway, hall: HallProcess) -> None:
    gateway.state("ready")
    boards = children(hall.process.pid)
    hall.process.kill()
    hall.process.wait()
    wait_for(lambda: all(gone(pid) for pid in boards), what="the boards to end")


def test_a_hall_ends_with_whoever_started_it(home: Path) -> None:
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'boards.virtual'])\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "LOKET_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    hall_pid = int(parent.stdout.readline())
    wait_for((home / "run" / "hall.sock").exists, what="the hall to open its door")
    wait_for(lambda: len(children(hall_pid)) == 2, what="its boards to run")
    boards = children(hall_pid)
    parent.kill()
    parent.communicate()
    wait_for(lambda: gone(hall_pid) and all(gone(pid) for pid in boards), what="all to end")


def test_a_hall_without_a_list_waits_for_it(tmp_path: Path, broker: Broker) -> None:
    home = tmp_path / "h"
    hall = HallProcess(home)
    try:
        people = hall.client()
        assert people.hall == []
        make_flash(home / "demo", "counter-01", "counter", broker.port)
        write_list(home, ["counter-01"])
        assert [b["board"] for b in people.wait(lambda see: "hall" in see)["hall"]] == [
            "counter-01"
        ]
    finally:
        hall.close()


def test_the_hall_is_light(gateway: ScriptedGateway, hall: HallProcess) -> None:
    gateway.state("ready")
    status = Path(f"/proc/{hall.process.pid}/status").read_text()
    resident_kb = int(status.split("VmRSS:")[1].split()[0])
    assert resident_kb < 25_000, resident_kb
