"""Who is at the technicians' pages: passwords checked, a signed cookie given, and read again.

`secrets/people.json` is written by `loket person password`. The cookie names the person and the
password's hash in short: a changed or removed password ends what was signed in with it. Another
cookie, which opens nothing, names a browser that this person signed in with before.
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

from web_console.ended import Ended
from web_console.guesses import Guesses
from web_console.language import words
from web_console.shapes import Misfit, record, text
from web_console.streams import Scope

log = logging.getLogger("loket.console.sign_in")

COOKIE = "loket_sesi"
SIGNED_IN_S = 12 * 3600  # a shift and its overtime
KNOWN_COOKIE = "loket_dikenal"
KNOWN_S = 400 * 24 * 3600  # as long as browsers keep one
ROLES = ("technician", "supervisor")  # who may use the technicians' pages
PEOPLE_FILE = "people.json"
KEY_FILE = "console_session"
ENDED_FILE = "console_ended.json"

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
        self._known_signer = URLSafeTimedSerializer(key, salt="loket known browser")
        self._guesses = Guesses(mono_s)
        self._ended = Ended(folder / ENDED_FILE if folder else None)
        self._lock = threading.Lock()  # of what is below
        self._read_of: tuple[int, int] | None = None
        self._people: dict[str, dict[str, str]] = {}
        self._checking = threading.Lock()  # a check takes 32 MB: one at a time

    def sign_in(self, got: Any, address: str = "", known: str | None = None) -> tuple[Person, str]:
        """Give the person and the cookie's value for `{"person", "password"}`, or NotSignedIn.

        `address` is where it comes from: failures there slow down who tries there. `known` is what
        `known_browser` gave the sender before.
        """
        try:
            fields = record({"person": _name, "password": _password})(got, "sign_in")
        except Misfit:
            raise NotSignedIn("sign_in.wrong") from None
        name = fields["person"].strip().lower()
        entry = self._known().get(name)
        # All persons that do not exist are "": they share one count.
        browser = self._browser(known, name) if entry else ""
        whose, is_known = (name if entry else "", browser or address), bool(browser)
        self._refuse_haste(whose, is_known)
        if not self._checking.acquire(timeout=_CHECKS_WITHIN_S):
            raise NotSignedIn("sign_in.busy", 1)
        try:
            # Once more: of many that came at once only the first few are checked.
            self._refuse_haste(whose, is_known)
            is_right = check_password_hash(entry["hash"] if entry else _NOBODY, fields["password"])
            if is_right and entry is not None:
                self._guesses.forgive(*whose)
            else:
                self._guesses.failed(*whose, known=is_known)
        finally:
            self._checking.release()
        if entry is None or not is_right:
            log.warning("a sign-in failed")
            wait_s = self._guesses.wait_s(*whose, known=is_known)
            raise NotSignedIn("sign_in.wrong", wait_s)
        person = Person(name, entry["role"])
        if not person.is_technician:
            raise NotSignedIn("sign_in.not_technician")
        return person, self._signer.dumps([name, self._short(name, entry), secrets.token_hex(8)])

    def known_browser(self, person: Person, known: str | None = None) -> str:
        """Give what names a browser that signed in as `person`; `known` is what it had before."""
        own = self._browser(known, person.id) or f"#{secrets.token_hex(8)}"
        return str(self._known_signer.dumps([person.id, own]))

    def of_cookie(self, value: str | None) -> Person | None:
        """Give who a cookie's value stands for; None if it is forged, old or ended."""
        got = _loads(self._signer, value, SIGNED_IN_S, 3)
        if got is None or self._ended.has(got[2]):
            return None
        name, short, _ = got
        entry = self._known().get(name)
        if entry is None or not secrets.compare_digest(short, self._short(name, entry)):
            return None
        return Person(name, entry["role"])

    def sign_out(self, value: str | None) -> None:
        """End what a cookie's value stands for, wherever it is kept."""
        if value is not None and self.of_cookie(value) is not None:
            self._ended.end(self._signer.loads(value)[2], SIGNED_IN_S)

    def sign_out_everywhere(self, person: Person) -> None:
        """End every session of a person, wherever its cookie is kept."""
        self._ended.end_all_of(person.id)

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

    def _refuse_haste(self, whose: tuple[str, str], is_known: bool) -> None:
        wait_s = self._guesses.wait_s(*whose, known=is_known)
        if wait_s:
            raise NotSignedIn("sign_in.wait", wait_s)

    def _browser(self, known: str | None, person: str) -> str:
        """Give the name of a browser that signed in as this person before; nothing of others."""
        got = _loads(self._known_signer, known, KNOWN_S, 2)
        return got[1] if got and got[0] == person else ""

    def _short(self, name: str, entry: dict[str, str]) -> str:
        what = f"{entry['role']} {entry['hash']} {self._ended.mark_of(name)}"
        return hashlib.sha256(what.encode()).hexdigest()[:16]


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


def _loads(
    signer: URLSafeTimedSerializer, value: str | None, max_age_s: int, texts: int
) -> list[str] | None:
    """Give the `texts` ASCII texts that a cookie's value holds; None if it is forged or old."""
    if not value or len(value) > 1_000:
        return None
    try:
        got = signer.loads(value, max_age=max_age_s)
    except (BadData, ValueError):
        return None
    fits = isinstance(got, list) and len(got) == texts
    return got if fits and all(isinstance(one, str) for one in got) else None


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
