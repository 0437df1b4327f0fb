"""Runs on the Raspberry Pi: the queue, its journal, the broker's door, the boards."""
