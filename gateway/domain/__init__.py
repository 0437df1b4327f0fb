"""The queue: events, decide, evolve. Pure: no clock, no I/O; imports nobody else of ours."""
