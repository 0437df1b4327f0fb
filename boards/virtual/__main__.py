"""`python -m boards.virtual`: the hall of virtual boards of one LOKET_HOME, in the foreground."""

import asyncio
import os
import signal
from pathlib import Path

from boards.virtual.hall import Hall

ROOT = Path(__file__).resolve().parents[2]


async def main() -> None:
    """Run the hall until SIGTERM, SIGINT or the end of whoever started it."""
    home = Path(os.environ.get("LOKET_HOME") or ROOT / ".loket").resolve()
    hall = Hall(home / "demo", home / "run" / "hall.sock")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, hall.stop)
    await hall.run()


asyncio.run(main())
