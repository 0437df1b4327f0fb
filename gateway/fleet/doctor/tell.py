"""Findings in words: `texts/<language>.json`, flat keys, `{name}` where a figure goes."""

import functools
import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from gateway.fleet.cable.facts import NO_PORT, SERVED, SEVERAL
from gateway.fleet.doctor.facts import CLOSED, Facts
from gateway.fleet.doctor.finding import Figure, Finding, Signal, Span, Word

LANGUAGES = ("id", "en")  # the first is the one that a newcomer gets
PIECES = ("title", "evidence", "next")
_CHARS = 160  # of one figure
_NOT_LOOKED_AT = (NO_PORT, SEVERAL, SERVED)
# Format characters that turn text around or hide it (category Cf), and all others that are no text.
_NO_TEXT = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@functools.cache
def catalogue(language: str) -> Mapping[str, str]:
    """Give the texts of a language by key."""
    file = Path(__file__).parent / "texts" / f"{language}.json"
    return MappingProxyType(json.loads(file.read_text("utf-8")))


def text(finding: Finding, piece: str, language: str) -> str:
    """Give the `piece` (title, evidence, next) of a finding in words."""
    shown = {name: _shown(value, language) for name, value in finding.figures.items()}
    return catalogue(language)[f"{finding.code}.{piece}"].format_map(shown).strip()


def as_dict(finding: Finding) -> dict[str, object]:
    """Give a finding with all its texts, as the workshop answers."""
    words = {f"{p}_{lang}": text(finding, p, lang) for p in PIECES for lang in LANGUAGES}
    return {"code": finding.code, "level": finding.level, **words}


def via(facts: Facts) -> str:
    """Give what was used: cable, network, both, register (the hall is closed), or none."""
    cable = facts.cable is not None and facts.cable.state not in _NOT_LOOKED_AT
    if facts.net is None:
        return "cable" if cable else "none"
    network = facts.hall is None or facts.hall.state != CLOSED
    if cable:
        return "both" if network else "cable"
    return "network" if network else "register"


def clean(text: str, most: int = _CHARS) -> str:
    """Give what a board said as text that is safe to show: one line, no control characters."""
    shown = "".join("·" if unicodedata.category(c) in _NO_TEXT else c for c in text[: 2 * most])
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def _shown(value: Figure, language: str) -> str:
    if value is None:
        return "?"
    if isinstance(value, Span):
        return _span(value.ms, language)
    if isinstance(value, Signal):
        known = catalogue(language)["signal.dbm"]
        return "" if value.dbm is None else known.format(n=round(value.dbm))
    if isinstance(value, Word):
        texts = catalogue(language)
        return texts.get(f"{value.kind}.{value.word}") or clean(value.word)
    return clean(str(value))


def _span(ms: int | None, language: str) -> str:
    texts = catalogue(language)
    if ms is None:
        return texts["span.unknown"]
    s = max(0, ms) // 1_000
    for name, seconds in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if s >= 2 * seconds:
            return texts[f"span.{name}"].format(n=s // seconds)
    return texts["span.s"].format(n=s)
