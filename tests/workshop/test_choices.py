"""What somebody who sets boards up may choose from."""

from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.fleet.flash.wifi import keep_wifi
from gateway.workshop.choices import Choices
from gateway.workshop.fleet import Fleet
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
def desk(tmp_path: Path) -> Choices:
    site = tmp_path / "site.toml"
    site.write_text(SITE)
    settings = Settings.from_env({"LOKET_HOME": str(tmp_path), "LOKET_SITE": str(site)})
    fleet = Fleet()
    fleet.registered = ("ticket-01",)
    return Choices(settings, fleet)


def ask(desk: Choices) -> dict[str, object]:
    return desk.asks["choices"](Ask("console", "k", "choices", ""), Now(0, 0))


def names(rows: object) -> list[str]:
    assert isinstance(rows, list)
    return [row["board"] for row in rows]


def test_kinds_say_role_and_chip_and_the_gateways_own_pins_are_none(desk: Choices) -> None:
    kinds = ask(desk)["kinds"]
    assert isinstance(kinds, list)
    by_name = {kind["kind"]: (kind["role"], kind["chip"]) for kind in kinds}
    assert by_name["counter_led"] == ("counter", "rp2")
    assert by_name["counter_esp32"] == ("counter", "esp32")
    assert "gateway_pi" not in by_name


def test_boards_of_the_site_that_nobody_registered_are_proposed(desk: Choices) -> None:
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
    desk: Choices, tmp_path: Path
) -> None:
    assert names(ask(desk)["boards"]) == ["counter-01"]
    for wrong in ("[[boards]", "boards = 3", "[[boards]]\nid = 3\n", ""):
        (tmp_path / "site.toml").write_text(wrong)
        assert ask(desk)["boards"] == []
    (tmp_path / "site.toml").unlink()
    assert ask(desk)["boards"] == []
    (tmp_path / "site.toml").write_text(SITE.replace("counter-01", "counter-09"))
    assert names(ask(desk)["boards"]) == ["counter-09"]


def test_networks_are_told_by_name_only(desk: Choices, tmp_path: Path) -> None:
    settings = Settings.from_env({"LOKET_HOME": str(tmp_path)})
    keep_wifi(settings.paths, (("MPP-Papan", "rahasia-sekali"),))
    told = ask(desk)
    assert told["networks"] == ["MPP-Papan"]
    assert "rahasia" not in str(told)
    (settings.paths.secrets / "wifi.json").write_text("{")
    assert ask(desk)["networks"] == []
