"""Where `loket board add` tells a technician that the new board will find its hall."""

from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.fleet.address import address
from gateway.service.running import as_running
from gateway.supervise import state_file


@pytest.mark.parametrize(
    ("hall", "host", "port"),
    [
        ({}, "127.0.0.1", 4711),
        ({"LOKET_MQTT_LISTEN": "192.0.2.10"}, "192.0.2.10", 4712),
        ({"LOKET_MQTT_LISTEN": "192.0.2.10", "LOKET_INSECURE_LAN": "1"}, "192.0.2.10", 4711),
    ],
)
def test_it_is_what_the_running_hall_was_opened_with(
    tmp_path: Path, hall: dict[str, str], host: str, port: int
) -> None:
    ports = {"LOKET_MQTT_PORT": "4711", "LOKET_MQTT_TLS_PORT": "4712"}
    opened_with = Settings.from_env({"LOKET_HOME": str(tmp_path), **ports, **hall})
    opened_with.paths.make()
    state_file.write(opened_with, {})
    technicians = Settings.from_env({"LOKET_HOME": str(tmp_path)})  # another shell: no flags
    assert address(as_running(technicians)) == (host, port)


@pytest.mark.parametrize("anywhere", ["0.0.0.0", "::"])
def test_an_address_to_listen_at_everywhere_is_none_to_connect_to(anywhere: str) -> None:
    env = {"LOKET_MQTT_LISTEN": anywhere, "LOKET_INSECURE_LAN": "1"}
    host, _ = address(Settings.from_env(env))
    assert host
    with suppress(ValueError):  # a machine without a network: its name
        assert not ip_address(host).is_unspecified
