"""Who signs releases: this hall's own key, and those of others whom it trusts."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from gateway.config import ConfigError, Paths
from gateway.fleet.release.errors import ReleaseError
from gateway.fleet.secrets import kept_secret, write_private

OWN = "own"
_HEX = frozenset("0123456789abcdef")
_KEY_CHARS = 64


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """An Ed25519 key (RFC 8032) that signs; `seed` are its 32 secret bytes."""

    seed: bytes

    @property
    def public_hex(self) -> str:
        """The public half, as 64 hex digits."""
        # Imported where it is used: it takes megabytes, and few commands need it.
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw().hex()

    def sign(self, data: bytes) -> str:
        """Give the signature of `data` as 128 hex digits; the same data gives the same one."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(data).hex()


def is_signed_by(public_hex: str, signature_hex: str, data: bytes) -> bool:
    """Tell whether a signature of `data` was made with the key of this public half."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
        key.verify(bytes.fromhex(signature_hex), data)
    except (ValueError, InvalidSignature):
        return False
    return True


def own_key(paths: Paths) -> SigningKey:
    """Give this hall's own key, made at first use; ConfigError if its file is torn."""
    file = paths.secrets / "release.key"
    text = kept_secret(file, lambda: secrets.token_hex(32))
    if not is_key(text):
        raise ConfigError(
            f"{file} does not hold a key: put back a copy of it, or remove it for a new one",
            f"{file} tidak berisi kunci: kembalikan salinannya, atau hapus untuk kunci baru",
        )
    return SigningKey(bytes.fromhex(text))


def fingerprint(public_hex: str) -> str:
    """Give what people compare of a public key: `1a2b-3c4d-5e6f-7a8b`, of its SHA-256."""
    digest = hashlib.sha256(bytes.fromhex(public_hex)).hexdigest()
    return "-".join(digest[at : at + 4] for at in range(0, 16, 4))


def is_key(text: str) -> bool:
    """Tell whether a text is a key: 64 hex digits."""
    return len(text) == _KEY_CHARS and _HEX.issuperset(text)


def trusted_keys(paths: Paths) -> dict[str, str]:
    """Give the names of all trusted keys by their public halves; the hall's own is "own".

    The hall's own is made if there is none yet.
    """
    return {**public_keys(paths), own_key(paths).public_hex: OWN}


def public_keys(paths: Paths) -> dict[str, str]:
    """Give the names of the keys in the folder `trusted` by their public halves."""
    found = {}
    for file in sorted(paths.trusted.glob("*.pub")):
        found[_read(file)] = file.name if file.stem == OWN else file.stem
    return found


def trust_key(paths: Paths, file: Path) -> str:
    """Trust the public key of a file from now on, and give its fingerprint.

    Raises ReleaseError if the file holds none, or another key is trusted under its name.
    """
    key = _read(file)
    kept = paths.trusted / f"{file.stem}.pub"
    if kept.exists() and _read(kept) != key:
        raise ReleaseError(
            "duplicate",
            f"Kunci lain sudah dipercaya dengan nama {file.stem}: ganti nama berkasnya,"
            f" atau hapus {kept}.",
            f"another key is trusted under the name {file.stem}: rename the file, or remove {kept}",
        )
    paths.trusted.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(kept, key + "\n")
    return fingerprint(key)


def _read(file: Path) -> str:
    try:
        with open(file, "rb") as opened:
            data = opened.read(_KEY_CHARS + 2)
    except OSError as error:
        raise ReleaseError(
            "bad_key",
            f"{file} tidak bisa dibaca ({os.strerror(error.errno or 0)}).",
            f"{file} cannot be read ({os.strerror(error.errno or 0)})",
        ) from error
    text = data.decode("ascii", "replace").strip().lower()
    if not is_key(text):
        raise ReleaseError(
            "bad_key",
            f"{file} tidak berisi kunci: perlu 64 digit heksadesimal, dari `loket release key`.",
            f"{file} holds no key: 64 hex digits are needed, as `loket release key` prints them",
        )
    return text
