"""Flashing boards over their cable."""
