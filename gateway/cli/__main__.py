"""`python -m gateway.cli` is `loket`."""

import signal
import sys

if __name__ == "__main__":
    # Ctrl-C ends a command at once and without a traceback; `loket run` takes it over later.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gateway.cli import main

    sys.exit(main())
