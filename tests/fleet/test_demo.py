"""The demo hall's boards: each gets a secret and a flash folder, whatever is wrong with another."""

import json
from pathlib import Path

from gateway.config import DEMO_SITE, Settings
from gateway.domain.site import SiteBoard
from gateway.fleet.demo import make_demo_boards


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
