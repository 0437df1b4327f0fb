"""The boards that a site waits for, so that who sets one up chooses and types nothing."""

import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.config import Settings
from gateway.workshop.fleet import Fleet
from gateway.workshop.trade import Ask, Now, Quiet

_log = logging.getLogger(__name__)


class SiteBoards(Quiet):
    """The ask `site_boards`: `boards` of the site file that nobody has registered yet."""

    def __init__(self, settings: Settings, fleet: Fleet) -> None:
        self.asks = {"site_boards": self._waiting}
        self._settings = settings
        self._fleet = fleet
        self._site: list[dict[str, object]] = []
        self._site_of: tuple[int, int] | None = None

    def _waiting(self, _ask: Ask, _now: Now) -> dict[str, object]:
        registered = set(self._fleet.registered or ())
        return {"boards": [each for each in self._of_site() if each["board"] not in registered]}

    def _of_site(self) -> list[dict[str, object]]:
        # The site as the gateway has it tells no boards: they are a proposal of its file.
        try:
            stat = self._settings.site.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp != self._site_of:
                self._site_of = stamp
                self._site = _boards_of(self._settings.site)
        except (OSError, ValueError) as error:  # the gateway tells what is wrong with it
            _log.info("no boards are proposed from %s: %s", self._settings.site, error)
            self._site = []
        return self._site


def _boards_of(file: Path) -> list[dict[str, object]]:
    entries = tomllib.loads(file.read_text("utf-8")).get("boards")
    return [
        {
            "board": entry["id"],
            "role": entry["role"],
            "counter": entry.get("counter"),
            "kind": entry["kind"],
            "place": entry.get("place", ""),
        }
        for entry in (entries if isinstance(entries, list) else ())
        if _is_board(entry)
    ]


def _is_board(entry: Any) -> bool:
    return (
        isinstance(entry, Mapping)
        and all(isinstance(entry.get(name), str) for name in ("id", "role", "kind"))
        and isinstance(entry.get("place", ""), str)
        and isinstance(entry.get("counter"), int | None)
    )
