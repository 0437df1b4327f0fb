"""One file a part: what bytes and pulses it wants. Buses and pins are handed in."""
