"""`python -m web_console`: serves the pages of the hall that the environment names."""

import logging
import sys

from gateway.config import ConfigError, Settings
from web_console.serve import LISTEN, listen, run


def main() -> int:
    """Serve until told to stop; give the exit status."""
    logging.basicConfig(
        level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    try:
        settings = Settings.from_env()
    except ConfigError as error:
        print(f"web console: {error}", file=sys.stderr)
        return 2
    try:
        listener = listen(settings.http_port)
    except OSError as error:
        print(
            f"web console: cannot serve on {LISTEN}:{settings.http_port} ({error.strerror});"
            " end what uses that port or set LOKET_HTTP_PORT to another",
            file=sys.stderr,
        )
        return 1
    run(settings, listener)
    return 0


if __name__ == "__main__":
    sys.exit(main())
