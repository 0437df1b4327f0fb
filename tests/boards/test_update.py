"""Updates of a virtual board over a real broker: new firmware, broken firmware, new settings."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boards.virtual.process import ASLEEP_STATUS, RESET_STATUS, BoardProcess
from firmware.wire import topics
from tests.boards.scripted import Broker, Payload, make_flash
from tests.support.release import ScriptedWorkshop, compiled, manifest_of, version
from tests.support.tools import wait_for

BOARD = "board-01"


class Bench:
    """A board that is started again as often as it restarts."""

    def __init__(self, tmp_path: Path, broker: Broker, role: str = "counter") -> None:
        self.flash = make_flash(tmp_path, BOARD, role, broker.port)
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

    # What it runs, and what is older, is not taken again.
    bench.gateway.offer_release("u3", files, number=2, version="2.1")
    assert bench.gateway.outcome("u3")["why"] == "already"
    bench.gateway.offer_release("u4", files, number=1, version="2.0")
    assert bench.gateway.outcome("u4")["why"] == "older"


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


def test_firmware_that_was_kept_and_crashes_at_each_start_is_left_for_the_other_slot(
    bench: Bench,
) -> None:
    gateway = bench.gateway
    bench.start()
    gateway.event("hello")
    gateway.offer_release("u1", bench.files(firmware_version=version(1, "2.0")))
    bench.restarted()
    assert gateway.outcome("u1")["st"] == "committed"
    bad = bench.flash / "bad"
    source = version(2, "2.1") + f'import os\nif "bad" in os.listdir("{bench.flash}"):\n    1 / 0\n'
    files = bench.files(firmware_version=source)
    gateway.offer_release("u2", files, number=2, version="2.1")
    bench.restarted()
    assert gateway.outcome("u2")["st"] == "committed"
    wait_for(lambda: bench.boot() == {"slot": "b", "id": "u2"}, what="the end of the update")

    bad.touch()
    bench.boards[-1].kill()
    bench.start()
    for _ in range(5):
        bench.restarted()
    told = gateway.wait(topics.UP_UPDATE, lambda p: p is not None and p["st"] == "rolled_back")
    assert (told["id"], told["number"], told["why"]) == ("u2", 2, "crash")
    wait_for(lambda: bench.boot() == {"slot": "a", "id": "u2"}, what="the way back")


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


SMALL = {"firmware/main.py": b"# nothing\n" * 40, "firmware/other.py": b"x" * 2_500}


def test_what_is_not_for_this_board_is_refused_with_the_reason(bench: Bench) -> None:
    bench.start()
    gateway = bench.gateway
    gateway.event("hello")
    heads: list[tuple[str, dict[str, Any]]] = [
        ("foreign", {"role": "ticket"}),
        ("foreign", {"chip": "rp2"}),
        ("foreign", {"kind": "counter_p10"}),
        ("interpreter", {"mpy": 5}),
    ]
    for number, (why, head) in enumerate(heads):
        gateway.offer_release(f"u{number}", SMALL, **head)
        told = gateway.outcome(f"u{number}")
        assert (told["st"], told["why"]) == ("refused", why), told
    gateway.offer("garbage", b"no manifest\n" * 10)
    assert gateway.outcome("garbage")["why"] == "bad_manifest"

    offer = gateway.offer("forged", b"x")
    gateway.outcome("forged")
    gateway.publish(topics.DN_UPDATE, {**offer, "id": "forged2"})
    assert gateway.outcome("forged2")["why"] == "bad_mac"
    gateway.publish(topics.DN_UPDATE, {**offer, "number": "7"})  # garbage: counted, not answered
    gateway.publish(topics.DN_UPDATE, offer, retain=True)
    gateway.publish(topics.DN_UPDATE, b"", retain=True)
    bench.boards[-1].kill()
    gateway.publish(topics.DN_UPDATE, {**offer, "id": "kept"}, retain=True)
    bench.start()
    assert gateway.outcome("kept")["why"] == "retained"
    gateway.publish(topics.DN_UPDATE, b"", retain=True)


def test_a_file_that_is_wrong_is_fetched_three_times_and_given_up(bench: Bench) -> None:
    bench.start()
    gateway = bench.gateway
    gateway.event("hello")
    sha = hashlib.sha256(SMALL["firmware/other.py"]).hexdigest()
    manifest = manifest_of(SMALL)
    for data in SMALL.values():
        gateway.has(data)
    gateway.blobs[sha] = b"y" * 2_500
    gateway.offer("u1", manifest)
    told = gateway.outcome("u1")
    assert (told["st"], told["why"]) == ("failed", "hash")
    assert [want["at"] for want in gateway.wants if want["sha"] == sha] == [0, 1_024, 2_048] * 3


def test_an_update_goes_on_after_a_power_cut_where_it_was(bench: Bench) -> None:
    files = bench.files(firmware_version=version(1, "2.0"))
    gateway = bench.gateway
    gateway.pieces = 40  # then the workshop falls silent
    board = bench.start()
    gateway.event("hello")
    gateway.offer_release("u1", files)
    wait_for(lambda: len(gateway.wants) > 40, what="half of the update")
    # It serves meanwhile.
    gateway.face("A012")
    board.press("recall")
    gateway.event("recall")
    board.kill()
    had = {want["sha"] for want in gateway.wants[:39]}
    gateway.wants.clear()
    gateway.pieces = None
    bench.start()
    bench.restarted()
    assert gateway.outcome("u1")["st"] == "committed"
    # At most the file that was under way.
    assert len(had & {want["sha"] for want in gateway.wants}) <= 1


def test_an_update_that_is_cancelled_is_forgotten_and_a_second_one_meanwhile_refused(
    bench: Bench,
) -> None:
    gateway = bench.gateway
    gateway.pieces = 1
    bench.start()
    gateway.event("hello")
    gateway.offer_release("u1", SMALL)
    wait_for(lambda: len(gateway.wants) > 1, what="an update under way")
    gateway.offer_release("u2", SMALL, number=2, version="3.0")
    assert gateway.outcome("u2")["why"] == "busy"
    gateway.publish(topics.DN_UPDATE, {"id": "u1", "kind": "cancel"})
    assert gateway.outcome("u1")["st"] == "cancelled"
    wait_for(lambda: "now" not in bench.boot(), what="the end of the update")


def test_a_board_looks_logs_and_restarts_when_it_is_told(bench: Bench) -> None:
    gateway = bench.gateway
    board = bench.start()
    gateway.event("hello")
    gateway.face("A012")
    gateway.wait(topics.UP_FACE)
    gateway.publish(topics.DN_CMD, {"id": "1", "name": "look"})
    look = json.loads(gateway.wait(topics.UP_ACK)["detail"])
    assert (look["w"], look["h"], len(look["px"])) == (32, 8, 64)
    assert look["px"].strip("0"), "the number is on it"
    assert look["lamps"] == {"status": "green"}
    gateway.publish(topics.DN_CMD, {"id": "2", "name": "log"})
    assert gateway.wait(topics.UP_ACK)["code"] == "bad_payload"
    gateway.publish(topics.DN_CMD, {"id": "3", "name": "log", "arg": {"on": True}})
    assert gateway.wait(topics.UP_ACK) == {"id": "3", "st": "ok"}
    board.do("juggle")
    line = gateway.wait(topics.UP_LOG)
    assert "juggle" in line["text"]
    assert line["t_ms"] >= 0
    gateway.publish(topics.DN_CMD, {"id": "4", "name": "dance"})
    assert gateway.wait(topics.UP_ACK)["code"] == "unknown_command"
    gateway.publish(topics.DN_CMD, {"id": "5", "name": "restart"})
    assert gateway.wait(topics.UP_ACK) == {"id": "5", "st": "ok"}
    assert board.wait_end() == RESET_STATUS
    gateway.state("gone")


def test_a_board_without_memory_for_it_refuses_an_update_and_serves_on(bench: Bench) -> None:
    bench.boards.append(BoardProcess(bench.flash, heap_kb=104))
    gateway = bench.gateway
    gateway.event("hello")
    for number in range(3):
        gateway.offer_release(f"u{number}", SMALL)
        told = gateway.outcome(f"u{number}")
        assert (told["st"], told["why"]) == ("refused", "no_memory")
    gateway.face("A012")
    bench.boards[-1].press("recall")
    gateway.event("recall")


def test_offers_that_come_to_nothing_leave_no_memory_behind(bench: Bench) -> None:
    board = bench.start()
    gateway = bench.gateway
    gateway.event("hello")
    free = []
    for number in range(8):
        gateway.offer_release(f"u{number}", SMALL, role="ticket")
        assert gateway.outcome(f"u{number}")["why"] == "foreign"
        free.append(board.look()["free_bytes"])
    assert free[2] - free[-1] < 512, free


def test_a_board_on_a_battery_stays_awake_for_its_update(tmp_path: Path, broker: Broker) -> None:
    bench = Bench(tmp_path, broker, "dispenser")
    try:
        files = compiled(tmp_path / "image", "dispenser", firmware_version=version(1, "2.0"))

        def offered_first(event: Payload) -> Payload:
            if event["ev"] == "hello" and len(bench.boards) == 1:
                bench.gateway.offer_release("u1", files, role="dispenser")
            return {}

        bench.gateway.answer = offered_first
        bench.start()
        bench.restarted()
        assert bench.gateway.outcome("u1")["st"] == "committed"
        assert bench.boards[-1].wait_end(20) == ASLEEP_STATUS
    finally:
        bench.close()
