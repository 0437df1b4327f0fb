"""`loket run`: look whether a hall can be opened here, then open it and keep it running."""

import argparse
import os
import select
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gateway.config import PROJECT, ConfigError, Settings
from gateway.fleet import broker_files
from gateway.fleet.people import DEMO_PERSON, make_demo_person
from gateway.gpio.wiring import read_wiring
from gateway.supervise import preflight, state_file
from gateway.supervise.bounded_log import BoundedLog
from gateway.supervise.hall import MissingTool, hall_specs
from gateway.supervise.supervisor import CannotStart, Supervisor

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

# flag -> (environment variable it stands for, what its value is, help)
VALUES = {
    "--home": ("LOKET_HOME", "FOLDER", "where the hall keeps everything (default: .loket)"),
    "--site": ("LOKET_SITE", "FILE", "the site file (default: the demo hall's)"),
    "--http-port": ("LOKET_HTTP_PORT", "PORT", "port of the pages (default: 8080)"),
    "--http-hosts": ("LOKET_HTTP_HOSTS", "NAMES", "other names that pages are asked for under"),
    "--mqtt-port": ("LOKET_MQTT_PORT", "PORT", "port of the broker (default: 18830)"),
    "--mqtt-listen": ("LOKET_MQTT_LISTEN", "ADDRESS", "address for boards (default: 127.0.0.1)"),
    "--mqtt-tls-port": ("LOKET_MQTT_TLS_PORT", "PORT", "port of the broker with TLS"),
    "--serial": ("LOKET_SERIAL", "PORTS", "where wired boards are: off, usb, /dev/serial0@115200"),
    "--tls-cert": ("LOKET_TLS_CERT", "FILE", "certificate for boards that are not on loopback"),
    "--tls-key": ("LOKET_TLS_KEY", "FILE", "its private key"),
    "--gpio": ("LOKET_GPIO", "KIND", "what hangs at this computer's pins, such as gateway_pi"),
}
SWITCHES = {
    "--demo": ("LOKET_DEMO", "open the hall of virtual boards as well"),
    "--insecure-lan": ("LOKET_INSECURE_LAN", "listen without TLS; every page then warns"),
}


def add_parser(subparsers: "SubParsers") -> None:
    """Add `run` with its flags; each has an environment variable, which it overrides."""
    parser = subparsers.add_parser(
        "run",
        help="open the hall and keep it running until Ctrl-C",
        description="Open the hall and keep it running until Ctrl-C or SIGTERM.",
    )
    for flag, (variable, value, text) in VALUES.items():
        parser.add_argument(flag, dest=variable, metavar=value, help=f"{text} [{variable}]")
    for flag, (variable, text) in SWITCHES.items():
        parser.add_argument(
            flag,
            dest=variable,
            action=argparse.BooleanOptionalAction,
            help=f"{text} [{variable}=1]",
        )
    parser.set_defaults(run=run)


def settings_of(args: argparse.Namespace, env: dict[str, str]) -> Settings:
    """Give the settings of the environment `env` with the given flags over it."""
    merged = dict(env)
    for variable, _, _ in VALUES.values():
        if (value := getattr(args, variable)) is not None:
            merged[variable] = value
    for variable, _ in SWITCHES.values():
        if (switch := getattr(args, variable)) is not None:
            merged[variable] = "1" if switch else "0"
    return Settings.from_env(merged)


def run(args: argparse.Namespace) -> int:
    """Open the hall and give 0 once it was told to stop; 1 after a sentence if it cannot open."""
    settings = settings_of(args, dict(os.environ))
    broker_files.check_listener(settings)
    preflight.check_site_readable(settings.site)
    if settings.gpio:
        read_wiring(settings.gpio)
    preflight.make_home(settings.paths)
    with preflight.lock_hall(settings.paths):
        killed = state_file.remove(settings)
        preflight.check_ports(preflight.listeners(settings), after_a_kill=killed)
        try:
            specs = hall_specs(settings, broker_files.prepare(settings))
        except MissingTool as error:
            raise ConfigError(str(error)) from error
        teller = Teller(settings)
        _tell_of_a_refused_site(settings, teller)
        env = {**os.environ, **settings.to_env()}
        try:
            Supervisor(specs, env, PROJECT, teller.say, teller.opened).run()
        except CannotStart as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            state_file.remove(settings)
            teller.close()
    return 0


def _tell_of_a_refused_site(settings: Settings, teller: "Teller") -> None:
    # A new hall cannot open with a wrong site file, and its gateway says why. One that has been
    # open before keeps its old settings: whoever starts it must not take them for the file's.
    if not settings.paths.journal.exists():
        return
    from gateway.service.site_file import read_site

    found = read_site(settings.site)
    if isinstance(found, str):
        teller.say(f"The site file is refused; the hall keeps its old settings. {found}")


class Teller:
    """Tells people and programs how the hall is: standard output, log/supervisor.log, hall.json."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._log = BoundedLog(settings.paths.log / "supervisor.log")
        self._address_told = False

    def say(self, text: str) -> None:
        """Give one line to whoever looks, now or later."""
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._log.write(f"{stamp} {text}\n".encode())
        self._show(text)

    def _show(self, text: str) -> None:
        out = sys.stdout.fileno()
        # A terminal that is held (Ctrl-S) or a pipe that nobody reads must not hold the hall.
        if select.select([], [out], [], 0)[1]:
            # And one that is gone is no reason to end: the log has it all.
            with suppress(OSError):
                os.write(out, f"{text}\n".encode())

    def opened(self, pids: dict[str, int]) -> None:
        """Note the programs' process ids; the first time also tell the address."""
        try:
            state_file.write(self._settings, pids)
        except OSError as error:  # a full disk must not end the hall: it goes on when there is room
            self.say(
                f"{state_file.path_of(self._settings)} cannot be written ({error.strerror}):"
                " it does not name the newest processes"
            )
        if not self._address_told:
            self._address_told = True
            self.say(f"Loket is open: {state_file.address(self._settings)}  (Ctrl-C stops it)")
            if self._settings.demo:
                self._tell_demo_password()

    def _tell_demo_password(self) -> None:
        try:
            password = make_demo_person(self._settings.paths)
        except OSError as error:
            self.say(f"Nobody can sign in: no password can be kept ({error.strerror})")
            return
        if password is not None:
            # Shown and not said: what is said stands in a log.
            self._show(
                f"Technicians sign in as {DEMO_PERSON} with {password}"
                f"  (forgotten: `loket person password {DEMO_PERSON}`)"
            )

    def close(self) -> None:
        """Let go of the log."""
        self._log.close()
