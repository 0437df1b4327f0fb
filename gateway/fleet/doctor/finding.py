"""What the doctor finds: a code, how bad it is, and the figures that show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

OK = "ok"
ATTENTION = "attention"  # it works, and will not for ever, or not as well as it could
TROUBLE = "trouble"  # somebody is not served, or soon is not
LEVELS = (TROUBLE, ATTENTION, OK)


class Span(NamedTuple):
    """A stretch of time, shown in words of the language; None: unknown."""

    ms: int | None


class Word(NamedTuple):
    """A word of the contract, shown in the language if there is a text for it (`KIND.WORD`)."""

    kind: str
    word: str


class Signal(NamedTuple):
    """A radio's signal, shown after a comma; None: there is no radio, or it has not said: then
    there is nothing to show."""

    dbm: float | None


Figure = str | int | float | Span | Word | Signal | None


@dataclass(frozen=True, slots=True)
class Finding:
    """`figures` fill in the texts of `code` (texts/*.json)."""

    code: str
    level: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
