"""Where a hall keeps its things and how its processes find each other: home folder, ports, flags.

Every process of a hall reads the same environment; `loket run` fills it from its flags.
"""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DEFAULT_HTTP_PORT = 8080
# Not 1883, so that a broker the machine already runs may stay.
DEFAULT_MQTT_PORT = 18830
# Where boards connect with TLS, if the broker listens beyond this machine.
DEFAULT_MQTT_TLS_PORT = 8883
DEMO_SITE = PROJECT / "gateway" / "site" / "samples" / "demo.toml"

USER_GATEWAY = "gw"
USER_CONSOLE = "console"
USER_CLI = "cli"
USER_GPIO = "gpio"
USER_WORKSHOP = "workshop"
SERVICE_USERS = (USER_GATEWAY, USER_CONSOLE, USER_CLI, USER_GPIO, USER_WORKSHOP)


# LOKET_SERIAL: every USB port whose maker is known, or none at all.
SERIAL_USB = "usb"
SERIAL_OFF = "off"
DEFAULT_BAUD = 115_200

# sysexits.h: "something was found in an unconfigured or misconfigured state". A program that ends
# so before the hall was ever open says: starting me again with these settings is of no use.
EXIT_CONFIG = 78


class ConfigError(Exception):
    """A setting that cannot be used; the text names it and what is allowed.

    `text_id` is the same in Indonesian, where a technician meets it.
    """

    def __init__(self, text: str, text_id: str = "") -> None:
        super().__init__(text)
        self.text_id = text_id or text


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of one hall, all below its home folder."""

    home: Path

    @property
    def journal(self) -> Path:
        return self.home / "journal.sqlite3"

    @property
    def snapshots(self) -> Path:
        return self.home / "snapshots"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def broker(self) -> Path:
        return self.home / "broker"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def demo(self) -> Path:
        return self.home / "demo"

    @property
    def releases(self) -> Path:
        """Firmware releases that were imported, one folder each."""
        return self.home / "releases"

    @property
    def trusted(self) -> Path:
        """Public keys of others whose releases this hall takes: `NAME.pub`."""
        return self.home / "trusted"

    @property
    def workshop(self) -> Path:
        """What the workshop remembers: updates under way, the boards' health."""
        return self.home / "workshop"

    @property
    def writer_lock(self) -> Path:
        return self.run / "writer.lock"

    @property
    def snapshot_lock(self) -> Path:
        return self.run / "snapshot.lock"

    @property
    def broker_pid(self) -> Path:
        return self.run / "mosquitto.pid"

    @property
    def hall_socket(self) -> Path:
        return self.run / "hall.sock"

    @property
    def denied_socket(self) -> Path:
        return self.run / "denied.sock"

    def make(self) -> None:
        """Make the folders, those with secrets readable by their owner only."""
        self.home.mkdir(parents=True, exist_ok=True)
        for folder in (self.run, self.log, self.demo, self.snapshots, self.releases):
            folder.mkdir(exist_ok=True)
        for folder in (self.secrets, self.broker, self.workshop):
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.stat().st_mode & 0o077:
                folder.chmod(0o700)  # a copy that was put back may have come without its modes


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says; `mqtt_listen` is the address at which boards reach the broker."""

    paths: Paths
    http_port: int
    mqtt_port: int
    site: Path
    demo: bool
    mqtt_listen: str
    mqtt_tls_port: int
    insecure_lan: bool
    tls_cert: Path | None
    tls_key: Path | None
    # The kind of board that describes what hangs at this computer's own pins, "" for nothing.
    gpio: str = ""
    http_hosts: tuple[str, ...] = ()  # names, besides loopback's, that pages are asked for under
    # Where wired boards may be: (device, pattern of devices or `usb`, baud). Empty: nowhere.
    serial: tuple[tuple[str, int], ...] = ()

    @classmethod
    def from_env(cls, env: dict[str, str] | None = None) -> "Settings":
        """Give the settings of `env` (default: the process's own), or raise ConfigError."""
        got = dict(os.environ) if env is None else env
        return cls(
            paths=Paths(Path(got.get("LOKET_HOME") or PROJECT / ".loket").resolve()),
            http_port=_port(got, "LOKET_HTTP_PORT", DEFAULT_HTTP_PORT),
            mqtt_port=_port(got, "LOKET_MQTT_PORT", DEFAULT_MQTT_PORT),
            site=Path(got.get("LOKET_SITE") or DEMO_SITE).resolve(),
            demo=_flag(got, "LOKET_DEMO"),
            mqtt_listen=got.get("LOKET_MQTT_LISTEN") or "127.0.0.1",
            mqtt_tls_port=_port(got, "LOKET_MQTT_TLS_PORT", DEFAULT_MQTT_TLS_PORT),
            insecure_lan=_flag(got, "LOKET_INSECURE_LAN"),
            tls_cert=_path(got, "LOKET_TLS_CERT"),
            tls_key=_path(got, "LOKET_TLS_KEY"),
            gpio=_kind(got, "LOKET_GPIO"),
            http_hosts=tuple(got.get("LOKET_HTTP_HOSTS", "").lower().split()),
            serial=_serial(got),
        )

    def to_env(self) -> dict[str, str]:
        """Give the environment that makes `from_env` give these settings again."""
        return {
            "LOKET_HOME": str(self.paths.home),
            "LOKET_HTTP_PORT": str(self.http_port),
            "LOKET_MQTT_PORT": str(self.mqtt_port),
            "LOKET_SITE": str(self.site),
            "LOKET_DEMO": "1" if self.demo else "0",
            "LOKET_MQTT_LISTEN": self.mqtt_listen,
            "LOKET_MQTT_TLS_PORT": str(self.mqtt_tls_port),
            "LOKET_INSECURE_LAN": "1" if self.insecure_lan else "0",
            "LOKET_TLS_CERT": str(self.tls_cert or ""),
            "LOKET_TLS_KEY": str(self.tls_key or ""),
            "LOKET_GPIO": self.gpio,
            "LOKET_HTTP_HOSTS": " ".join(self.http_hosts),
            "LOKET_SERIAL": ",".join(f"{name}@{baud}" for name, baud in self.serial) or SERIAL_OFF,
        }


def _port(env: dict[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise ConfigError(
            f"{name} is {text!r}; a port from 1 to 65535 is needed",
            f"{name} berisi {text!r}; perlu port dari 1 sampai 65535",
        )
    return int(text)


def _flag(env: dict[str, str], name: str) -> bool:
    text = env.get(name) or "0"
    if text not in ("0", "1"):
        raise ConfigError(
            f"{name} is {text!r}; 0 or 1 is needed", f"{name} berisi {text!r}; perlu 0 atau 1"
        )
    return text == "1"


def _kind(env: dict[str, str], name: str) -> str:
    text = env.get(name, "")
    return "" if text == "off" else text


def _path(env: dict[str, str], name: str) -> Path | None:
    text = env.get(name)
    return Path(text).resolve() if text else None


def _serial(env: dict[str, str]) -> tuple[tuple[str, int], ...]:
    # A demo leaves the ports of its machine alone unless it is told to: they may be anybody's.
    default = SERIAL_OFF if _flag(env, "LOKET_DEMO") else SERIAL_USB
    text = env.get("LOKET_SERIAL", "").strip() or default
    if text == SERIAL_OFF:
        return ()
    found = []
    for item in text.split(","):
        name, at, baud = item.strip().partition("@")
        if (name != SERIAL_USB and not name.startswith("/")) or (at and not _is_baud(baud)):
            raise ConfigError(
                f"LOKET_SERIAL has {item.strip()!r}; allowed are `{SERIAL_OFF}`, or "
                f"`{SERIAL_USB}` and devices such as /dev/serial0@115200, with commas between them",
                f"LOKET_SERIAL berisi {item.strip()!r}; yang boleh: `{SERIAL_OFF}`, atau"
                f" `{SERIAL_USB}` dan perangkat seperti /dev/serial0@115200, dipisah koma",
            )
        found.append((name, int(baud) if at else DEFAULT_BAUD))
    return tuple(found)


def _is_baud(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1_200 < int(text) <= 4_000_000
