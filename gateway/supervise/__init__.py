"""Starts the programs of a hall and starts them again; knows nothing of what they do."""
