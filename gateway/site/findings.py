"""A fault before it has its line: where, what was found, what is allowed."""

from dataclasses import dataclass

from gateway.toml.lines import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` leads to the key at fault, or to the place where a missing key belongs."""

    path: Path
    found: str
    allowed: str
