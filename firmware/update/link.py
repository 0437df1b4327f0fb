"""Settings of the link that come over the air: laid over the board's own, tried, then kept."""

import json

from firmware.wire.codec import BadPayload, decode, read_bool, read_int, read_str
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from firmware.hal.ports import Store
    from firmware.update.fetch import Progress
    from firmware.update.slots import Slots

    Settings = dict[str, Any]

SETTINGS = "settings.json"
FRESH = "settings.new"
FETCHED = "link.new"
MOST_BYTES = 6_144
_MOST_NETWORKS = const(2)


def overlay(settings: "Settings", data: "bytes | memoryview", number: int) -> "Settings":
    """Give `settings` with what `data` brings laid over them; raise BadPayload."""
    new = decode(data, MOST_BYTES)
    for name, most in (("id", 32), ("secret", 128), ("role", 16), ("host", 64), ("ca", 4_096)):
        if name in new:
            settings[name] = read_str(new, name, 1, most)
    if "port" in new:
        settings["port"] = read_int(new, "port", 1, 65_535)
    if "tls" in new:
        settings["tls"] = read_bool(new, "tls")
    if "wifi" in new:
        networks = new["wifi"]
        if type(networks) is not list or not 0 < len(networks) <= _MOST_NETWORKS:
            raise BadPayload("wifi", "a list of one or two networks is needed")
        settings["wifi"] = [_network(network) for network in networks]
    settings["link"] = number
    return settings


def _network(network: "Any") -> "Settings":
    if type(network) is not dict:
        raise BadPayload("wifi", "ssid and password are needed")
    return {
        "ssid": read_str(network, "ssid", 1, 32),
        "password": read_str(network, "password", 0, 64),
    }


def get_link(
    files: "Slots", store: "Store", offer: "dict[str, Any]", step: int, progress: "Progress"
) -> "Iterator[Any]":
    """Plan to have new settings whole in FRESH."""
    from firmware.update.fetch import Ended, get_file

    size = offer["size"]
    if not 0 < size <= MOST_BYTES:
        raise Ended("refused", "bad_manifest")
    yield from get_file(files, FETCHED, offer["sha"], size, step, progress)
    data = store.read(FETCHED) or b""
    files.remove(FETCHED)  # there are secrets in it
    settings = json.loads(store.read(SETTINGS) or b"{}")
    try:
        settings = overlay(settings, data, offer["number"])
    except BadPayload:
        raise Ended("refused", "bad_manifest") from None
    if not store.write(FRESH, json.dumps(settings).encode()):
        raise Ended("failed", "no_space")


def held(store: "Store") -> bytes:
    """Give the settings that were on trial as they are kept: beside their networks, up to two,
    stay the old ones. b"" where there are none: without them it would be nobody."""
    # One after the other: each takes some kilobytes.
    old = json.loads(store.read(SETTINGS) or b"{}").get("wifi", ())
    fresh = json.loads(store.read(FRESH) or b"{}")
    if not fresh:
        return b""
    networks = fresh.get("wifi")
    if networks:
        names = [network["ssid"] for network in networks]
        stay = [network for network in old if network["ssid"] not in names]
        fresh["wifi"] = (networks + stay)[:_MOST_NETWORKS]
    return json.dumps(fresh).encode()
