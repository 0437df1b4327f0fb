"""`python -m gateway.service.snapshot_maker`: make a snapshot of the hall at LOKET_HOME, and end.

The gateway starts it beside itself and gives it what the machine has to spare. It ends as soon
as the gateway does.
"""

import logging
import os
import sys

from gateway.config import ConfigError, Settings
from gateway.journal import JournalError
from gateway.journal.plain import CannotStore
from gateway.service.snapshot import BeingMade, NotWanted, make

_log = logging.getLogger("snapshot")


def main() -> int:
    """Give 0 if there is a new snapshot or another process makes one, else 1 with the reason."""
    gateway = os.getppid()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        made = make(Settings.from_env().paths, wanted=lambda: os.getppid() == gateway)
    except (BeingMade, NotWanted):
        return 0
    except (ConfigError, JournalError, CannotStore, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    _log.info("snapshot of event %d, %d of them replayed", made.upto, made.replayed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
