"""What a hall of thirty virtual boards costs: memory in all, and CPU while nobody presses.

Memory is the proportional set size of every process of the hall, so that what they share is
counted once. CPU is user and system time of all of them over a quiet stretch.
"""

import os
import time
from pathlib import Path

from tests.bench.results import Result, plain_result
from tests.bench.rigs import folder
from tests.support.hall_run import HallRun, hall
from tests.support.tools import ROOT, wait_for

FIGURES = ("hall_memory_mb", "hall_idle_cpu_pct")
COUNTERS, TICKETS, DISPENSERS = 20, 4, 6
SETTLE_S = 15.0
QUIET_S = 40.0
BAR_MB, BAR_PCT = 400.0, 10.0


def run() -> list[Result]:
    """Open the hall, let it settle, and look at its processes."""
    with folder() as here:
        site = here / "site.toml"
        site.write_text(_site())
        command = [str(ROOT / ".venv" / "bin" / "loket"), "run", "--demo"]
        with hall(command, here / "home", site) as running:
            boards = COUNTERS + TICKETS
            wait_for(lambda: _boards(running) >= boards, 30, f"{boards} boards to run")
            time.sleep(SETTLE_S)
            used = _cpu_s(running)
            started = time.monotonic()
            time.sleep(QUIET_S)
            pct = 100 * (_cpu_s(running) - used) / (time.monotonic() - started)
            memory_mb = sum(_pss_kb(pid) for pid in running.pids()) / 1_024
    return [
        plain_result("hall_memory_mb", memory_mb, "MB", BAR_MB),
        plain_result("hall_idle_cpu_pct", pct, "% of a core", BAR_PCT),
    ]


def _boards(running: HallRun) -> int:
    return sum(b"boards/virtual/board.py" in _command(pid) for pid in running.pids())


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""  # it has just ended


def _pss_kb(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass  # a sleeping dispenser has just ended: it uses nothing
    return 0


def _cpu_s(running: HallRun) -> float:
    # With the time of children that have ended and been waited for: sleeping boards start anew.
    ticks = 0
    for pid in running.pids():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # counted with its parent's children from now on
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _site() -> str:
    letters = "ABCDEFGHJKLMNPQRSTUV"
    lines = [
        "[site]", 'id = "thirty"', 'name = "Thirty boards"', 'zone = "Asia/Jakarta"',
        "sign_in = false", "reading_every_s = 30", "[hours]", 'open = "always"',
        "[[agencies]]", 'id = "a"', 'name = "A"',
    ]  # fmt: skip
    for letter in letters:
        lines += ["[[queues]]", f'prefix = "{letter}"', f'name = "{letter}"', 'agency = "a"']
    for number, letter in enumerate(letters, 1):
        lines += ["[[counters]]", f"number = {number}", f'queues = ["{letter}"]']
    for n in range(1, COUNTERS + 1):
        lines += ["[[boards]]", f'id = "counter-{n:02d}"', 'role = "counter"']
        lines += ['kind = "counter_led"', f"counter = {n}"]
    for n in range(1, TICKETS + 1):
        lines += ["[[boards]]", f'id = "ticket-{n:02d}"', 'role = "ticket"']
        lines += ['kind = "ticket_button"', 'queues = ["A", "B", "C", "E"]']
    for n in range(1, DISPENSERS + 1):
        lines += ["[[boards]]", f'id = "dispenser-{n:02d}"', 'role = "dispenser"']
        lines += ['kind = "refill_sensor"']
    return "\n".join(lines) + "\n"
