"""The real broker under our files: who gets in, who may say what where (rule 8)."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.wire import topics
from gateway.config import ConfigError, Settings
from gateway.fleet.broker_files import check_listener
from gateway.fleet.register import Register
from gateway.fleet.secrets import (
    board_hashes,
    hash_secret,
    is_secret_hash,
    new_secret,
    service_secret,
    write_private,
)
from tests.support.rig import Rig
from tests.support.tools import wait_for


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path / "home")
    rig.start_broker()
    yield rig
    rig.close()


def _register(rig: Rig, *boards: str) -> dict[str, str]:
    register = Register(rig.settings)
    made = {board: new_secret() for board in boards}
    for board, secret in made.items():
        register.keep(board, hash_secret(secret))
    assert register.apply(boards)()
    return made


def test_a_new_board_gets_in_with_its_own_secret_only(rig: Rig) -> None:
    secrets = _register(rig, "counter-01", "counter-02")
    assert rig.client("counter-01", secrets["counter-01"]).refused is None
    assert rig.client("counter-01", secrets["counter-02"]).refused
    assert rig.client("counter-01", "").refused
    assert rig.client("stranger", secrets["counter-01"]).refused


def test_a_retired_board_is_thrown_out_and_stays_out(rig: Rig) -> None:
    secrets = _register(rig, "counter-01")
    board = rig.client("counter-01", secrets["counter-01"])
    assert Register(rig.settings).apply([])()
    wait_for(lambda: not board.connected(), what="the broker to disconnect the retired board")
    assert rig.client("counter-01", secrets["counter-01"]).refused
    assert not board_hashes(rig.settings.paths)


def test_a_board_with_a_new_secret_is_thrown_out_until_it_has_it_too(rig: Rig) -> None:
    old = _register(rig, "counter-01")["counter-01"]
    board = rig.client("counter-01", old)
    new = _register(rig, "counter-01")["counter-01"]
    wait_for(lambda: not board.connected(), what="the broker to disconnect the old secret")
    assert rig.client("counter-01", old).refused
    assert rig.client("counter-01", new).refused is None


def test_a_board_writes_only_below_its_own_up_and_reads_only_its_own_dn(rig: Rig) -> None:
    secrets = _register(rig, "counter-01", "counter-02")
    gateway = rig.client("gw")
    gateway.subscribe(topics.PREFIX + "#")
    one = rig.client("counter-01", secrets["counter-01"])
    for denied in ("counter-02/up/event", "counter-01/dn/face", "gw/state", "console/up/event"):
        one.publish_raw(topics.PREFIX + denied, {"denied": denied})
    one.publish_raw(topics.PREFIX + "counter-01/up/event", {"ok": 1})
    gateway.wait(topics.UP_EVENT, lambda m: m == {"ok": 1})
    assert not [m for _, m in gateway.take() if m and "denied" in m]

    one.subscribe(topics.PREFIX + "#")  # asks for everything ...
    gateway.publish_raw(topics.PREFIX + "counter-02/dn/face", {"for": 2})
    gateway.publish_raw(topics.PREFIX + "counter-02/up/event", {"for": 2})
    gateway.publish_raw(topics.hall_part("line"), {"for": 2})
    gateway.publish_raw(topics.PREFIX + "counter-01/dn/face", {"for": 1})
    gateway.publish_raw(topics.GW_STATE, {"s": "ready", "epoch": 1})
    one.wait("gw/state")
    # ... and gets its own.
    assert {m["for"] for _, m in one.seen if m and "for" in m} == {1}


def test_the_consoles_own_secret_cannot_speak_for_the_gateway(rig: Rig) -> None:
    gateway = rig.client("gw")
    gateway.subscribe(topics.PREFIX + "#")
    console = rig.client("console")
    console.publish_raw(topics.GW_STATE, {"s": "lost"})
    console.publish_raw(topics.hall_part("line"), {"s": "lost"})
    console.publish_raw(topics.of_board("console", topics.UP_EVENT), {"s": "mine"})
    assert gateway.wait(topics.UP_EVENT) == {"s": "mine"}
    assert not [m for _, m in gateway.seen if m == {"s": "lost"}]


def test_secrets_are_files_of_their_owner_and_made_once(tmp_path: Path) -> None:
    settings = Settings.from_env({"LOKET_HOME": str(tmp_path / "home")})
    settings.paths.make()
    first = service_secret(settings.paths, "gw")
    assert service_secret(settings.paths, "gw") == first
    assert service_secret(settings.paths, "console") != first
    file = settings.paths.secrets / "gw"
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(file.parent).st_mode) == 0o700


def test_a_torn_file_of_hashes_is_named_with_the_way_out(tmp_path: Path) -> None:
    settings = Settings.from_env({"LOKET_HOME": str(tmp_path / "home")})
    settings.paths.make()
    (settings.paths.secrets / "boards.json").write_text('{"counter-01": "$7$10')
    with pytest.raises(ConfigError, match=r"boards\.json cannot be read .* add the boards"):
        board_hashes(settings.paths)


def test_only_hashes_of_the_brokers_kind_are_taken_for_hashes() -> None:
    assert is_secret_hash(hash_secret("x"))
    for wrong in ("", "secret", "$7$101$a$b", "$6$101$YWFhYWFhYWE=$YQ==", hash_secret("x") + "\n"):
        assert not is_secret_hash(wrong)


@pytest.mark.parametrize(
    ("env", "problem"),
    [
        ({"LOKET_MQTT_LISTEN": "0.0.0.0"}, "only with TLS"),
        (
            {"LOKET_MQTT_LISTEN": "192.0.2.1", "LOKET_TLS_CERT": "/nowhere/cert.pem"},
            "only with TLS",
        ),
        (
            {
                "LOKET_MQTT_LISTEN": "192.0.2.1",
                "LOKET_TLS_CERT": "/nowhere/cert.pem",
                "LOKET_TLS_KEY": "/nowhere/key.pem",
            },
            "/nowhere/cert.pem cannot be read",
        ),
        ({"LOKET_MQTT_LISTEN": "hall"}, "not an IP address"),
    ],
)
def test_the_broker_listens_beyond_this_machine_only_with_protection(
    env: dict[str, str], problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem):
        check_listener(Settings.from_env(env))


def test_files_that_the_broker_could_not_use_are_named_at_once(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_text("garbage")
    key.write_text("garbage")
    env = {
        "LOKET_MQTT_LISTEN": "192.0.2.1",
        "LOKET_TLS_CERT": str(cert),
        "LOKET_TLS_KEY": str(key),
    }
    with pytest.raises(ConfigError, match=f"{cert} and its key {key} cannot be used"):
        check_listener(Settings.from_env(env))


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost", "127.8.9.1"])
def test_loopback_needs_no_protection(address: str) -> None:
    check_listener(Settings.from_env({"LOKET_MQTT_LISTEN": address}))


def test_the_insecure_flag_is_an_explicit_way_out() -> None:
    check_listener(Settings.from_env({"LOKET_MQTT_LISTEN": "0.0.0.0", "LOKET_INSECURE_LAN": "1"}))


def test_a_secret_and_its_name_are_on_disk_when_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.readlink(f"/proc/self/fd/{fd}")))
    write_private(tmp_path / "boards.json", "{}")
    assert len(synced) == 2
    assert synced[0].endswith(".part")
    assert synced[1] == str(tmp_path)
    assert (tmp_path / "boards.json").read_text() == "{}"


def test_the_workshop_speaks_to_boards_of_updates_only(rig: Rig) -> None:
    secrets = _register(rig, "counter-01")
    gateway, workshop, console = (rig.client(user) for user in ("gw", "workshop", "console"))
    for client in (gateway, workshop, console):
        client.subscribe(topics.PREFIX + "#")
    board = rig.client("counter-01", secrets["counter-01"])
    board.publish_raw(topics.of_board("counter-01", topics.UP_WANT), {"n": 1})
    assert workshop.wait(topics.UP_WANT) == {"n": 1}
    for denied in ("counter-01/dn/face", "counter-01/dn/cmd", "gw/hall/line", "gw/state"):
        workshop.publish_raw(topics.PREFIX + denied, {"denied": denied})
    for allowed in ("counter-01/dn/update", "counter-01/dn/chunk", "workshop/up/event"):
        workshop.publish_raw(topics.PREFIX + allowed, {"ok": allowed})
    assert gateway.wait("workshop/up/event") == {"ok": "workshop/up/event"}
    assert not [m for _, m in gateway.seen if m and "denied" in m]
    # What it says of its state and answers reaches consoles, and its offers nobody but the board.
    workshop.publish_raw(topics.fleet_part("boards"), {"boards": []})
    workshop.publish_raw(topics.fleet_log("counter-01"), {"text": "x"})
    workshop.publish_raw(topics.of_board("console", topics.DN_ANSWER), {"key": "k"})
    assert console.wait(topics.DN_ANSWER) == {"key": "k"}
    heard = {topic for topic, _ in console.seen}
    assert {topics.fleet_part("boards"), topics.fleet_log("counter-01")} <= heard
    assert not [topic for topic in heard if topic.startswith(topics.of_board("counter-01", ""))]
