"""The boards' health over a day, thinned, and kept where a restart finds it again.

One line of JSON is added for each five minutes, to one file per day of UTC: cards of memory wear
by what is written, and a line that a power cut tore is one that is left out.
"""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)

EVERY_MS = 5 * 60_000
MOST = 300  # of one board: a day, and an hour more
_DAY_MS = 24 * 3_600_000
# Of one board at one time: (utc_ms, free_bytes, rssi_dbm, reconnects, dropped); None: not said.
Sample = list[int | None]
_FIELDS = ("free_bytes", "rssi_dbm", "reconnects", "dropped")


class History:
    """Samples of all boards, one for each five minutes, the newest as it was said last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._boards: dict[str, list[Sample]] = {}
        self._unkept: dict[str, Sample] = {}  # of the five minutes under way
        self._until_ms = 0

    def take(self, board: str, health: dict[str, object], utc_ms: int) -> None:
        """Take what an `up/health` says; what is no number is left out."""
        self.keep(utc_ms)
        values = [health.get(name) for name in _FIELDS]
        sample: Sample = [utc_ms, *(v if type(v) is int else None for v in values)]
        samples = self._boards.setdefault(board, [])
        _append(samples, sample)
        self._unkept[board] = sample
        if not self._until_ms:
            self._until_ms = _bucket(utc_ms) + EVERY_MS

    def of(self, board: str) -> list[Sample]:
        """Give a board's samples, the newest last."""
        return self._boards.get(board, [])

    def boards(self) -> set[str]:
        """Give the boards of which there is anything."""
        return set(self._boards)

    def forget(self, board: str) -> None:
        """Drop a board's: it is retired."""
        self._boards.pop(board, None)
        self._unkept.pop(board, None)

    def keep(self, utc_ms: int, now: bool = False) -> None:
        """Write what is complete, or with `now` all there is; once in five minutes it does."""
        # A clock that was set back by more than that would keep it waiting as long.
        waits = self._until_ms - EVERY_MS <= utc_ms < self._until_ms
        if not self._unkept or (waits and not now):
            return
        unkept, self._unkept, self._until_ms = self._unkept, {}, 0
        line = json.dumps(unkept)
        try:
            with open(self._file(utc_ms), "a") as file:
                # A torn line before it would spoil this one, too.
                file.write(f"\n{line}\n")
            for old in self._files()[:-2]:
                old.unlink()
        except OSError as error:
            _log.error("the boards' health cannot be kept in %s: %s", self._folder, error)

    def read(self, utc_ms: int) -> None:
        """Read what was kept and is not older than a day."""
        for file in self._files()[-2:]:
            for line in file.read_bytes().splitlines():
                for board, sample in _read(line).items():
                    if utc_ms - _DAY_MS <= (sample[0] or 0) <= utc_ms:
                        _append(self._boards.setdefault(board, []), sample)

    def _file(self, utc_ms: int) -> Path:
        day = datetime.fromtimestamp(utc_ms / 1_000, UTC).date().isoformat()
        return self._folder / f"health-{day}.jsonl"

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("health-*.jsonl"))


def _bucket(utc_ms: int) -> int:
    return utc_ms // EVERY_MS * EVERY_MS


def _append(samples: list[Sample], sample: Sample) -> None:
    # The clock may have been set back: the newest said is the newest, and one of its time is one.
    if samples and _bucket(samples[-1][0] or 0) >= _bucket(sample[0] or 0):
        samples.pop()
    samples.append(sample)
    del samples[:-MOST]


def _read(line: bytes) -> dict[str, Sample]:
    if not line:
        return {}
    try:
        found: Any = json.loads(line)
    except ValueError:
        return {}  # torn by a power cut: five minutes of a chart
    if not isinstance(found, dict):
        return {}
    return {
        board: sample
        for board, sample in found.items()
        if isinstance(sample, list)
        and len(sample) == 1 + len(_FIELDS)
        and type(sample[0]) is int
        and all(value is None or type(value) is int for value in sample)
    }
