"""Who is at the technicians' pages: passwords checked, a signed cookie given, and read again.

`secrets/people.json` is written by `loket person password`. The cookie names the person and the
password's hash in short: a changed or removed password ends what was signed in with it.
"""

import functools
import hashlib
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, jsonify, redirect, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.security import check_password_hash

from web_console.language import words
from web_console.shapes import Misfit, record, text
from web_console.streams import Scope

log = logging.getLogger("loket.console.sign_in")

COOKIE = "loket_sesi"
SIGNED_IN_S = 12 * 3600  # a shift and its overtime
ROLES = ("technician", "supervisor")  # who may use the technicians' pages
PEOPLE_FILE = "people.json"
KEY_FILE = "console_session"

_FREE_TRIES = 3
_LONGEST_WAIT_S = 60.0
_FORGET_AFTER_S = 15 * 60
_MOST_COUNTS = 1_000
_CHECKS_WITHIN_S = 2.0
_MOST_PEOPLE = 1_000
_EXTENSION = "loket_sign_in"
# Of no password: checking it takes as long as checking a real one.
_NOBODY = "scrypt:32768:8:1$0123456789abcdef$" + "00" * 64

_ENTRY = record({"hash": text(400), "role": text(32)})
_name, _password = text(64), text(200)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    id: str
    role: str

    @property
    def is_technician(self) -> bool:
        """Whether the technicians' pages are for this person."""
        return self.role in ROLES


