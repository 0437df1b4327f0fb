"""mosquitto's configuration: who may connect, and the topics each may write and read (rule 8)."""

import ipaddress
import os
import ssl
from collections.abc import Iterable
from pathlib import Path

from firmware.wire import codec, topics
from gateway.config import SERVICE_USERS, USER_GATEWAY, USER_WORKSHOP, ConfigError, Settings
from gateway.fleet.secrets import (
    board_hashes,
    hash_secret,
    new_secret,
    service_secret,
    write_private,
)

# Whoever can connect as this user proves that the broker has read the newest password file.
USER_PROBE = "probe"


# What the workshop may tell boards and answer consoles, besides its own state.
_WORKSHOP_SAYS = (topics.DN_UPDATE, topics.DN_CHUNK, topics.DN_ANSWER)


def prepare(settings: Settings) -> Path:
    """Write all of the broker's files and give the path of its mosquitto.conf.

    At this point only the hall's own users may connect; the gateway adds its boards when it
    has read them from its journal (`write_passwords`), and keeps what stands there until then.
    """
    settings.paths.make()
    broker = settings.paths.broker
    if not (broker / "passwords").exists():
        write_passwords(settings, [])
    write_private(broker / "acl", _acl())
    conf = broker / "mosquitto.conf"
    write_private(conf, _conf(settings))
    return conf


def write_passwords(settings: Settings, boards: Iterable[str]) -> str:
    """Write the password file for the hall's users and `boards`; give the probe's new secret.

    A board without a secret of its own is left out: it cannot connect.
    """
    paths = settings.paths
    probe = new_secret()
    hashes = board_hashes(paths)
    lines = [f"{user}:{hash_secret(service_secret(paths, user))}" for user in SERVICE_USERS]
    lines.append(f"{USER_PROBE}:{hash_secret(probe)}")
    lines.extend(f"{board}:{hashes[board]}" for board in sorted(boards) if board in hashes)
    write_private(paths.broker / "passwords", "\n".join(lines) + "\n")
    return probe


def is_loopback(address: str) -> bool:
    """Tell whether an address (or "localhost") can be reached from this machine only."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class _Locked(Exception):
    pass


def _no_password() -> str:
    # The broker could not ask for one either: it has no terminal.
    raise _Locked("the key has a password")


def check_listener(settings: Settings) -> None:
    """Raise ConfigError when the broker would listen where its settings do not protect it."""
    if is_loopback(settings.mqtt_listen):
        return
    try:
        ipaddress.ip_address(settings.mqtt_listen)
    except ValueError:
        raise ConfigError(
            f"--mqtt-listen {settings.mqtt_listen!r} is not an IP address, such as 192.0.2.10"
        ) from None
    if settings.insecure_lan:
        return
    if settings.tls_cert is None or settings.tls_key is None:
        raise ConfigError(
            f"the broker may listen on {settings.mqtt_listen} only with TLS: give --tls-cert and"
            " --tls-key (or --insecure-lan, which lets anybody on that network read along)"
        )
    for file in (settings.tls_cert, settings.tls_key):
        if not os.access(file, os.R_OK):
            raise ConfigError(f"the TLS file {file} cannot be read")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            settings.tls_cert, settings.tls_key, password=_no_password
        )
    except (ssl.SSLError, _Locked) as error:
        reason = getattr(error, "reason", None) or str(error)
        raise ConfigError(
            f"the TLS certificate {settings.tls_cert} and its key {settings.tls_key} cannot be"
            f" used ({reason}): give a PEM certificate, the key that belongs to it, no password"
        ) from error


def _acl() -> str:
    p = topics.PREFIX
    return (
        f"user {USER_GATEWAY}\ntopic readwrite {p}#\n\n"
        + "".join(
            f"user {user}\ntopic read {p}gw/#\n\n" for user in SERVICE_USERS if user != USER_GATEWAY
        )
        + f"user {USER_WORKSHOP}\ntopic read {p}+/up/#\ntopic readwrite {p}gw/fleet/#\n"
        + "".join(f"topic write {p}+/{leaf}\n" for leaf in _WORKSHOP_SAYS)
        + f"\npattern write {p}%u/up/#\npattern read {p}%u/dn/#\n"
        f"pattern read {topics.GW_STATE}\npattern read {topics.GW_BEAT}\n"
    )


def _conf(settings: Settings) -> str:
    paths = settings.paths
    lines = [
        "# Written by Loket at each start; changes here are lost.",
        "per_listener_settings false",
        "allow_anonymous false",
        f"password_file {paths.broker / 'passwords'}",
        f"acl_file {paths.broker / 'acl'}",
        f"pid_file {paths.broker_pid}",
        # Without this a message waits for the last one's acknowledgement: 44 ms.
        "set_tcp_nodelay true",
        # The journal is the store; the broker is a cache that we refill (rule 7).
        "persistence false",
        # Oversize is dropped (max_packet_size would disconnect the sender for ever).
        f"message_size_limit {codec.MAX_CONSOLE_UP_BYTES}",
        "max_inflight_messages 0",
        "max_queued_messages 10000",
        # "debug" tells of denied and oversize messages, which MQTT 3.1.1 never tells the sender,
        # and of refused logins; "notice" of who comes, and from where. The supervisor picks what
        # counts (supervise/broker_log.py).
        "log_dest stdout",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "log_type debug",
        "connection_messages true",
        "log_timestamp false",
    ]
    if os.geteuid() == 0:
        # Else a broker started by root becomes a user who cannot read these files.
        lines.append("user root")
    # The hall's own processes always use the plain listener on loopback. An unprotected one for
    # the network takes its place, so that a wildcard address does not collide with it.
    plain = settings.mqtt_listen if settings.insecure_lan else "127.0.0.1"
    lines += ["", f"listener {settings.mqtt_port} {plain}", "use_username_as_clientid true"]
    if settings.insecure_lan and not _covers_loopback(plain):
        lines += ["", f"listener {settings.mqtt_port} 127.0.0.1", "use_username_as_clientid true"]
    if settings.tls_cert is not None and settings.tls_key is not None:
        lines += [
            "",
            f"listener {settings.mqtt_tls_port} {settings.mqtt_listen}",
            "use_username_as_clientid true",
            f"certfile {settings.tls_cert}",
            f"keyfile {settings.tls_key}",
            "tls_version tlsv1.2",
        ]
    return "\n".join(lines) + "\n"


def _covers_loopback(address: str) -> bool:
    return is_loopback(address) or ipaddress.ip_address(address).is_unspecified
