"""One look at a hall from the command line: what it publishes, or how far one gets."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from firmware.wire import topics
from gateway.cli.asking import has_writer, settings_of_hall
from gateway.cli.workshop import Line, workshop
from gateway.config import ConfigError, Settings
from gateway.fleet.doctor import HallFacts
from gateway.fleet.doctor.facts import CLOSED, NO_BROKER
from gateway.fleet.doctor.newest import newest
from gateway.fleet.doctor.view import View

_ALL = topics.PREFIX + "gw/#"
_PARTS = ("hall/boards", "hall/facilities", "hall/line")
_PARTS_WITHIN_S = 3.0  # they are retained: all there at once, unless the hall just opens
_BEAT_WITHIN_S = 6.5  # three beats


class Look:
    """What was seen of a hall: `open` tells whether it publishes; else `view` is empty."""

    def __init__(self, settings: Settings, view: View, line: Line | None) -> None:
        self.settings = settings
        self.view = view
        self.line = line
        self.open = line is not None

    def hall(self) -> HallFacts | None:
        """Give what is known of the gateway; None where there never was a hall."""
        paths = self.settings.paths
        if not self.open and not paths.journal.exists():
            return None
        if not self.open:
            state = NO_BROKER if has_writer(self.settings) else CLOSED
            return HallFacts(state, firmware=newest(paths)[0], number=newest(paths)[1])
        from gateway.fleet.address import address

        host, port = address(self.settings)
        tls = port == self.settings.mqtt_tls_port
        return self.view.hall(*now(), address=(host, port, tls), newest=newest(paths))


@contextmanager
def looking(*, beat: bool = False) -> Iterator[Look]:
    """Give a look at the hall of this environment, with the line to it while the block lasts.

    With `beat`, wait until its writer has shown that it lives, or has not in the time of three
    beats.
    """
    settings = settings_of_hall()
    view, line = View(), None
    with ExitStack() as stack:
        if settings.paths.journal.exists():
            # Nobody at the broker's port: then it is told what is known without it.
            with suppress(ConfigError):
                line = stack.enter_context(workshop(_ALL))
        if line is not None:
            _fill(line, view, beat)
        yield Look(settings, view, line)


def _fill(line: Line, view: View, beat: bool) -> None:
    missing = {*_PARTS, "state"} | ({"beat"} if beat else set())
    began = time.monotonic()
    for topic, payload in line.news(_BEAT_WITHIN_S if beat else _PARTS_WITHIN_S):
        leaf = topic.removeprefix(topics.PREFIX + "gw/")
        view.hear(leaf, payload, now()[0])
        missing.discard(leaf)
        late = time.monotonic() - began > _PARTS_WITHIN_S
        if not missing or (late and missing.isdisjoint({"beat"})):
            return


def now() -> tuple[int, int]:
    return time.monotonic_ns() // 1_000_000, time.time_ns() // 1_000_000
