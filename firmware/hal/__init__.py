"""Hardware behind small ports (ports.py), and one file a backend that has them."""
