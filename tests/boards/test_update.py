"""Updates of a virtual board over a real broker: new firmware, broken firmware, new settings."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from boards.virtual.process import RESET_STATUS, BoardProcess
from firmware.wire import topics
from tests.boards.scripted import Broker, make_flash
from tests.support.release import ScriptedWorkshop, compiled, version
from tests.support.tools import wait_for

BOARD = "board-01"


class Bench:
    """A board that is started again as often as it restarts."""

    def __init__(self, tmp_path: Path, broker: Broker) -> None:
        self.flash = make_flash(tmp_path, BOARD, "counter", broker.port)
        self.gateway = ScriptedWorkshop(broker.port, BOARD)
        self._folder = tmp_path
        self.boards: list[BoardProcess] = []

    def files(self, **changed: str) -> dict[str, bytes]:
        """Give the files of a release; see tests/support/release.compiled."""
        return compiled(self._folder / "image", **changed)

    def start(self) -> BoardProcess:
        """Start it, and wait for its hello."""
        self.boards.append(BoardProcess(self.flash))
        return self.boards[-1]

    def restarted(self, timeout_s: float = 20) -> BoardProcess:
        """Wait until it restarts by itself, and start it."""
        assert self.boards[-1].wait_end(timeout_s) == RESET_STATUS
        return self.start()

    def settings(self, **more: object) -> None:
        """Change its settings."""
        path = self.flash / "settings.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **more}))

    def boot(self) -> dict[str, object]:
        """Give what boot.json says."""
        state: dict[str, object] = json.loads((self.flash / "boot.json").read_text())
        return state

    def close(self) -> None:
        """End all of it."""
        for board in self.boards:
            board.kill()
        self.gateway.close()


@pytest.fixture
def bench(tmp_path: Path, broker: Broker) -> Iterator[Bench]:
    bench = Bench(tmp_path, broker)
    yield bench
    bench.close()


def test_a_new_release_is_loaded_tried_and_kept(bench: Bench) -> None:
    files = bench.files(firmware_version=version(1, "2.0"))
    bench.start()
    about = bench.gateway.wait(topics.UP_ABOUT)
    assert (about["fw"], about["n"], about["slot"], about["chip"]) == ("0.1.0", 0, "", "virtual")
    assert (about["link"], about["mpy"]) == (0, 6)
    bench.gateway.event("hello")
    bench.gateway.offer_release("u1", files)
    board = bench.restarted()
    about = bench.gateway.wait(topics.UP_ABOUT)
    assert (about["fw"], about["n"], about["slot"]) == ("2.0", 1, "a")
    told = bench.gateway.outcome("u1")
    assert (told["st"], told["number"], told["version"]) == ("committed", 1, "2.0")
    bench.gateway.face("A012")
    board.press("recall")
    bench.gateway.event("recall")
    wait_for(lambda: bench.boot() == {"slot": "a", "id": "u1"}, what="the end of the update")

    # One changed file: only that one is fetched.
    bench.gateway.wants.clear()
    files["firmware/version.py"] = version(2, "2.1").encode()
    bench.gateway.offer_release("u2", files, number=2, version="2.1")
    bench.restarted()
    assert bench.gateway.wait(topics.UP_ABOUT)["slot"] == "b"
    assert bench.gateway.outcome("u2")["st"] == "committed"
    assert len({want["sha"] for want in bench.gateway.wants}) == 2  # with the manifest


def test_a_release_that_cannot_start_is_taken_back(bench: Bench) -> None:
    files = bench.files(firmware_version='raise ValueError("broken")\n')
    bench.settings(trial_s=20)
    bench.start()
    bench.gateway.event("hello")
    bench.gateway.offer_release("u1", files)
    for _ in range(3):
        bench.restarted()
    bench.restarted()  # of the old one
    told = bench.gateway.outcome("u1")
    assert (told["st"], told["why"]) == ("rolled_back", "crash")
    wait_for(lambda: bench.boot() == {"slot": "", "id": "u1"}, what="the end of the update")


def test_a_release_that_says_no_hello_takes_itself_back(bench: Bench) -> None:
    bench.settings(trial_s=0.5)
    files = bench.files(
        firmware_version=version(1, "2.0"),
        firmware_net_link="KEEPALIVE_S = 10\nMAX_IN_FLIGHT = 24\nclass Link:\n"
        "    def __init__(self, *args):\n"
        "        self.client = None\n"
        "    def send(self, *args):\n"
        "        pass\n"
        "    async def run(self):\n"
        "        pass\n"
        "    async def leave(self, s):\n"
        "        pass\n",
    )
    bench.start()
    bench.gateway.event("hello")
    bench.gateway.offer_release("u1", files)
    bench.restarted()
    bench.restarted()
    told = bench.gateway.outcome("u1")
    assert (told["st"], told["why"]) == ("rolled_back", "no_hello")


def test_a_broker_that_is_not_there_is_left_again(bench: Bench, broker: Broker) -> None:
    bench.settings(trial_s=0.5)
    before = (bench.flash / "settings.json").read_bytes()
    bench.start()
    bench.gateway.event("hello")
    bench.gateway.offer_link("u1", 1, port=1)
    bench.restarted()
    bench.restarted()
    told = bench.gateway.outcome("u1")
    assert (told["kind"], told["st"], told["why"]) == ("link", "rolled_back", "no_hello")
    assert (bench.flash / "settings.json").read_bytes() == before
    assert not (bench.flash / "settings.new").exists()

    # What it can reach is kept.
    bench.settings(trial_s=20)
    bench.gateway.offer_link("u2", 1, host="localhost", port=broker.port)
    bench.restarted()
    assert bench.gateway.wait(topics.UP_ABOUT)["link"] == 1
    assert bench.gateway.outcome("u2")["st"] == "committed"
    assert json.loads((bench.flash / "settings.json").read_text())["host"] == "localhost"
    bench.gateway.offer_link("u3", 0, host="127.0.0.1")
    assert bench.gateway.outcome("u3")["why"] == "older"
