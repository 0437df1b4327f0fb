"""Secrets: made at random, kept by their owner, known to the broker only as hashes.

Every board and every process of the gateway has a secret of its own; there is no default.
"""

import base64
import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from gateway.config import ConfigError, Paths

# mosquitto's own format, "$7$iterations$salt$hash" (PBKDF2-HMAC-SHA512). The secrets are 144
# random bits, so that the number of iterations adds nothing; 101 is mosquitto's default.
_ITERATIONS = 101


def new_secret() -> str:
    """Give a new random secret of 144 bits as 24 characters that need no quoting anywhere."""
    return secrets.token_urlsafe(18)


def hash_secret(secret: str) -> str:
    """Give the hash of a secret in the form of mosquitto's password file."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ITERATIONS, 64)
    return f"$7${_ITERATIONS}${_b64(salt)}${_b64(digest)}"


def is_secret_of(secret: str, secret_hash: str) -> bool:
    """Tell whether a hash, as `hash_secret` gives it, is that of a secret."""
    if not is_secret_hash(secret_hash):
        return False
    _, _, iterations, salt, digest = secret_hash.split("$")
    found = hashlib.pbkdf2_hmac(
        "sha512", secret.encode(), base64.b64decode(salt), int(iterations), 64
    )
    return hmac.compare_digest(found, base64.b64decode(digest))


def is_secret_hash(text: str) -> bool:
    """Tell whether `text` is a hash that the broker's password file can hold on its line."""
    parts = text.split("$")
    if len(parts) != 5 or parts[:2] != ["", "7"] or not parts[2].isdigit():
        return False
    try:
        salt, digest = (base64.b64decode(p, validate=True) for p in parts[3:])
    except ValueError:
        return False
    return 8 <= len(salt) <= 64 and len(digest) == 64 and 1 <= int(parts[2]) <= 1_000_000


def service_secret(paths: Paths, user: str) -> str:
    """Give the secret of one of the hall's own users, made at first use."""
    return kept_secret(paths.secrets / user, new_secret)


def kept_secret(file: Path, make: Callable[[], str]) -> str:
    """Give what a file of the hall's secrets holds, made by `make` at first use."""
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        # Two processes may start at once: the first to link its file wins, both read it.
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = file.with_name(f".{file.name}.{os.getpid()}")
        write_private(own, make() + "\n")
        try:
            os.link(own, file)
        except FileExistsError:
            pass  # the other one's secret is as good, and is the one to use
        finally:
            own.unlink()
        return file.read_text().strip()


def board_hashes(paths: Paths) -> dict[str, str]:
    """Give the hash of each board's secret, by the board's id; ConfigError if the file is torn."""
    file = paths.secrets / "boards.json"
    try:
        return dict(json.loads(file.read_text()))
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError) as e:
        raise ConfigError(
            f"{file} cannot be read ({e}): put back a copy of it, or remove it and add the boards"
            " anew with `loket board retire` and `loket board add`",
            f"{file} tidak terbaca ({e}): kembalikan salinannya, atau hapus lalu daftarkan lagi"
            " papannya dengan `loket board retire` dan `loket board add`",
        ) from e


def change_board_hashes(paths: Paths, change: Callable[[dict[str, str]], object]) -> None:
    """Change the boards' hashes in one atomic step; other processes wait their turn."""
    paths.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(paths.secrets / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        hashes = board_hashes(paths)
        change(hashes)
        write_private(paths.secrets / "boards.json", json.dumps(hashes, indent=1) + "\n")


def write_private(file: Path, text: str) -> None:
    """Write a file only its owner may read, whole or not at all, and on disk on return."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(fd, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(part, file)
    # The name, too: a journal that knows a board whose secret the power cut took is no use to it.
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
