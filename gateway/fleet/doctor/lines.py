"""What a board's own lines tell: those it prints on its console, or says on `up/log`. Pure.

The firmware's words stand in firmware/hal/wifi.py, net/link.py, errors.py, mqtt.py and serial.py;
tests make the lines with that code. Anything else is passed over.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

# What kept a Wi-Fi from being joined.
PASSWORD = "password"
NOT_SEEN = "not_seen"
NO_ADDRESS = "no_address"
OTHER = "other"
# `network.WLAN.status()`: of a Pico W (MicroPython docs, network.WLAN: 2 is "joined, no address";
# -1 fail, -2 no network, -3 password) and of an ESP32 (200 to 204; 210 to 212 are networks that
# are seen and do not fit what is asked for; its handshake times out at a wrong password, too).
_STATUS = {
    -3: PASSWORD, -2: NOT_SEEN, 2: NO_ADDRESS,
    201: NOT_SEEN, 202: PASSWORD, 204: PASSWORD, 15: PASSWORD, 210: OTHER, 211: NOT_SEEN,
    212: NOT_SEEN,
}  # fmt: skip

# What became of the way to the broker.
UNREACHABLE = "unreachable"
REFUSED_PORT = "refused_port"  # the machine is there, and nobody listens at that port
NO_NAME = "no_name"
TLS = "tls"  # the other side speaks no TLS, or another one
CA = "ca"  # its certificate is not believed
SECRET = "secret"
ENDED = "ended"
CABLE = "cable"  # nobody answers at the other end of its serial cable

_WIFI = re.compile(r"wifi: cannot join (.*) (?:status (-?\d+)|(\w+\(.*))$")
_LINK = re.compile(r"link: (.*)$")
_CODE = re.compile(r"\((\d+)\)")
_ERROR = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Interrupt)(?:$|[:(])")
_TRACEBACK = "Traceback (most recent call last)"
_CA_MISSING = "asks for TLS, and ca"
_SETTINGS = "settings.json"
# Half a file: json's own words, with where they come from (firmware/main.py).
_TORN, _READ_SETTINGS = "ValueError: syntax error in JSON", " in read_settings"
# errno of Linux, of lwIP on a Pico, and of an ESP32: refused; names that nobody knows are below 0.
_REFUSED = re.compile(r"OSError\(111\b|\[Errno 111\]|ECONNREFUSED|ConnectionRefused")
# No way there, or nobody answers: 101, 110, 113 of Linux and lwIP, 116, 118 of an ESP32.
_NO_WAY = re.compile(r"OSError\((?:101|110|113|116|118)\b")
_NAME = re.compile(r"OSError\(-(?:2|3|6|202)\b|gaierror|Name or service")
_CERT = re.compile(r"X509|CERT|invalid cert", re.IGNORECASE)
_NO_BRIDGE = re.compile(r"nobody at the other end of the cable|serial bridge does not reach")
_IS_TLS = re.compile(r"MBEDTLS|SSL", re.IGNORECASE)


@dataclass(slots=True)
class Said:
    """What the lines tell; of what changes, the latest."""

    wifi: dict[str, tuple[str, str]] = field(default_factory=dict)  # network -> (why, words)
    link: str = ""  # one of the words above, "" if none was said after the last start
    link_words: str = ""
    tracebacks: int = 0
    last_error: str = ""  # the last line of the last traceback
    settings_fault: str = ""  # what its settings lack, in its own words
    settings_torn: str = ""  # why its settings could not be read at all
    ca_missing: bool = False


def read_lines(lines: Iterable[str]) -> Said:
    """Give what a board's lines tell, oldest first."""
    said = Said()
    in_traceback = in_settings = False
    for line in lines:
        line = line.strip()
        if _TRACEBACK in line:
            said.tracebacks += 1
            in_traceback, in_settings = True, False
        elif in_traceback and line.endswith(_READ_SETTINGS):
            in_settings = True
        elif in_traceback and _ERROR.match(line):
            said.last_error = line
            in_traceback = False
            if _CA_MISSING in line:
                said.ca_missing = True
            elif _SETTINGS in line:
                said.settings_fault = line
            elif in_settings and line == _TORN:
                said.settings_torn = line
        elif found := _WIFI.search(line):
            said.link = said.link_words = ""  # whatever was before, the network is away
            why = _STATUS.get(int(found[2][:6]), OTHER) if found[2] else OTHER
            said.wifi[found[1]] = (why, found[2] or found[3])
        elif found := _LINK.search(line):
            said.wifi.clear()  # it has joined, or it could not try
            link = _of_link(found[1])
            # Who listens at the cable has taken it from the bridge: what was before tells more.
            if link != CABLE or not said.link:
                said.link, said.link_words = link, found[1]
    return said


def _of_link(words: str) -> str:
    code = _CODE.search(words)
    if _NO_BRIDGE.search(words):
        return CABLE
    if words.startswith(("wrong user name or secret", "this user may not connect")):
        return SECRET
    if code and words.startswith("the broker does not accept this client id"):
        return SECRET
    if _CERT.search(words):
        return CA
    if _IS_TLS.search(words):
        return TLS
    # MicroPython tells only with the first bytes that a connection did not come about, so the
    # stream "broke" as well as "could not be opened".
    if _REFUSED.search(words):
        return REFUSED_PORT
    if "could not be opened" in words and _NAME.search(words):
        return NO_NAME
    unopened = ("could not be opened", "did not open", "no CONNACK")
    if _NO_WAY.search(words) or any(text in words for text in unopened):
        return UNREACHABLE
    return ENDED


def why_of_status(status: int) -> str:
    """Give why a network is not joined, by `network.WLAN.status()`; "" where that does not say."""
    return _STATUS.get(status, "")
