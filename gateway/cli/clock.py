"""`loket clock`: what the hall holds of its machine's clock; `accept` says that it is right."""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from firmware.wire import words
from gateway.config import ConfigError, Settings

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

_VOUCHED = {
    True: "NTP vouches for it",
    False: "NTP does not vouch for it",
    None: "whether NTP vouches for it cannot be told here",
}
_HELD = {
    "behind": "earlier than the hall knows it to be",
    "ahead": "later than the hall believes",
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
        raise ConfigError(f"the hall on {settings.paths.home} has never been open")

    def local(ms: int) -> str:
        return datetime.fromtimestamp(ms // 1000, ZoneInfo(view.zone)).strftime("%F %T %Z")

    print(f"machine  {local(view.system_ms)}; {_VOUCHED[view.synced]}")
    print(f"hall     business day {view.day}, newest event {local(view.known_ms)}")
    if view.since_ms is None or view.showed_ms is None:
        print("The hall's time is the machine's.")
        return 0
    print(
        f"The machine's clock is not believed ({view.state}): it is {_HELD[view.state]}.\n"
        f"The hall's time goes on by itself from {local(view.since_ms)}, when the clock showed"
        f" {local(view.showed_ms)}.\n"
        "Set the clock right, or connect the machine to the internet. If it is right as it is:"
        " loket clock accept"
    )
    return 0


def run_accept(args: argparse.Namespace) -> int:
    """Say that the machine's clock is right; give 0, or ConfigError if it is believed anyway."""
    from gateway.cli.asking import ask_hall

    _, receipt = ask_hall({"ev": "clock_accept"})
    if receipt["st"] != words.ACCEPTED:
        why = str(receipt.get("why", receipt["st"]))
        if why == words.WRONG_STATE:
            raise ConfigError("there is nothing to accept: the machine's clock is believed")
        raise ConfigError(f"the hall refused: {why}")
    print("The machine's clock is accepted: the hall's time goes on with it.")
    return 0
