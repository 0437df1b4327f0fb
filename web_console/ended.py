"""Which sessions were ended before their time: one, or all of a person. Kept over a restart."""

import json
import logging
import os
import secrets
import threading
import time
from pathlib import Path

from web_console.shapes import counts, record, texts

log = logging.getLogger("loket.console.sign_in")

_MOST = 10_000
_FILE = record({"sessions": counts(_MOST), "people": texts(_MOST, 64)})


class Ended:
    """Ended sessions, kept in `file`; None keeps them as long as this lives. For many threads."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._sessions: dict[str, int] = {}  # its name -> UTC seconds until which it could count
        self._people: dict[str, str] = {}  # person -> what their present sessions must carry
        self._otherwise = ""  # what sessions of all others must carry
        if file is None:
            return
        try:
            got = _FILE(json.loads(file.read_text()), file.name)
            self._sessions, self._people = got["sessions"], got["people"]
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError) as error:  # Misfit is a ValueError
            # Who was signed out must not come back: everybody signs in anew.
            log.warning("%s cannot be read: %s; everybody signs in anew", file, error)
            self._otherwise = secrets.token_hex(8)

    def mark_of(self, person: str) -> str:
        """Give what a session of `person` must carry to count."""
        return self._people.get(person, self._otherwise)

    def has(self, session: object) -> bool:
        """Tell whether this session was ended."""
        return session in self._sessions

    def end(self, session: str, good_for_s: int) -> None:
        """End one session, which would be good for so long at most."""
        now_s = int(time.time())
        with self._lock:
            others = {own: until_s for own, until_s in self._sessions.items() if until_s > now_s}
            self._sessions = others | {session: now_s + good_for_s}
            self._keep()

    def end_all_of(self, person: str) -> None:
        """End all sessions of `person`."""
        with self._lock:
            self._people = self._people | {person: secrets.token_hex(8)}
            self._keep()

    def _keep(self) -> None:
        if self._file is None:
            return
        fresh = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        text = json.dumps({"sessions": self._sessions, "people": self._people})
        try:
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(self._file)
        except OSError as error:
            log.warning("%s cannot be kept: %s; it counts until a restart", self._file, error)
