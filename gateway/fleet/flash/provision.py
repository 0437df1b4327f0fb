"""A board's settings.json: who it is, where its hall is, what it is made of."""

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

from boards.catalog import Kind
from gateway.config import Settings
from gateway.fleet.broker_files import is_loopback
from gateway.fleet.flash.recognise import VIRTUAL, Board
from gateway.fleet.flash.texts import flash_error
from gateway.fleet.flash.wish import FlashWish

SETTINGS = "/settings.json"
# The number of the last link settings that came over the air: only newer ones are taken.
_LINK_NUMBER = "link"


def settings_of(wish: FlashWish, kind: Kind, board: Board, secret: str) -> bytes:
    """Give the content of settings.json. Raises FlashError for what is missing."""
    check_way(wish, kind, board.chip)
    settings: dict[str, Any] = {
        "id": wish.board,
        "secret": secret,
        "role": wish.role or kind.role,
        "kind": kind.kind,
        "host": wish.host,
        "port": wish.port,
        "tls": wish.tls,
        "parts": kind.settings_parts(),
    }
    if uses_wifi(kind):
        settings["wifi"] = [{"ssid": ssid, "password": word} for ssid, word in wish.wifi]
    if wish.tls and wish.ca:
        settings["ca"] = b64encode(wish.ca).decode()
    if board.settings.get("id") == wish.board and _LINK_NUMBER in board.settings:
        settings[_LINK_NUMBER] = board.settings[_LINK_NUMBER]
    return json.dumps(settings, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def with_networks(wish: FlashWish, board: Board) -> FlashWish:
    """Give the wish with a board's own networks, where none were named and those are newer.

    A board that was moved to another network over the air is not sent back to one that may be gone.
    """
    own = board.settings.get("wifi")
    if wish.wifi_named or board.settings.get("id") != wish.board or not isinstance(own, list):
        return wish
    if wish.wifi and _LINK_NUMBER not in board.settings:
        return wish
    try:
        networks = tuple((str(entry["ssid"]), str(entry["password"])) for entry in own)
    except (KeyError, TypeError):
        return wish
    return replace(wish, wifi=networks) if networks else wish


def kept_secret(wish: FlashWish, board: Board) -> str:
    """Give the secret that a board already has under the wished id, "" for none."""
    secret = board.settings.get("secret")
    return secret if board.settings.get("id") == wish.board and isinstance(secret, str) else ""


def check_way(wish: FlashWish, kind: Kind, chip: str) -> None:
    """Raise FlashError if the board could not reach its broker with these settings."""
    if wish.tls and not wish.ca:
        raise flash_error("no_ca", why="-")
    if chip == VIRTUAL or not uses_wifi(kind):
        return
    if not wish.wifi:
        raise flash_error("no_wifi")
    if is_loopback(wish.host):
        raise flash_error("loopback", host=wish.host)


def uses_wifi(kind: Kind) -> bool:
    """Tell whether a kind's way to the hall is Wi-Fi, and not a cable."""
    link = kind.settings_parts().get("link", {"driver": "wifi"})
    return bool(link["driver"] == "wifi")


def uses_usb(kind: Kind) -> bool:
    """Tell whether a kind's way to the hall is the very cable over which it is flashed."""
    link = kind.settings_parts().get("link", {"driver": "wifi"})
    return bool(link["driver"] == "usb")


def uses_tls(settings: Settings) -> bool:
    """Tell whether boards reach this hall's broker with TLS."""
    return not (is_loopback(settings.mqtt_listen) or settings.insecure_lan)


def certificate(settings: Settings, file: Path | None) -> bytes | None:
    """Give, as DER, the certificate that signed the broker's; None where there is no TLS.

    `file` is PEM or DER; without it the broker's own is taken if it has signed itself. Raises
    FlashError.
    """
    if not uses_tls(settings):
        return None
    # Imported where it is used: it takes megabytes.
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    named = file or settings.tls_cert or _certificate_in_use(settings)
    if named is None:
        raise flash_error("no_ca", why="LOKET_TLS_CERT")
    try:
        data = named.read_bytes()
        pem = b"-----BEGIN" in data
        found = (
            x509.load_pem_x509_certificates(data) if pem else [x509.load_der_x509_certificate(data)]
        )
    except (OSError, ValueError) as error:
        raise flash_error("no_ca", why=f"{named}: {error}") from error
    # A file with a chain has who signed last at its end.
    signer = found[-1]
    if file is None and signer.issuer != signer.subject:
        raise flash_error("no_ca", why=f"{named}: {signer.issuer.rfc4514_string()}")
    return signer.public_bytes(Encoding.DER)


def _certificate_in_use(settings: Settings) -> Path | None:
    # A technician's environment need not say what the hall was opened with.
    try:
        lines = (settings.paths.broker / "mosquitto.conf").read_text().splitlines()
    except OSError:
        return None
    return next((Path(line[9:]) for line in lines if line.startswith("certfile ")), None)
