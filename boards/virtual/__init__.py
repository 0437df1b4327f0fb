"""Virtual boards: the very firmware under real MicroPython, one process a board."""
