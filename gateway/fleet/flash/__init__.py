"""Puts firmware and settings on a board at a serial port, and waits until it serves."""
