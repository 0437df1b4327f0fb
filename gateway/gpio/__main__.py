"""`python -m gateway.gpio`: serves the pins of this computer. Ends with 78 on wrong settings."""

import logging
import signal
import sys
from types import FrameType

from gateway.config import EXIT_CONFIG, ConfigError, Settings
from gateway.gpio.blinka import BlinkaPins
from gateway.gpio.program import run
from gateway.gpio.wiring import read_wiring


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.from_env()
        if not settings.gpio:
            raise ConfigError("LOKET_GPIO names no kind of board, so there is nothing to serve")
        wiring = read_wiring(settings.gpio)
    except ConfigError as error:
        print(f"gpio: {error}", file=sys.stderr)
        return EXIT_CONFIG
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    run(settings, BlinkaPins(wiring), lambda: stopping)
    return 0


if __name__ == "__main__":
    sys.exit(main())
