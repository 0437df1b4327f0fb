"""`python -m gateway.workshop`: the technicians' process. Ends with 78 on wrong settings."""

import logging
import os
import secrets
import signal
import sys
from types import FrameType

from gateway.config import EXIT_CONFIG, ConfigError, Settings
from gateway.fleet.doctor.newest import newest
from gateway.fleet.release import Releases
from gateway.fleet.update_keys import update_keys
from gateway.workshop.bench_boards import BenchBoards
from gateway.workshop.diagnosis import Diagnosis
from gateway.workshop.firmware_plans import FirmwarePlans
from gateway.workshop.fleet import Fleet
from gateway.workshop.health import Health
from gateway.workshop.jobs import Jobs
from gateway.workshop.link_plans import LinkPlans
from gateway.workshop.moves import Moves
from gateway.workshop.program import run
from gateway.workshop.release_desk import ReleaseDesk
from gateway.workshop.secret_plans import SecretPlans
from gateway.workshop.site_boards import SiteBoards
from gateway.workshop.trade import Trade
from gateway.workshop.updates import Updates
from gateway.workshop.wishes import Wishes

_NICE = 10  # presses come first, also where there is one core


def trades(settings: Settings) -> list[Trade]:
    """Give all that this workshop does."""
    paths = settings.paths
    fleet = Fleet()
    wishes = Wishes()
    releases = Releases(paths)
    updates = Updates(paths, fleet, lambda: update_keys(paths), secrets.token_hex(4))
    return [
        fleet,
        updates,
        FirmwarePlans(updates, fleet, releases),
        LinkPlans(updates, fleet),
        Health(paths.workshop, fleet),
        SecretPlans(paths, updates, fleet, wishes),
        Moves(paths, updates, fleet, wishes),
        ReleaseDesk(releases),
        Jobs(settings, wishes),
        BenchBoards(settings, wishes),
        SiteBoards(settings, fleet),
        wishes,
        Diagnosis(lambda: newest(paths)),
    ]


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.from_env()
    except ConfigError as error:
        print(f"workshop: {error}", file=sys.stderr)
        return EXIT_CONFIG
    os.nice(_NICE)
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    run(settings, trades(settings), lambda: stopping)
    return 0


if __name__ == "__main__":
    sys.exit(main())
