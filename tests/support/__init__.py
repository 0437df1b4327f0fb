"""What several test folders need: tools, ports, waiting."""
