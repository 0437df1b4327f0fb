"""Sensors: the latest readings, how old they may be, and whom they concern."""

from gateway.facility.readings import Reading, Readings

__all__ = ["Reading", "Readings"]
