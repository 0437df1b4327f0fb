"""The pins of the gateway's own computer: chime, status lamp, all-stop key, a small matrix."""
