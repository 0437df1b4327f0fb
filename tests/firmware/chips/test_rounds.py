"""Boards of every role, on the backend of their chip, do one round of their work with a gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boards.catalog import load_kind
from boards.virtual.glass import px
from firmware.drivers.ws2812 import colour_bytes
from firmware.wire import topics
from tests.boards.scripted import Broker, ScriptedGateway
from tests.firmware.chips.boards import KINDS, board_of, play


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    yield broker
    broker.kill()


def of_role(role: str) -> list[str]:
    """Give the kinds with a radio that have this role."""
    found = [name for name in KINDS if load_kind(name).role == role]
    return [name for name in found if "link" not in load_kind(name).parts]


def gateway_of(broker: Broker, name: str, **config: object) -> ScriptedGateway:
    gateway = ScriptedGateway(broker.port, board_of(name))
    gateway.config(**config)
    return gateway


def show(gateway: ScriptedGateway, **face: object) -> None:
    gateway.publish(topics.DN_FACE, {"epoch": 7, "rev": 1, **face}, retain=True)


@pytest.mark.parametrize("name", of_role("counter"))
def test_a_press_on_a_pin_becomes_light_on_the_matrix(
    name: str, tmp_path: Path, broker: Broker
) -> None:
    gateway = gateway_of(broker, name, next_lock_ms=0)
    gateway.face("--", "idle", "off")

    def answer(event: dict[str, object]) -> dict[str, object] | None:
        if event["ev"] != "next":
            return {}
        gateway.face("A001", lamp="amber")
        return {"ticket": "A001"}

    gateway.answer = answer
    told = play(tmp_path, name, "counter", broker.port)
    assert told["glass"] == px("A001")
    assert told["asked"] == [["mall", "y"]]
    assert told["pm"] == [16]
    assert told["watchdog"] == [8_000, "fed"]
    assert told["strip"] == colour_bytes("amber", 8).hex()
    gateway.close()


@pytest.mark.parametrize("name", of_role("ticket"))
@pytest.mark.parametrize("there", [True, False])
def test_a_key_becomes_a_slip_or_the_alert_that_there_is_none(
    name: str, there: bool, tmp_path: Path, broker: Broker
) -> None:
    gateway = gateway_of(broker, name, queues=["A"])
    show(gateway, queues=[{"q": "A", "open": True, "waiting": 0}])
    gateway.answer = lambda event: (
        {"ticket": "A001", "queue": "A", "ahead": 0, "wait_s": [0, 60]}
        if event["ev"] == "take"
        else {}
    )
    told = play(tmp_path, name, "ticket", broker.port, *([] if there else ["printer"]))
    if there:
        fact = gateway.event("paper")
        assert (fact["ticket"], fact["ok"]) == ("A001", True)
        assert told["state"] == "ready"
    else:
        gateway.wait(topics.UP_ALERT + "/printer_silent", lambda alert: alert is not None)
        assert told["state"] == "silent"
    gateway.close()


@pytest.mark.parametrize("name", of_role("dispenser"))
@pytest.mark.parametrize("there", [True, False])
def test_a_dispenser_tells_its_level_or_the_fault_and_sleeps(
    name: str, there: bool, tmp_path: Path, broker: Broker
) -> None:
    kind = load_kind(name)
    parts = kind.settings_parts()
    gateway = gateway_of(broker, name, every_s=900)
    told = play(tmp_path, name, "dispenser", broker.port, *([] if there else ["level"]))
    if there:
        reading = gateway.wait(topics.UP_READING + "/" + parts["level"]["sensor"])
        assert reading["level_pct"] == 50
        assert reading["battery_mv"] == 3_750
    else:
        gateway.wait(topics.UP_ALERT + "/sensor_fault", lambda alert: alert is not None)
    (how, for_ms) = told["ended"][0]
    assert how == "sleep"
    assert 0 < for_ms <= 900_000
    keys = [key["pin"] for key in parts.get("keys", {}).values()]
    assert told["wakes"] == ([["ext0", keys, False]] if keys else [])
    gateway.close()


@pytest.mark.parametrize("name", of_role("rating"))
def test_a_rating_is_told_and_thanked(name: str, tmp_path: Path, broker: Broker) -> None:
    gateway = gateway_of(broker, name)
    show(gateway, ask=True, ticket="A012")
    told = play(tmp_path, name, "rating", broker.port)
    event = gateway.event("rate")
    assert (event["score"], event["ticket"]) == (4, "A012")
    assert told["tone"] == [0, 32_767, 0]
    gateway.close()


@pytest.mark.parametrize("name", of_role("hall"))
def test_who_runs_through_the_door_is_counted_the_right_way(
    name: str, tmp_path: Path, broker: Broker
) -> None:
    gateway = gateway_of(broker, name)
    show(gateway, light="green", inside=3)
    told = play(tmp_path, name, "hall", broker.port)
    event = gateway.event("count")
    assert (event["in"], event["out"]) == (1, 0)
    assert told["strip"] == colour_bytes("green", 16).hex()
    assert told["digits"].startswith("0000004f")
    gateway.close()


@pytest.mark.parametrize("name", of_role("gate"))
@pytest.mark.parametrize("there", [True, False])
def test_a_visitor_is_measured_or_the_fault_is_told(
    name: str, there: bool, tmp_path: Path, broker: Broker
) -> None:
    gateway = gateway_of(broker, name)
    show(gateway, open=True)
    gateway.answer = lambda event: {"pass": True} if event["ev"] == "screen" else {}
    told = play(tmp_path, name, "gate", broker.port, *([] if there else ["thermometer"]))
    if there:
        event = gateway.event("screen")
        assert (event["temp_c"], event["mask"]) == (36.5, True)
        assert told["strip"] == colour_bytes("green", 8).hex()
        assert told["digits"].startswith("004ffd6d")
    else:
        gateway.wait(
            topics.UP_ALERT + "/sensor_fault", lambda alert: alert and alert["part"] == "mlx90614"
        )
        assert told["strip"] == bytes(24).hex()
    gateway.close()


@pytest.mark.parametrize("name", of_role("panel"))
def test_a_call_stands_on_the_panel(name: str, tmp_path: Path, broker: Broker) -> None:
    gateway = gateway_of(broker, name)
    show(gateway, calls=[{"t": "A012", "c": 3, "n": 1}], **{"break": "", "notices": []})
    told = play(tmp_path, name, "panel", broker.port)
    assert told["lit"] > 30
    if "duties" in told:
        assert (told["duties"][0], told["period_ms"]) == (0, 2)
        assert told["duties"][1] > 0
    gateway.close()


@pytest.mark.parametrize("name", of_role("ticket")[:1])
def test_a_task_that_fails_ends_the_board_and_not_only_its_part(name: str, tmp_path: Path) -> None:
    assert play(tmp_path, name, "falls")["ended"] == "MemoryError"


@pytest.mark.parametrize("name", of_role("counter"))
def test_firmware_on_trial_is_kept_once_its_hello_is_accepted(
    name: str, tmp_path: Path, broker: Broker
) -> None:
    gateway = gateway_of(broker, name)
    told = play(tmp_path, name, "trial", broker.port)
    assert told["boot"] == {"slot": "", "id": "u1"}
    assert told["watchdogs"] == 2  # its own, and that of the trial
    outcome = gateway.wait(topics.UP_UPDATE)
    assert (outcome["id"], outcome["st"]) == ("u1", "committed")
    gateway.close()
