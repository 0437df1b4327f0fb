"""Jobs at the ports: a board on a pty is flashed by the workshop, asked by the console."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from boards.virtual.usb import UsbBoard
from firmware.wire import topics
from gateway.bus import Message
from gateway.config import Paths, Settings
from gateway.fleet.flash.wifi import keep_wifi, kept_wifi
from gateway.workshop import jobs
from gateway.workshop.jobs import Jobs
from gateway.workshop.program import Program
from gateway.workshop.trade import Now
from gateway.workshop.wishes import Wishes
from tests.fleet.flash.conftest import released, use_released
from tests.support.tools import wait_for

__all__ = ["released"]
UTC_MS = 1_700_000_000_000
BOARD = "counter-03"


class Shop:
    """The trade in a workshop, with a gateway that registers whoever is wished."""

    def __init__(self, paths: Paths, board: UsbBoard) -> None:
        self.board = board
        self.paths = paths
        wishes = Wishes()
        self.trade = Jobs(Settings.from_env({"LOKET_HOME": str(paths.home)}), wishes)
        self.program = Program([self.trade, wishes])
        self.ms = 0
        self.refuse = ""
        self.wishes: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.jobs: list[dict[str, Any]] = []
        self.steps: list[str] = []

    def ask(self, name: str, **fields: object) -> dict[str, Any]:
        payload = {"key": f"{name}{self.ms}", "ask": name, **fields}
        self.hear("console/up/ask", payload)
        self.turn()
        return self.answers[-1]

    def flash(self, **fields: object) -> dict[str, Any]:
        wish = {"port": self.board.port, "board": BOARD, "kind": "counter_led", "counter": 3}
        return self.ask("flash", **{**wish, **fields})

    def hear(self, topic: str, payload: object) -> None:
        message = Message(topics.PREFIX + topic, json.dumps(payload).encode(), False)
        self.program.message(message, self.now())

    def now(self) -> Now:
        return Now(self.ms, UTC_MS + self.ms)

    def turn(self) -> None:
        self.ms += 10
        for topic, payload, *_ in self.program.turn(self.now()):
            content = json.loads(payload)
            if topic == topics.of_board("workshop", topics.UP_EVENT):
                self.wishes.append(content)
                st = {"st": "refused", "why": self.refuse} if self.refuse else {"st": "accepted"}
                if "secret_hash" in content and not self.refuse:
                    hashes = {content["board"]: content["secret_hash"]}
                    (self.paths.secrets / "boards.json").write_text(json.dumps(hashes))
                self.hear("workshop/dn/receipt", {"key": content["key"], **st})
            elif topic == topics.fleet_part("jobs"):
                self.jobs = content["jobs"]
                if self.jobs and self.steps[-1:] != [self.jobs[-1]["step"]]:
                    self.steps.append(self.jobs[-1]["step"])
            else:
                self.answers.append(content)

    def boards(self, boot: int, state: str = "ready") -> None:
        row = {"board": BOARD, "state": state, "greeted_boot": boot}
        self.hear("gw/hall/boards", {"boards": [row]})

    def wait(self, look: Callable[[], Any], what: str) -> Any:
        def turn_and_look() -> Any:
            self.turn()
            return look()

        return wait_for(turn_and_look, 30, what)

    def until(self, state: str) -> dict[str, Any]:
        """Give the last job of this state, once there is one."""
        return dict(self.wait(lambda: [j for j in self.jobs if j["state"] == state], state)[-1])


@pytest.fixture
def shop(tmp_path: Path, released: Paths) -> Iterator[Shop]:
    with UsbBoard(tmp_path / "usb") as board:
        shop = Shop(use_released(released, tmp_path / "home"), board)
        yield shop
        shop.trade.close()


def test_a_board_is_flashed_and_its_progress_told(shop: Shop) -> None:
    assert shop.flash()["st"] == "accepted"
    shop.wait(lambda: "hello" in shop.steps, "the board to be written")
    assert (shop.wishes[0]["ev"], shop.wishes[0]["board"]) == ("board_add", BOARD)
    assert shop.jobs[-1]["text_id"] == "menunggu sapaan pertama"
    shop.boards(8)
    job = shop.until("done")
    assert (job["board"], job["port"], job["text_en"]) == (
        BOARD, shop.board.port, f"{BOARD} is ready.",
    )  # fmt: skip
    assert "files" in shop.steps
    shop.wait(lambda: shop.wishes[-1]["ev"] == "board_cmd", "the board to be let show itself")


def test_a_board_that_the_hall_knows_gets_another_secret(shop: Shop) -> None:
    shop.boards(7, "lost")
    shop.flash()
    shop.wait(lambda: shop.wishes, "a wish")
    assert shop.wishes[0]["ev"] == "board_secret"
    assert len(shop.wishes[0]["update_key"]) == 64


def test_a_refusal_of_the_hall_fails_the_job_with_words(shop: Shop) -> None:
    shop.refuse = "unknown_counter"
    shop.flash()
    job = shop.until("failed")
    assert "tidak ada loket" in job["text_id"]
    assert "the site has no counter" in job["text_en"]
    assert job["next_en"]
    assert "main.py" not in files_of(shop.board)


def files_of(board: UsbBoard) -> set[str]:
    board.power_cut()
    return set(board.files())


def test_a_job_can_be_stopped_and_given_again(shop: Shop) -> None:
    first = shop.flash()
    assert shop.ask("flash_stop", job=first["job"])["st"] == "accepted"
    assert shop.until("stopped")["job"] == first["job"]
    assert shop.ask("flash_stop", job=first["job"])["why"] == "unknown_job"
    assert shop.flash()["st"] == "accepted"


def test_a_port_at_work_is_refused_and_so_is_a_board_at_another_port(shop: Shop) -> None:
    shop.flash()
    assert shop.flash(board="counter-04")["why"] == "claimed"
    assert shop.flash(port="/dev/null")["why"] == "claimed"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"port": "/dev/ttyACM99"}, "not_there"),
        ({"board": "gw"}, "bad_payload"),
        ({"wifi": "x"}, "bad_payload"),
        ({"wifi": [{"ssid": "Gerai", "password": "pendek"}]}, "bad_payload"),
        ({"counter": 0}, "bad_payload"),
    ],
)
def test_what_is_asked_is_checked(shop: Shop, fields: dict[str, object], why: str) -> None:
    answer = shop.flash(**fields)
    assert (answer["st"], answer["why"]) == ("refused", why)
    assert "pendek" not in json.dumps(answer)
    assert not shop.jobs


def test_networks_are_kept_where_asked_and_named_without_their_passwords(shop: Shop) -> None:
    networks = [{"ssid": "Gerai", "password": "rahasia sekali"}]
    shop.flash(wifi=networks, keep=True)
    assert kept_wifi(shop.paths) == (("Gerai", "rahasia sekali"),)
    keep_wifi(shop.paths, (("Baru", "rahasia sekali"),))
    told = shop.ask("ports")
    assert told["networks"] == ["Baru"]
    assert {"kind": "counter_led", "role": "counter", "chip": "rp2"} in told["kinds"]
    assert "rahasia" not in json.dumps([shop.jobs, shop.answers])


def test_old_jobs_are_forgotten(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "JOBS_KEPT", 2)
    shop.refuse = "unknown_counter"
    for number in range(3):
        shop.flash(board=f"counter-{number}")
        shop.wait(lambda: shop.jobs[-1]["state"] == "failed", "the end")
    assert [job["board"] for job in shop.jobs] == ["counter-1", "counter-2"]


def test_a_fault_of_this_computer_ends_the_job_with_words_and_frees_the_port(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(jobs, "flash", full)
    assert shop.flash()["st"] == "accepted"
    job = shop.until("failed")
    assert "No space left" in job["text_en"]
    assert "sekali lagi" in job["next_id"]
    assert shop.flash()["st"] == "accepted"
