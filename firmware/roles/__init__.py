"""What a board is for: one file a role, knowing `core` and the ports of `hal`, never a backend."""
