"""The boards that a site waits for."""

from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.workshop.fleet import Fleet
from gateway.workshop.site_boards import SiteBoards
from gateway.workshop.trade import Ask, Now

SITE = """
[[boards]]
id = "counter-01"
role = "counter"
kind = "counter_led"
counter = 1
place = "Lantai 1"

[[boards]]
id = "ticket-01"
role = "ticket"
kind = "ticket_button"
"""


@pytest.fixture
def desk(tmp_path: Path) -> SiteBoards:
    site = tmp_path / "site.toml"
    site.write_text(SITE)
    settings = Settings.from_env({"LOKET_HOME": str(tmp_path), "LOKET_SITE": str(site)})
    fleet = Fleet()
    fleet.registered = ("ticket-01",)
    return SiteBoards(settings, fleet)


def ask(desk: SiteBoards) -> dict[str, object]:
    return desk.asks["site_boards"](Ask("console", "k", "site_boards", ""), Now(0, 0))


def names(rows: object) -> list[str]:
    assert isinstance(rows, list)
    return [row["board"] for row in rows]


def test_boards_of_the_site_that_nobody_registered_are_proposed(desk: SiteBoards) -> None:
    assert ask(desk)["boards"] == [
        {
            "board": "counter-01",
            "role": "counter",
            "counter": 1,
            "kind": "counter_led",
            "place": "Lantai 1",
        }
    ]


def test_a_changed_site_file_is_read_again_and_a_wrong_one_proposes_nothing(
    desk: SiteBoards, tmp_path: Path
) -> None:
    assert names(ask(desk)["boards"]) == ["counter-01"]
    for wrong in ("[[boards]", "boards = 3", "[[boards]]\nid = 3\n", ""):
        (tmp_path / "site.toml").write_text(wrong)
        assert ask(desk)["boards"] == []
    (tmp_path / "site.toml").unlink()
    assert ask(desk)["boards"] == []
    (tmp_path / "site.toml").write_text(SITE.replace("counter-01", "counter-09"))
    assert names(ask(desk)["boards"]) == ["counter-09"]
