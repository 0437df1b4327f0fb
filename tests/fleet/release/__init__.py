"""Releases of the firmware."""
