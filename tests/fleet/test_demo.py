"""The demo hall's boards: each gets a secret and a flash folder, whatever is wrong with another."""

import json
from pathlib import Path

from gateway.config import DEMO_SITE, Settings
from gateway.domain.site import SiteBoard
from gateway.fleet.demo import make_demo_boards
from gateway.fleet.register import Register
from gateway.fleet.secrets import hash_secret
from gateway.fleet.update_keys import key_of, update_keys


def made(tmp_path: Path, *boards: SiteBoard) -> tuple[list[str], list[str]]:
    """Make boards in an empty hall; give the problems, and the ids that the demo hall will run."""
    env = {"LOKET_HOME": str(tmp_path), "LOKET_SITE": str(DEMO_SITE)}
    settings = Settings.from_env(env)
    settings.paths.make()
    problems = make_demo_boards(settings, boards, {}, lambda _b, _h: None, lambda *_: None)
    hall = json.loads((settings.paths.demo / "hall.json").read_text())
    return problems, [board["id"] for board in hall["boards"]]


def test_a_kind_that_is_not_there_keeps_no_other_board_from_being_made(tmp_path: Path) -> None:
    problems, there = made(
        tmp_path,
        SiteBoard("counter-01", "counter", "no_such_kind", 1),
        SiteBoard("counter-02", "counter", "counter_led", 2),
    )
    assert there == ["counter-02"]
    (problem,) = problems
    assert problem.startswith("demo board counter-01 cannot be made: ")
    assert "no_such_kind" in problem


def test_a_boards_own_secret_signs_its_updates_unless_it_is_being_changed(tmp_path: Path) -> None:
    env = {"LOKET_HOME": str(tmp_path), "LOKET_SITE": str(DEMO_SITE)}
    settings = Settings.from_env(env)
    settings.paths.make()
    register = Register(settings)
    board = SiteBoard("counter-01", "counter", "counter_led", 1)

    def start(known: bool) -> dict[str, object]:
        registered: dict[str, tuple[str, int | None]] = (
            {"counter-01": ("counter", 1)} if known else {}
        )

        def add(board: SiteBoard, secret_hash: str) -> str | None:
            register.keep(board.id, secret_hash)
            return None

        assert not make_demo_boards(settings, (board,), registered, add, register.keep)
        flash = settings.paths.demo / "counter-01" / "settings.json"
        found: dict[str, object] = json.loads(flash.read_text())
        return found

    secret = str(start(False)["secret"])
    assert update_keys(settings.paths) == {"counter-01": key_of(secret)}
    flash = settings.paths.demo / "counter-01" / "settings.json"
    flash.write_text(json.dumps({**json.loads(flash.read_text()), "link": 3}))
    register.keep("counter-01", hash_secret("the next one"), key_of("the next one"))
    again = start(True)
    assert (again["secret"], again["link"]) == (secret, 3)
    assert update_keys(settings.paths) == {"counter-01": key_of("the next one")}
