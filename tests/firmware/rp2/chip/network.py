# mypy: ignore-errors
# (runs inside MicroPython only)
"""A stand-in for the chip's `network` module: a radio in reach of the network `mall`."""

STA_IF = 0
asked = []


class WLAN:
    PM_PERFORMANCE = 0xA11142

    def __init__(self, interface):
        assert interface == STA_IF
        self._joined = False

    def active(self, on):
        assert on

    def isconnected(self):
        return self._joined

    def connect(self, ssid, password):
        asked.append((ssid, password))
        self._joined = ssid == "mall"

    def disconnect(self):
        self._joined = False

    def status(self, what=None):
        return -61 if what == "rssi" else 1

    def config(self, pm):
        assert pm == WLAN.PM_PERFORMANCE
