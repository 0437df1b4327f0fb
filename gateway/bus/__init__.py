"""The broker's door: taking messages off the broker and handing ours to it."""

from gateway.bus.door import Door, Message, no_delay

__all__ = ["Door", "Message", "no_delay"]
