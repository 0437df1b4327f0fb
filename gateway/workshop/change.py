"""What travels to one board, and who makes it."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from gateway.fleet.staging import Plan, Row
from gateway.workshop.trade import Now


@dataclass(frozen=True, slots=True)
class Change:
    """One board's file (a manifest, or settings of its link as JSON) with its number.

    `kind` is the wire's: firmware or link. `others` are what the file names and the board may
    fetch, by their SHA-256.
    """

    kind: str
    number: int
    version: str
    file: bytes
    others: "Blobs | None" = None

    @property
    def sha(self) -> str:
        """The SHA-256 of the file, by which it is offered."""
        return hashlib.sha256(self.file).hexdigest()


class Blobs(Protocol):
    """Files by their SHA-256."""

    def get(self, sha: str) -> bytes | None:
        """Give the content, or None if the board has no business with it."""


class NoChange(Exception):
    """A board that cannot be changed: `why` is a word of update_words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Maker(Protocol):
    """Makes the changes of plans of one sort. A plan names it, also after a restart.

    Whatever it must know again stands in `plan.data`, which is kept with the plan.
    """

    def change(self, plan: Plan, row: Row) -> Change:
        """Give a row's change, the same each time; raises NoChange. Called when it is offered,
        and again after a restart."""

    def moved(self, plan: Plan, row: Row, now: Now) -> None:
        """Take note that a row has come to another state (`row.state`); after a restart each is
        told once more."""

    def over(self, plan: Plan) -> None:
        """Let go of what was kept for a plan that is done or replaced."""
