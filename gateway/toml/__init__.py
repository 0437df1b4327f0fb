"""TOML files as people write them: read with care, with the line of every key."""
