"""Where a board reaches the broker."""

import socket
from ipaddress import ip_address

from gateway.config import Settings
from gateway.fleet.broker_files import is_loopback


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
