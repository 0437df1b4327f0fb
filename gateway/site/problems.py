"""What is wrong with a site file: one `Problem` a fault, and `SiteError` that carries them all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault or doubt: where it stands, what was found there and what is allowed instead.

    `line` counts from 1 and is None when the file could not be read at all; `path` is the
    dotted path of the key with places in lists counted from 0 (`queues[2].prefix`), or empty.
    """

    file: str
    line: int | None
    path: str
    found: str
    allowed: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [place] + ([self.path] if self.path else [])
        return f"{': '.join(parts)}: found {self.found}; allowed: {self.allowed}"


class SiteError(Exception):
    """A site file that cannot be used. `problems` holds every fault of it, in the file's order."""

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        count = "1 error" if len(problems) == 1 else f"{len(problems)} errors"
        lines = [f"{file} cannot be used: {count}"] + [f"  {problem}" for problem in problems]
        super().__init__("\n".join(lines))
        self.file = file
        self.problems = problems
