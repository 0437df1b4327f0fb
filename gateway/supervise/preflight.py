"""What must be so before a hall is opened; each fault is told with the way out of it."""

import errno
import fcntl
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gateway.config import ConfigError, Paths, Settings

LOOPBACK = "127.0.0.1"
# The programs of a hall that was killed outright die at once, but need not be gone yet.
LEFTOVERS_S = 5.0
ASK_EVERY_S = 0.05
MAX_SOCKET_PATH_BYTES = 107  # sun_path of unix(7), less its final zero


@dataclass(frozen=True, slots=True)
class Listener:
    """An address that a program of ours will listen on, and the words that change it."""

    host: str
    port: int
    flag: str
    variable: str


def listeners(settings: Settings) -> list[Listener]:
    """Give every address that the hall will listen on."""
    http = Listener(LOOPBACK, settings.http_port, "--http-port", "LOKET_HTTP_PORT")
    mqtt = Listener(LOOPBACK, settings.mqtt_port, "--mqtt-port", "LOKET_MQTT_PORT")
    found = [http, mqtt]
    if settings.insecure_lan:
        found.append(
            Listener(settings.mqtt_listen, mqtt.port, "--mqtt-port", "LOKET_MQTT_PORT"),
        )
    if settings.tls_cert is not None and settings.tls_key is not None:
        tls_port = settings.mqtt_tls_port
        found.append(
            Listener(settings.mqtt_listen, tls_port, "--mqtt-tls-port", "LOKET_MQTT_TLS_PORT")
        )
    return list(dict.fromkeys(found))


def make_home(paths: Paths) -> None:
    """Make the hall's folders. Raises ConfigError if there is no place for them."""
    if len(os.fsencode(paths.denied_socket)) > MAX_SOCKET_PATH_BYTES:
        raise ConfigError(
            f"the home folder's path is too long ({paths.home}): sockets below it may have "
            f"{MAX_SOCKET_PATH_BYTES} bytes; use --home / LOKET_HOME for a shorter one",
            f"jalur folder ruang layanan terlalu panjang ({paths.home}): soket di dalamnya paling"
            f" banyak {MAX_SOCKET_PATH_BYTES} byte; pakai yang lebih pendek: --home / LOKET_HOME",
        )
    try:
        paths.make()
    except OSError as error:
        raise ConfigError(
            f"the home folder {paths.home} cannot be used: {error.strerror} "
            f"({error.filename}); mend it or use --home / LOKET_HOME",
            f"folder ruang layanan {paths.home} tidak dapat dipakai: {error.strerror}"
            f" ({error.filename}); perbaiki, atau pakai --home / LOKET_HOME",
        ) from error


def lock_hall(paths: Paths) -> IO[str]:
    """Become the one supervisor of a home until the given file is closed or this process ends.

    Raises ConfigError if there is another one.
    """
    path = paths.run / "supervisor.lock"
    lock = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        pid = lock.read().strip() or "unknown"
        lock.close()
        raise ConfigError(
            f"this hall is open already (process {pid}, home {paths.home}): stop that one, or "
            "use --home / LOKET_HOME for another hall",
            f"ruang layanan ini sudah buka (proses {pid}, folder {paths.home}): tutup dulu, atau"
            " pakai --home / LOKET_HOME untuk ruang layanan lain",
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def check_site_readable(site: Path) -> None:
    """Raise ConfigError if the site file cannot be read at all."""
    try:
        with site.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise ConfigError(
            f"the site file {site} cannot be read: {error.strerror}; "
            "mend it or use --site / LOKET_SITE",
            f"berkas site {site} tidak terbaca: {error.strerror}; perbaiki, atau pakai --site /"
            " LOKET_SITE",
        ) from error


def check_ports(wanted: list[Listener], after_a_kill: bool) -> None:
    """Raise ConfigError if one of the addresses cannot be listened on.

    `after_a_kill`: the last hall here was killed outright, so its programs get a moment to go.
    """
    names: dict[int, str] = {}
    for listener in wanted:
        if names.setdefault(listener.port, listener.variable) != listener.variable:
            raise ConfigError(
                f"port {listener.port} is given twice: {names[listener.port]} and "
                f"{listener.variable} must differ",
                f"port {listener.port} disebut dua kali: {names[listener.port]} dan"
                f" {listener.variable} harus berbeda",
            )
    give_up_s = time.monotonic() + (LEFTOVERS_S if after_a_kill else 0)
    for listener in wanted:
        trouble = _trouble(listener)
        while trouble is not None and time.monotonic() < give_up_s:
            time.sleep(ASK_EVERY_S)
            trouble = _trouble(listener)
        if trouble is not None:
            raise ConfigError(*trouble)


def _trouble(listener: Listener) -> tuple[str, str] | None:
    """Say what is wrong with an address, en and id, or None if one can listen there."""
    port, names = listener.port, f"{listener.flag} / {listener.variable}"
    try:
        family = socket.getaddrinfo(listener.host, None)[0][0]
        with socket.socket(family) as trial:
            # As servers do: a port whose last connections linger is free to listen on.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((listener.host, listener.port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"port {port} is taken by another program: stop it or use {names}",
                f"port {port} dipakai program lain: hentikan, atau pakai {names}",
            )
        if error.errno == errno.EACCES:
            return (
                f"port {port} is not for ordinary users: use {names} for one above 1023",
                f"port {port} bukan untuk pengguna biasa: pakai {names} di atas 1023",
            )
        return (
            f"cannot listen on {listener.host} port {port} ({error.strerror}): give an "
            "address of this machine with --mqtt-listen / LOKET_MQTT_LISTEN",
            f"tidak dapat mendengar di {listener.host} port {port} ({error.strerror}): beri alamat"
            " komputer ini dengan --mqtt-listen / LOKET_MQTT_LISTEN",
        )
    return None
