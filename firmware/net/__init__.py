"""The link: MQTT over an injected byte stream, and what opens that stream; nothing else.

Knows nothing of roles, queues or displays. Runs unchanged on MicroPython and CPython.
"""
