"""The single writer: drain, decide, commit, speak. Wires domain, journal, bus and fleet."""
