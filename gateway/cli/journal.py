"""`loket journal check | snapshot`: is the snapshot what the events say, and make one now.

Both only read the journal, so the hall may be open or closed.
"""

import argparse
import sys
import time
from typing import TYPE_CHECKING

from gateway.config import ConfigError, Settings

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(subparsers: "SubParsers") -> None:
    """Add `journal` with its own sub-commands; they set `run`."""
    journal = subparsers.add_parser("journal", help="check the journal and its snapshot")
    commands = journal.add_subparsers(dest="journal_command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="replay all events and compare with the snapshot")
    check.set_defaults(run=run_check)
    snapshot = commands.add_parser("snapshot", help="make a snapshot anew from all events")
    snapshot.set_defaults(run=run_snapshot)


def run_check(_args: argparse.Namespace) -> int:
    """Print what a replay of the whole journal finds; 1 if something is wrong."""
    from gateway.journal import JournalError
    from gateway.service.snapshot_check import check

    settings = _settings()
    try:
        report = check(settings.paths)
    except JournalError as error:
        return _fail(str(error))
    for sentence in report.sentences:
        print(sentence)
    return 0 if report.ok else 1


def run_snapshot(_args: argparse.Namespace) -> int:
    """Make a snapshot from the first event on, whatever there was before; 1 with the reason."""
    from gateway.journal import JournalError
    from gateway.journal.plain import CannotStore
    from gateway.service.snapshot import BeingMade, make

    settings = _settings()
    started = time.monotonic()
    try:
        made = make(settings.paths, afresh=True)
    except BeingMade:
        return _fail("another process is making a snapshot just now: try again in a minute")
    except (JournalError, CannotStore) as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"the snapshot cannot be written: {error}")
    took_s = time.monotonic() - started
    print(f"{made.file} holds the hall as of event {made.upto}. That took {took_s:.1f} s.")
    return 0


def _settings() -> Settings:
    settings = Settings.from_env()
    if not settings.paths.journal.exists():
        raise ConfigError(f"there is no journal in {settings.paths.home}: no hall was opened there")
    return settings


def _fail(text: str) -> int:
    print(f"loket: {text}", file=sys.stderr)
    return 1
