# mypy: ignore-errors
# (runs inside MicroPython only)
"""A stand-in for the chip's `network` module: a radio in reach of the network `mall`.

`asked` has every network that was asked for; `moods` what the radio does at the next tries, in
turn: "raise" as an ESP32 does, "deaf" for no network at all.
"""

STA_IF = 0
asked = []
moods = []
pm = []
switched = []


class WLAN:
    PM_NONE = 16

    def __init__(self, interface):
        assert interface == STA_IF
        self._joined = False
        self._on = False

    def active(self, on):
        self._on = on
        switched.append(on)
        if not on:
            self._joined = False

    def isconnected(self):
        return self._joined

    def connect(self, ssid, password):
        assert self._on
        asked.append((ssid, password))
        mood = moods.pop(0) if moods else ""
        if mood == "raise":
            raise OSError("Wifi Internal State Error")
        self._joined = ssid == "mall" and not mood

    def disconnect(self):
        self._joined = False

    def status(self, what=None):
        return -61 if what == "rssi" else 1

    def config(self, **settings):
        assert self._on
        pm.append(settings["pm"])

    def deinit(self):
        switched.append("off")
