"""The pure logic of a board: no clock, no I/O; time is passed in as milliseconds since start."""
