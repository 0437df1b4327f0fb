"""Sensors: the latest readings, how old they may be, and whom they concern."""

from gateway.facility.readings import Reading, Readings, read_reading

__all__ = ["Reading", "Readings", "read_reading"]
