"""What the supervisor must know of a program."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def always() -> bool:
    """Say that a program needs no sign of being ready."""
    return True


@dataclass(frozen=True, slots=True)
class Spec:
    """One program: `ready` says, in well under a second, whether it does its work.

    `death_signal` is what it gets from the kernel if the supervisor is killed outright. SIGKILL
    cannot be ignored; a program with children of its own needs SIGTERM to end them first.
    `denied_to` is for the broker only: the socket that gets what it says of denied messages.
    `last` programs are ended after all others.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    ready: Callable[[], bool] = always
    death_signal: signal.Signals = signal.SIGKILL
    denied_to: Path | None = None
    last: bool = False
