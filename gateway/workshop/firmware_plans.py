"""Firmware over the fleet: who gets which files of a release."""

import logging
from collections.abc import Iterable, Mapping
from typing import Protocol

from firmware.wire import codec
from gateway.config import ConfigError
from gateway.fleet.release import FileEntry, Release, ReleaseError
from gateway.fleet.staging import FIRMWARE, SKIPPED, Plan, Row
from gateway.workshop.change import Change, NoChange
from gateway.workshop.fleet import Fleet
from gateway.workshop.trade import Ask, Now, Quiet, Refused
from gateway.workshop.updates import BOARDS_MOST, Updates

_log = logging.getLogger(__name__)

_VERSION_CHARS = 64


class Store(Protocol):
    """Where releases are."""

    def get(self, version: str) -> Release:
        """Give a release after checking all of it; raise ReleaseError with the reason."""


class FirmwarePlans(Quiet):
    """The ask `update_start`, and the maker of firmware's changes."""

    def __init__(self, updates: Updates, fleet: Fleet, releases: Store) -> None:
        self.asks = {"update_start": self._start}
        self._updates = updates
        self._fleet = fleet
        self._releases = releases
        self._release: Release | None = None  # of the plan under way
        updates.makers[FIRMWARE] = self

    def change(self, plan: Plan, row: Row) -> Change:
        """Give a board's manifest and its files; raises NoChange."""
        known = self._fleet.of(row.board)
        if not known.chip:
            raise NoChange("unknown_chip")
        if known.number is not None and known.number > plan.number:
            raise NoChange("downgrade")  # somebody flashed it meanwhile
        release = self._of(plan.version)
        if release is None:
            raise NoChange("release_gone")
        if known.mpy is not None and known.mpy != release.mpy:
            raise NoChange("interpreter")
        role = str(known.row.get("role") or known.role)
        try:
            files = release.files_for(role, known.kind, known.chip)
            manifest = release.manifest_for(role, known.kind, known.chip)
        except ReleaseError:
            raise NoChange("not_for") from None
        others = _Files(release, files.values())
        return Change(FIRMWARE, release.number, release.version, manifest, others)

    def moved(self, plan: Plan, row: Row, now: Now) -> None:
        """What becomes of a row is no news to a release."""

    def over(self, plan: Plan) -> None:
        """Forget the release: it is some hundred KB."""
        self._release = None

    def _start(self, ask: Ask, now: Now) -> dict[str, object]:
        version = codec.read_str(ask.fields, "version", 1, _VERSION_CHARS)
        asked = codec.read_strs(ask.fields, "boards", BOARDS_MOST, 32)
        try:
            release = self._releases.get(version)
        except ReleaseError as error:
            raise Refused(error.code, error.text_id, error.text_en) from error
        rows = self._rows(release, tuple(dict.fromkeys(asked)))
        # `of` marks that a release is held until the plan is done.
        data: dict[str, object] = {"of": release.version}
        plan = self._updates.new_plan(
            ask, FIRMWARE, FIRMWARE, release.version, release.number, rows, data
        )
        self._updates.begin(plan)
        self._release = release
        return {"boards": len(rows)}

    def _rows(self, release: Release, asked: tuple[str, ...]) -> list[Row]:
        registered = self._fleet.registered or ()
        if unknown := [board for board in asked if board not in registered]:
            raise _refused_for(
                "unknown_board", unknown, "tidak terdaftar di sini", "not registered here"
            )
        numbers = {board: self._fleet.of(board).number for board in asked or registered}
        newer = [board for board, n in numbers.items() if n is not None and n > release.number]
        if newer and asked:
            raise _refused_for(
                "downgrade", newer, f"sudah menjalankan firmware yang lebih baru dari"
                f" {release.version}", f"already on firmware newer than {release.version}"
            )  # fmt: skip
        rows = [
            Row(board, release.number, release.version)
            for board, number in numbers.items()
            if number != release.number and board not in newer
        ]
        if not rows:
            raise Refused(
                "nothing_to_do",
                f"Semua papan sudah menjalankan {release.version} atau yang lebih baru.",
                f"All boards run {release.version} or newer already.",
            )
        left_out = [
            Row(b, release.number, release.version, state=SKIPPED, why="downgrade") for b in newer
        ]
        return self._mixed(rows) + left_out

    def _mixed(self, rows: list[Row]) -> list[Row]:
        # Each kind of board early: what breaks one of them shall show in the first stages.
        kinds: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            known = self._fleet.of(row.board)
            kinds.setdefault((str(known.row.get("role")), known.kind), []).append(row)
        mixed = []
        while any(kinds.values()):
            mixed += [of_kind.pop(0) for of_kind in kinds.values() if of_kind]
        return mixed

    def _of(self, version: str) -> Release | None:
        if self._release is None or self._release.version != version:
            try:
                self._release = self._releases.get(version)
            except (ReleaseError, ConfigError) as error:
                _log.error("release %s: %s", version, error)
                return None
        return self._release


class _Files:
    """The files that one board's manifest names, and no others."""

    def __init__(self, release: Release, entries: Iterable[FileEntry]) -> None:
        self._release = release
        self._shas: Mapping[str, None] = dict.fromkeys(entry.sha for entry in entries)

    def get(self, sha: str) -> bytes | None:
        return self._release.blob(sha) if sha in self._shas else None


def _refused_for(why: str, boards: list[str], text_id: str, text_en: str) -> Refused:
    names = ", ".join(boards[:5]) + (", ..." if len(boards) > 5 else "")
    are = "is" if len(boards) == 1 else "are"
    return Refused(why, f"{names} {text_id}.", f"{names} {are} {text_en}.")
