"""The asks about releases: which are here, and making one of this installation's own firmware."""

import threading
from collections.abc import Callable

from gateway.config import ConfigError
from gateway.fleet.release import ReleaseError, Releases
from gateway.workshop.trade import Ask, Later, Now, Quiet, Refused, Say, answer, failed, refuse

_LOOK_EVERY_MS = 100


class ReleaseDesk(Quiet):
    """The asks `releases` and `release_build`; making one takes a second, so it has a thread."""

    def __init__(self, releases: Releases) -> None:
        self.asks = {"releases": self._all, "release_build": self._build}
        self._releases = releases
        self._asked: list[Ask] = []
        self._thread: threading.Thread | None = None
        self._answer: Callable[[Ask], Say] | None = None  # of what was built
        self._look_ms = 0

    def turn(self, now: Now) -> list[Say]:
        """Answer who asked for a release that is made now."""
        if self._thread is None:
            return []
        if self._thread.is_alive():
            self._look_ms = now.mono_ms + _LOOK_EVERY_MS
            return []
        self._thread.join()
        self._thread = None
        asked, self._asked = self._asked, []
        return [self._answer(ask) for ask in asked] if self._answer else []

    def due_ms(self) -> int | None:
        """Look again soon while one is being made."""
        return None if self._thread is None else self._look_ms

    def close(self) -> None:
        """Wait for what is being made: it is whole or not there."""
        if self._thread is not None:
            self._thread.join()

    def _all(self, ask: Ask, now: Now) -> dict[str, object]:
        return {"releases": [known.to_json() for known in self._releases.all()]}

    def _build(self, ask: Ask, now: Now) -> dict[str, object]:
        self._asked.append(ask)
        if self._thread is None:
            self._thread = threading.Thread(target=self._make, daemon=True)
            self._thread.start()
        raise Later

    def _make(self) -> None:
        try:
            made = self._releases.build_own()
        except ReleaseError as error:
            refused = Refused(error.code, error.text_id, error.text_en)
            self._answer = lambda ask: refuse(ask, refused)
        except (ConfigError, OSError, RuntimeError) as error:
            broken = failed(error)
            self._answer = lambda ask: refuse(ask, broken)
        else:
            built: dict[str, object] = {"version": made.version, "number": made.number}
            self._answer = lambda ask: answer(ask, built)
