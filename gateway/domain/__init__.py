"""The queue: events, decide, evolve. Pure: no clock, no I/O; imports nobody else of ours."""

from gateway.domain.command import Command, Decision
from gateway.domain.decide import decide
from gateway.domain.event_json import BadEvent, decode_event, encode_event
from gateway.domain.events import Event, affected
from gateway.domain.evolve import evolve
from gateway.domain.hall import Hall

__all__ = [
    "BadEvent",
    "Command",
    "Decision",
    "Event",
    "Hall",
    "affected",
    "decide",
    "decode_event",
    "encode_event",
    "evolve",
]
