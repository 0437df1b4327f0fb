"""Kinds of boards: what they are made of (board.toml), and the tools that read it."""
