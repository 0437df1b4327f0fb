"""`loket clock`: what the hall holds of its machine's clock; `accept` says that it is right."""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from firmware.wire import words
from gateway.cli.language import said
from gateway.config import ConfigError, Settings

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

_VOUCHED = {
    True: ("NTP membenarkannya", "NTP vouches for it"),
    False: ("NTP tidak membenarkannya", "NTP does not vouch for it"),
    None: (
        "apakah NTP membenarkannya tidak dapat diketahui di sini",
        "whether NTP vouches for it cannot be told here",
    ),
}
_HELD = {
    "behind": (
        "tertinggal dari yang diketahui ruang layanan",
        "earlier than the hall knows it to be",
    ),
    "ahead": ("lebih maju dari yang dipercaya ruang layanan", "later than the hall believes"),
}


def add_parser(subparsers: "SubParsers") -> None:
    """Add `clock` with its own sub-command; both set `run`."""
    clock = subparsers.add_parser("clock", help="show whether the machine's clock is believed")
    clock.set_defaults(run=run_show)
    commands = clock.add_subparsers(dest="clock_command", metavar="COMMAND")
    accept = commands.add_parser("accept", help="say that the machine's clock is right as it is")
    accept.set_defaults(run=run_accept)


def run_show(args: argparse.Namespace) -> int:
    """Print both times and what is held of the machine's; give 0."""
    from gateway.journal import JournalError
    from gateway.service.clock_view import clock_view

    settings = Settings.from_env()
    try:
        view = clock_view(settings)
    except JournalError as error:
        raise ConfigError(str(error)) from error
    if view is None:
        raise ConfigError(
            f"the hall on {settings.paths.home} has never been open",
            f"ruang layanan di {settings.paths.home} belum pernah dibuka",
        )

    def local(ms: int) -> str:
        return datetime.fromtimestamp(ms // 1000, ZoneInfo(view.zone)).strftime("%F %T %Z")

    vouched, day, known = said(*_VOUCHED[view.synced]), view.day, local(view.known_ms)
    print(f"{said('komputer      ', 'machine ')} {local(view.system_ms)}; {vouched}")
    print(
        said(
            f"ruang layanan  hari layanan {day}, peristiwa terbaru {known}",
            f"hall     business day {day}, newest event {known}",
        )
    )
    if view.since_ms is None or view.showed_ms is None:
        print(
            said("Waktu ruang layanan sama dengan komputer.", "The hall's time is the machine's.")
        )
        return 0
    held, since, showed = said(*_HELD[view.state]), local(view.since_ms), local(view.showed_ms)
    print(
        said(
            f"Jam komputer tidak dipercaya ({view.state}): {held}.\n"
            f"Waktu ruang layanan berjalan sendiri sejak {since}, saat jam itu menunjuk {showed}.\n"
            "Betulkan jamnya, atau sambungkan komputer ke internet. Bila jam itu yang benar:"
            " loket clock accept",
            f"The machine's clock is not believed ({view.state}): it is {held}.\n"
            f"The hall's time goes on by itself from {since}, when the clock showed {showed}.\n"
            "Set the clock right, or connect the machine to the internet. If it is right as it is:"
            " loket clock accept",
        )
    )
    return 0


def run_accept(args: argparse.Namespace) -> int:
    """Say that the machine's clock is right; give 0, or ConfigError if it is believed anyway."""
    from gateway.cli.asking import ask_hall

    _, receipt = ask_hall({"ev": "clock_accept"})
    if receipt["st"] != words.ACCEPTED:
        why = str(receipt.get("why", receipt["st"]))
        if why == words.WRONG_STATE:
            raise ConfigError(
                "there is nothing to accept: the machine's clock is believed",
                "tidak ada yang perlu diterima: jam komputer dipercaya",
            )
        raise ConfigError(f"the hall refused: {why}", f"ruang layanan menolak: {why}")
    print(
        said(
            "Jam komputer diterima: waktu ruang layanan berjalan bersamanya.",
            "The machine's clock is accepted: the hall's time goes on with it.",
        )
    )
    return 0
