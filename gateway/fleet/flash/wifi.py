"""The hall's Wi-Fi networks for its boards, kept in `secrets/wifi.json`; nobody prints them."""

import json

from gateway.config import ConfigError, Paths
from gateway.fleet.secrets import write_private

MOST_NETWORKS = 2  # of a board: the one in use, and the next or the spare one
SSID_BYTES = 32  # IEEE 802.11
PASSWORD_CHARS = (8, 63)  # WPA2; "" for an open network

Networks = tuple[tuple[str, str], ...]


def kept_wifi(paths: Paths) -> Networks:
    """Give the networks (ssid, password) that are kept; ConfigError if the file is torn."""
    file = paths.secrets / "wifi.json"
    try:
        found = json.loads(file.read_text())
        return tuple((str(entry["ssid"]), str(entry["password"])) for entry in found["wifi"])
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{file} cannot be read: remove it, and give --wifi SSID --keep again",
            f"{file} tidak terbaca: hapus, lalu beri --wifi SSID --keep lagi",
        ) from error


def keep_wifi(paths: Paths, networks: Networks) -> None:
    """Keep the networks for the next boards, readable by their owner only."""
    paths.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = {"wifi": [{"ssid": ssid, "password": word} for ssid, word in networks]}
    write_private(paths.secrets / "wifi.json", json.dumps(content, indent=1) + "\n")


def check_wifi(networks: Networks) -> None:
    """Raise ConfigError for a network that no board could join; a password is not told."""
    if len(networks) > MOST_NETWORKS:
        raise ConfigError(
            f"a board knows {MOST_NETWORKS} networks at most",
            f"satu papan mengenal paling banyak {MOST_NETWORKS} jaringan",
        )
    for ssid, password in networks:
        if not 0 < len(ssid.encode()) <= SSID_BYTES:
            raise ConfigError(
                f"{ssid!r} is no network's name: 1 to {SSID_BYTES} bytes are needed",
                f"{ssid!r} bukan nama jaringan: perlu 1 sampai {SSID_BYTES} byte",
            )
        least, most = PASSWORD_CHARS
        if password and not least <= len(password) <= most:
            raise ConfigError(
                f"the password of {ssid!r} has {len(password)} characters: {least} to {most} are"
                " needed, or none for an open network",
                f"kata sandi {ssid!r} {len(password)} karakter: perlu {least} sampai {most}, atau"
                " kosong untuk jaringan terbuka",
            )
