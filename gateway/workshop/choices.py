"""What somebody who sets boards up may choose from, so that a thumb chooses and nobody types."""

import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.config import ConfigError, Settings
from gateway.fleet.flash.wifi import kept_wifi
from gateway.workshop.fleet import Fleet
from gateway.workshop.trade import Ask, Now, Quiet

_log = logging.getLogger(__name__)


class Choices(Quiet):
    """The ask `choices`: `kinds` of boards that can be flashed, `boards` of the site that nobody
    has registered yet, and the names of the `networks` that the hall keeps."""

    def __init__(self, settings: Settings, fleet: Fleet) -> None:
        self.asks = {"choices": self._choices}
        self._settings = settings
        self._fleet = fleet
        self._kinds: list[dict[str, object]] | None = None
        self._site: list[dict[str, object]] = []
        self._site_of: tuple[int, int] | None = None

    def _choices(self, _ask: Ask, _now: Now) -> dict[str, object]:
        if self._kinds is None:
            self._kinds = _kinds()
        registered = set(self._fleet.registered or ())
        waiting = [board for board in self._of_site() if board["board"] not in registered]
        return {"kinds": self._kinds, "boards": waiting, "networks": self._networks()}

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

    def _networks(self) -> list[str]:
        try:
            return [ssid for ssid, _ in kept_wifi(self._settings.paths)]
        except ConfigError as error:
            _log.warning("%s", error)
            return []


def _kinds() -> list[dict[str, object]]:
    # Loaded when somebody sets boards up, and not before.
    from boards.catalog import CatalogError, kinds, load_kind
    from gateway.fleet.flash.recognise import chip_of

    found: list[dict[str, object]] = []
    for name in kinds():
        try:
            kind = load_kind(name)
        except CatalogError as error:
            _log.warning("%s", error)
            continue
        chip = chip_of(kind)
        if chip:  # else it is no board that firmware goes on
            found.append({"kind": name, "role": kind.role, "chip": chip})
    return found


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
