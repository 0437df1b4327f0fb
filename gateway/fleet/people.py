"""The passwords of people who sign in on the console's pages: kept as hashes, by person.

Who somebody is to the site (`[[people]]` of the site file) is checked by the gateway, as always;
the role kept here decides which pages a person gets.
"""

import fcntl
import hashlib
import json
import secrets
from collections.abc import Callable

from gateway.config import ConfigError, Paths
from gateway.fleet.secrets import write_private

FILE = "people.json"
LEAST_PASSWORD_CHARS = 8
MOST_PASSWORD_CHARS = 200
DEMO_PERSON = "teknisi"
TECHNICIAN = "technician"
# Without 0/O, 1/l and what else is mistaken for another on a screen.
_PLAIN = "abcdefghkmnpqrstuvwxyz23456789"
_SCRYPT = (32_768, 8, 1)  # n, r, p: 32 MB, 60 ms


def people(paths: Paths) -> dict[str, dict[str, str]]:
    """Give {person: {"hash", "role"}} of all who can sign in; ConfigError if the file is torn."""
    file = paths.secrets / FILE
    try:
        got = json.loads(file.read_text())
        return {str(name): {"hash": p["hash"], "role": p["role"]} for name, p in got.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigError(
            f"{file} cannot be read ({error}): put back a copy of it, or remove it and set the"
            " passwords anew with `loket person password`",
            f"{file} tidak terbaca ({error}): kembalikan salinannya, atau hapus lalu beri lagi kata"
            " sandi dengan `loket person password`",
        ) from error


def set_password(paths: Paths, person: str, password: str, role: str) -> None:
    """Let a person sign in with this password from now on; ends what was signed in with another.

    Raises ConfigError for a password of less than 8 or more than 200 characters.
    """
    if not LEAST_PASSWORD_CHARS <= len(password) <= MOST_PASSWORD_CHARS:
        raise ConfigError(
            f"a password has {LEAST_PASSWORD_CHARS} to {MOST_PASSWORD_CHARS} characters",
            f"kata sandi punya {LEAST_PASSWORD_CHARS} sampai {MOST_PASSWORD_CHARS} karakter",
        )
    entry = {"hash": hash_password(password), "role": role}
    _change(paths, lambda all_of_them: all_of_them.update({person: entry}))


def hash_password(password: str) -> str:
    """Give a password's hash as the console's library (werkzeug) writes and checks it.

    Made here, so that `loket run` need not load that library: scrypt with its cost.
    """
    salt = secrets.token_hex(8)
    n, r, p = _SCRYPT
    digest = hashlib.scrypt(
        password.encode(), salt=salt.encode(), n=n, r=r, p=p, maxmem=132 * n * r * p
    )
    return f"scrypt:{n}:{r}:{p}${salt}${digest.hex()}"


def remove_person(paths: Paths, person: str) -> bool:
    """Take a person's password away; False if there was none."""
    return _change(paths, lambda all_of_them: all_of_them.pop(person, None)) is not None


def make_demo_person(paths: Paths) -> str | None:
    """Give the new password of a demo hall's technician; None if somebody can sign in already."""
    if (paths.secrets / FILE).exists():
        return None
    password = "-".join("".join(secrets.choice(_PLAIN) for _ in range(4)) for _ in range(3))
    set_password(paths, DEMO_PERSON, password, TECHNICIAN)
    return password


def _change(paths: Paths, change: Callable[[dict[str, dict[str, str]]], object]) -> object:
    paths.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(paths.secrets / ".people.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = people(paths)
        given = change(known)
        write_private(paths.secrets / FILE, json.dumps(known, indent=1) + "\n")
    return given
