"""What the service hands to the broker."""

from typing import NamedTuple


class Out(NamedTuple):
    """One message to publish."""

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 1
