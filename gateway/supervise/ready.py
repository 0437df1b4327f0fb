"""Signs that a program does its work. Each answers in well under a second."""

import socket

_TIMEOUT_S = 0.5


def port_answers(host: str, port: int) -> bool:
    """Say whether something accepts TCP connections at `host`:`port`."""
    try:
        with socket.create_connection((host, port), timeout=_TIMEOUT_S):
            return True
    except OSError:
        return False  # not yet: that is the answer


def page_answers(host: str, port: int, path: str) -> bool:
    """Say whether GET `path` at `host`:`port` is answered with 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((host, port), timeout=_TIMEOUT_S) as connection:
            connection.sendall(request.encode())
            status = connection.recv(64).split(b" ", 2)
    except OSError:
        return False
    return len(status) == 3 and status[1] == b"200"