class NotSignedIn(Exception):
    """A sign-in that failed: `why` is a key of the texts, `wait_s` how long to wait before more."""

    def __init__(self, why: str, wait_s: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.wait_s = wait_s


class SignIn:
    """Checks passwords and cookies against the files in `folder`; safe in many threads.

    Without a folder nobody can sign in.
    """

    def __init__(
        self, folder: Path | None = None, mono_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._people_file = folder / PEOPLE_FILE if folder else None
        key = _key(folder / KEY_FILE) if folder else secrets.token_urlsafe(32)
        self._signer = URLSafeTimedSerializer(key, salt="loket sign-in")
        self._mono_s = mono_s
        self._lock = threading.Lock()  # of what is below
        self._read_of: tuple[int, int] | None = None
        self._people: dict[str, dict[str, str]] = {}
        # (person, address) -> (failures in a row, when the last one was): who guesses locks out
        # nobody elsewhere. It stays small: all persons that do not exist are `""`, and so are
        # addresses that are too many.
        self._failures: dict[tuple[str, str], tuple[int, float]] = {}
        self._signed_out: dict[str, float] = {}  # a cookie's own name -> until when it could count
        self._checking = threading.Lock()  # a check takes 32 MB: one at a time

    def sign_in(self, got: Any, address: str = "") -> tuple[Person, str]:
        """Give the person and the cookie's value for `{"person", "password"}`, or NotSignedIn.

        `address` is where it comes from: failures there slow down who tries there.
        """
        try:
            fields = record({"person": _name, "password": _password})(got, "sign_in")
        except Misfit:
            raise NotSignedIn("sign_in.wrong") from None
        name = fields["person"].strip().lower()
        entry = self._known().get(name)
        whose = self._count_of(name if entry else "", address)
        self._refuse_haste(whose)
        if not self._checking.acquire(timeout=_CHECKS_WITHIN_S):
            raise NotSignedIn("sign_in.busy", 1)
        try:
            # Once more: of many that came at once only the first few are checked.
            self._refuse_haste(whose)
            is_right = check_password_hash(entry["hash"] if entry else _NOBODY, fields["password"])
            self._note(whose, is_right and entry is not None)
        finally:
            self._checking.release()
        if entry is None or not is_right:
            log.warning("a sign-in failed")
            raise NotSignedIn("sign_in.wrong", self._wait_s(whose))
        person = Person(name, entry["role"])
        if not person.is_technician:
            raise NotSignedIn("sign_in.not_technician")
        return person, self._signer.dumps([name, _short(entry), secrets.token_hex(8)])

    def of_cookie(self, value: str | None) -> Person | None:
        """Give who a cookie's value stands for; None if it is forged, old or ended."""
        if not value or len(value) > 1_000:
            return None
        try:
            name, short, own = self._signer.loads(value, max_age=SIGNED_IN_S)
        except (BadData, ValueError, TypeError):
            return None
        if own in self._signed_out:
            return None
        entry = self._known().get(name) if isinstance(name, str) else None
        if entry is None or not secrets.compare_digest(str(short).encode(), _short(entry).encode()):
            return None
        return Person(name, entry["role"])

    def sign_out(self, value: str | None) -> None:
        """End what a cookie's value stands for, wherever it is kept; until this process ends."""
        if value is None or self.of_cookie(value) is None:
            return
        now_s = self._mono_s()
        with self._lock:
            ended = {own: until_s for own, until_s in self._signed_out.items() if until_s > now_s}
            ended[self._signer.loads(value)[2]] = now_s + SIGNED_IN_S
            self._signed_out = ended

    def technician_of(self, scope: Scope) -> Person | None:
        """Give the technician who sent an ASGI request (http or websocket), or None."""
        for header, value in scope["headers"]:
            if header == b"cookie":
                try:
                    cookies = SimpleCookie(value.decode("latin-1"))
                except CookieError:
                    continue
                if COOKIE in cookies:
                    person = self.of_cookie(cookies[COOKIE].value)
                    return person if person and person.is_technician else None
        return None

    def _known(self) -> dict[str, dict[str, str]]:
        file = self._people_file
        if file is None:
            return {}
        with self._lock:
            try:
                stat = file.stat()
                as_it_is = (stat.st_mtime_ns, stat.st_ino)
            except FileNotFoundError:
                self._people, self._read_of = {}, None
                return self._people
            if as_it_is != self._read_of:
                self._read_of = as_it_is
                try:
                    self._people = _read_people(file)
                except (OSError, ValueError) as error:  # Misfit is a ValueError
                    log.warning("%s cannot be read: %s; nobody can sign in", file, error)
                    self._people = {}
            return self._people

    def _count_of(self, person: str, address: str) -> tuple[str, str]:
        with self._lock:
            counts, own = self._failures, (person, address)
            if own in counts or len(counts) < _MOST_COUNTS:
                return own
            now_s = self._mono_s()
            self._failures = {
                one: (failures, last_s)
                for one, (failures, last_s) in counts.items()
                if now_s - last_s <= _FORGET_AFTER_S
            }
            return own if len(self._failures) < _MOST_COUNTS else (person, "")

    def _refuse_haste(self, whose: tuple[str, str]) -> None:
        wait_s = self._wait_s(whose)
        if wait_s:
            raise NotSignedIn("sign_in.wait", wait_s)

    def _wait_s(self, whose: tuple[str, str]) -> int:
        with self._lock:
            failures, last_s = self._failures.get(whose, (0, 0.0))
            if failures < _FREE_TRIES:
                return 0
            pause_s = min(_LONGEST_WAIT_S, 2.0 ** (failures - _FREE_TRIES + 1))
            return max(0, -int(-(last_s + pause_s - self._mono_s()) // 1))

    def _note(self, whose: tuple[str, str], is_right: bool) -> None:
        with self._lock:
            now_s = self._mono_s()
            failures, last_s = self._failures.pop(whose, (0, now_s))
            if is_right:
                return
            if now_s - last_s > _FORGET_AFTER_S:
                failures = 0
            self._failures[whose] = (min(failures + 1, 100), now_s)


def use(app: Any, sign_in: SignIn) -> None:
    """Let the pages of a Flask app be guarded by `needs_technician`."""
    app.extensions[_EXTENSION] = sign_in


def the_sign_in() -> SignIn:
    """Give the sign-in of the Flask app that serves this request."""
    found: SignIn = current_app.extensions[_EXTENSION]
    return found


def technician() -> Person | None:
    """Give the technician who sent this Flask request, None if there is none."""
    person = the_sign_in().of_cookie(request.cookies.get(COOKIE))
    return person if person and person.is_technician else None


def needs_technician(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let only signed-in technicians see a Flask view; `g.technician` is then the Person.

    A page sends others to sign in, and back; a POST answers 401 with a text.
    """

    @functools.wraps(view)
    def guarded(*args: Any, **fields: Any) -> Any:
        person = technician()
        if person is not None:
            g.technician = person
            return view(*args, **fields)
        if request.method == "POST":
            return jsonify(ok=False, sign_in=True, text=words()["sign_in.needed"]), 401
        back = request.full_path.removesuffix("?")
        return redirect(f"{url_for('sign_in_page')}?{urlencode({'ke': back})}", 303)

    return guarded


def own_path(path: str, otherwise: str) -> str:
    """Give `path` if it is one of this console's own, else `otherwise`: where to go next."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else otherwise


def _short(entry: dict[str, str]) -> str:
    return hashlib.sha256(f"{entry['role']} {entry['hash']}".encode()).hexdigest()[:16]


def _read_people(file: Path) -> dict[str, dict[str, str]]:
    got = json.loads(file.read_text())
    if not isinstance(got, dict) or len(got) > _MOST_PEOPLE:
        raise Misfit(f"{file.name}: an object of at most {_MOST_PEOPLE} people is needed")
    return {name: _ENTRY(entry, name) for name, entry in got.items()}


def _key(file: Path) -> str:
    """Give the key that signs cookies: made at first use, kept, so that nobody signs in anew.

    Without a place to keep it, it lasts as long as this process.
    """
    fresh = secrets.token_urlsafe(32)
    own = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        try:
            return file.read_text().strip() or fresh
        except FileNotFoundError:
            with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(fresh + "\n")
            try:
                os.link(own, file)  # two consoles may start at once: the first wins
            except FileExistsError:
                return file.read_text().strip()
            finally:
                own.unlink()
    except OSError as error:
        log.warning("%s cannot be kept: %s; a restart signs everybody out", file, error)
    return fresh
