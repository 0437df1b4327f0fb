"""An hour of a board's life in seconds: its clock moves on whenever it has nothing left to do."""
