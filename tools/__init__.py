"""Programs that work on the project itself; nothing of a running hall imports them."""
