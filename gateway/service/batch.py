"""One batch: what goes to disk together, and what may be said once it is there."""

from dataclasses import dataclass, field

from gateway.journal import Answer, Glass, Row
from gateway.service.out import Out


@dataclass(slots=True)
class Batch:
    """Rows, answers and times for one transaction; `out` leaves after it, in its order."""

    rows: list[Row] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    glass: list[Glass] = field(default_factory=list)
    out: list[Out] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """How many rows go to disk; 0 means that nothing has to wait for it."""
        return len(self.rows) + len(self.answers) + len(self.glass)
