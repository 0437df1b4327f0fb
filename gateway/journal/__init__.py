"""The append-only record of everything that happened, in SQLite; every state is derived from it."""

from gateway.journal.events import EventTable, JournalError, read_events, reading
from gateway.journal.journal import Answer, Glass, Journal, Row

__all__ = [
    "Answer",
    "EventTable",
    "Glass",
    "Journal",
    "JournalError",
    "Row",
    "read_events",
    "reading",
]
