"""The append-only record of everything that happened, in SQLite; every state is derived from it."""

from gateway.journal.journal import Answer, Glass, Journal, JournalError, Row, read_events

__all__ = ["Answer", "Glass", "Journal", "JournalError", "Row", "read_events"]
