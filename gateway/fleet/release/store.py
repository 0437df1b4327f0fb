"""The releases that this hall has: one folder each, checked anew whenever one is used."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from firmware.version import VERSION
from gateway.config import Paths
from gateway.fleet.release.build import build_release, source_mark
from gateway.fleet.release.errors import ReleaseError
from gateway.fleet.release.keys import OWN, own_key, trusted_keys
from gateway.fleet.release.opened import Release, check_version, open_release

# Boards refuse older firmware than they run: what is older than these is of use to nobody. Whoever
# asks for the list has all of them checked, which takes 7 ms each on a PC.
KEPT = 8
_PART = ".part-"  # of what was begun, and a power cut may leave behind


@dataclass(frozen=True, slots=True)
class Known:
    """One release of the store; `ok` False, with `why`, if it cannot be used any more.

    `own` tells that this hall made it; `why_id` and `why_en` are for people.
    """

    version: str
    number: int
    signed_by: str
    ok: bool
    why: str
    why_id: str
    why_en: str
    own: bool

    def to_json(self) -> dict[str, object]:
        """Give it as the workshop's ask `releases` does."""
        return {name: getattr(self, name) for name in self.__slots__}


class Releases:
    """The releases below a hall's home."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    def all(self) -> list[Known]:
        """Give every release that is there, the newest first; those of no use last."""
        folder = self._paths.releases
        names = sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []
        found = [self._known(name) for name in names if not name.startswith(".")]
        return sorted(found, key=lambda known: (-known.number, known.version))

    def get(self, version: str) -> Release:
        """Give a release after checking all of it; raise ReleaseError with the reason."""
        check_version(version)
        folder = self._paths.releases / version
        if not folder.is_dir():
            raise ReleaseError(
                "unknown",
                f"Rilis {version} tidak ada di sini: lihat `loket release list`.",
                f"there is no release {version} here: see `loket release list`",
            )
        release = open_release(folder, trusted_keys(self._paths))
        if release.version != version:
            raise ReleaseError(
                "altered",
                f"Folder {version} berisi rilis {release.version}.",
                f"the folder {version} holds release {release.version}",
            )
        return release

    def add(self, file: Path) -> Release:
        """Check a release's zip and keep it; the same one again changes nothing.

        Older ones than the newest KEPT go, but for one that an update is about. Raises
        ReleaseError, also when another one of its version is there.
        """
        with self._alone():
            return self._add(file)

    def build_own(self, version: str | None = None, number: int | None = None) -> Release:
        """Make a release of this installation's firmware, signed with the hall's own key.

        Without a version it is named after its sources, and one that is there already is given
        again; without a number it gets the next one. Raises ReleaseError.
        """
        with self._alone():
            known = self.all()
            if version is None:
                version = f"{VERSION}-{source_mark()}"
                if any(k.version == version and k.ok and k.own for k in known):
                    return self.get(version)
            if number is None:
                number = max((k.number for k in known), default=0) + 1
            with tempfile.TemporaryDirectory(prefix=_PART, dir=self._paths.releases) as part:
                return self._add(build_release(Path(part), version, number, own_key(self._paths)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Two technicians at once, or a page and a command line: one after the other.
        folder = self._paths.releases
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with open(folder / ".lock", "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for left in folder.glob(f"{_PART}*"):
                    shutil.rmtree(left, ignore_errors=True)
                yield
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise ReleaseError(
                "disk",
                f"Rilis tidak bisa disimpan di {folder} ({reason}): sediakan ruang, lalu ulangi.",
                f"the release cannot be kept in {folder} ({reason}): make room, and once more",
            ) from error

    def _add(self, file: Path) -> Release:
        release = open_release(file, trusted_keys(self._paths))
        folder = self._paths.releases / release.version
        if folder.exists():
            try:
                there = self.get(release.version)
            except ReleaseError:
                shutil.rmtree(folder)  # of no use as it is
            else:
                if there.files == release.files and there.number == release.number:
                    return there
                raise ReleaseError(
                    "duplicate",
                    f"Rilis lain dengan versi {release.version} sudah ada di sini.",
                    f"another release of version {release.version} is here already",
                )
        with tempfile.TemporaryDirectory(prefix=_PART, dir=self._paths.releases) as part:
            release.write(Path(part) / "whole")
            os.replace(Path(part) / "whole", folder)
        self._remove_old(release.version)
        return release

    def _remove_old(self, newest: str) -> None:
        whole = [known.version for known in self.all() if known.ok]
        for version in set(whole[KEPT:]) - {newest, *self._of_updates()}:
            shutil.rmtree(self._paths.releases / version)

    def _of_updates(self) -> Iterator[str]:
        # What is under way, stopped or put aside (workshop/updates.py).
        for file in self._paths.workshop.glob("plan*.json"):
            with suppress(OSError, ValueError, AttributeError):
                yield str(json.loads(file.read_text()).get("version"))

    def _known(self, version: str) -> Known:
        try:
            release = self.get(version)
        except ReleaseError as error:
            return Known(version, 0, "", False, error.code, error.text_id, str(error), False)
        own = release.signed_by == OWN
        return Known(version, release.number, release.signed_by, True, "", "", "", own)
