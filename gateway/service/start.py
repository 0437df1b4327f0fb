"""Opening a hall for writing: lock, journal, snapshot and replay, site file."""

import fcntl
import os
import time
from collections.abc import Callable
from typing import IO

from firmware.wire import words
from gateway.config import ConfigError, Settings
from gateway.domain.hall import NO_SITE
from gateway.domain.site import Site
from gateway.fleet.lives import Lives
from gateway.fleet.presence import Presence
from gateway.fleet.register import Register
from gateway.journal import Journal
from gateway.service.answers import Answers
from gateway.service.faces import Faces
from gateway.service.snapshot import restore
from gateway.service.writer import Writer

_LOCK_EVERY_S = 0.05


class HallIsOpen(Exception):
    """Another process is this hall's writer."""


def lock_writer(settings: Settings, within_s: float = 0.0) -> IO[str]:
    """Become the hall's one writer until the given file is closed (or this process ends).

    Raises HallIsOpen if another process still is when `within_s` is over.
    """
    settings.paths.make()
    lock = open(settings.paths.writer_lock, "a+")  # noqa: SIM115  (held open on purpose)
    give_up_s = time.monotonic() + within_s
    while not _is_locked(lock):
        if time.monotonic() >= give_up_s:
            lock.close()
            raise HallIsOpen(f"another process writes the journal of {settings.paths.home}")
        time.sleep(_LOCK_EVERY_S)
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _is_locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def open_hall(
    settings: Settings, register: Register, now_ms: int, read_site: Callable[[], Site | str]
) -> tuple[Writer, Journal]:
    """Give the writer of a hall as its journal has it. The caller holds `lock_writer`.

    A hall without a site yet takes the site file's, which `read_site` gives; raises ConfigError
    if that is wrong. `now_ms` is UTC.
    """
    journal = Journal(settings.paths.journal, words.ANSWERS_KEPT)
    hall = restore(settings.paths, journal.events)
    answers = Answers(words.ANSWERS_KEPT)
    for answer in journal.answers(hall.day):
        answers.remember(answer)
    epoch = journal.new_epoch()
    writer = Writer(hall, journal, answers, Lives(), Presence(), Faces(epoch), epoch, register.keep)
    if hall.site == NO_SITE:
        found = read_site()
        problem = found if isinstance(found, str) else writer.load_site(found, now_ms)
        if problem is not None:
            journal.close()
            raise ConfigError(
                f"this hall has no settings yet, and its site file is wrong:\n{problem}"
            )
        writer.commit(now_ms)
    return writer, journal
