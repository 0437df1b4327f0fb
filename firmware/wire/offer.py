"""What makes an offer of an update a board's own gateway's: its keyed hash (docs/updates.md)."""

from binascii import hexlify
from hashlib import sha256

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any


def _hmac(key: bytes, text: bytes) -> bytes:
    # RFC 2104. MicroPython has no hmac.
    if len(key) > 64:
        key = sha256(key).digest()
    key += bytes(64 - len(key))
    inner = sha256(bytes([byte ^ 0x36 for byte in key]))
    inner.update(text)
    return sha256(bytes([byte ^ 0x5C for byte in key]) + inner.digest()).digest()


def update_key(secret: str) -> bytes:
    """Give the key (32 bytes) that signs a board's updates, made of the board's secret."""
    return _hmac(secret.encode(), b"loket update key")


def offer_mac(key: bytes, board: str, offer: "dict[str, Any]") -> str:
    """Give the `mac` of an offer (`dn/update`) to a board: hex of 64 digits.

    It covers `id`, `kind`, `number`, `version`, `size` and `sha`, each on a line, so texts must
    have no control characters.
    """
    names = ("id", "kind", "number", "version", "size", "sha")
    lines = ["loket-update-1", board] + [str(offer[name]) for name in names]
    return hexlify(_hmac(key, "\n".join(lines).encode())).decode()
