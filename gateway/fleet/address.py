"""Where a board reaches the broker."""

import re
import socket
from ipaddress import ip_address

from gateway.config import ConfigError, Settings
from gateway.fleet.broker_files import is_loopback

_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,63}")


def check_host(host: str) -> None:
    """Raise ConfigError for what can be neither the name nor the address of a broker."""
    if not _HOST.fullmatch(host):
        raise ConfigError(
            f"{host!r} is no address: a name, or numbers such as 192.168.1.2, is needed",
            f"{host!r} bukan alamat: perlu nama, atau angka seperti 192.168.1.2",
        )


def address(settings: Settings) -> tuple[str, int]:
    """Give the host and the port at which a board reaches the broker."""
    listen = settings.mqtt_listen
    if is_loopback(listen):
        return "127.0.0.1", settings.mqtt_port
    port = settings.mqtt_port if settings.insecure_lan else settings.mqtt_tls_port
    return (_own_address(listen) if ip_address(listen).is_unspecified else listen), port


def _own_address(anywhere: str) -> str:
    """Give this machine's address on its network: "any" is one to listen at, not to connect to."""
    family, beyond = (
        (socket.AF_INET6, "2001:db8::1") if ":" in anywhere else (socket.AF_INET, "192.0.2.1")
    )
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((beyond, 9))  # sends nothing: it only looks for the way there
        except OSError:
            return socket.gethostname()  # no network: its name may mean something later
        host: str = sock.getsockname()[0]
        return host
