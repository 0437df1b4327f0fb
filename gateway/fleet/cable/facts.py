"""What is known of a board over its cable. Data only: probe.py finds it out, doctor judges it.

Nothing in here is checked: texts are what the board or its files say, and may be anything.
"""

from dataclasses import dataclass, field

# How far the probe came (`CableFacts.state`).
NO_PORT = "no_port"  # no board's port is there at all
SEVERAL = "several"  # more than one, and none was named: see `ports`
NO_PERMISSION = "no_permission"
TAKEN = "taken"  # another program holds it
SERVED = "served"  # the hall's bridge holds it, and serves the board there
GONE = "gone"  # it vanished while it was looked at
SILENT = "silent"  # it opens, and nothing comes from it
GARBAGE = "garbage"  # what comes is no text: another baud rate, noise, no board
HANGS = "hangs"  # a program runs that Ctrl-C does not stop
RUNNING = "running"  # a program runs, and was left alone
REPL = "repl"  # MicroPython answers: the board's files were looked at
STATES = (
    NO_PORT, SEVERAL, NO_PERMISSION, TAKEN, SERVED, GONE, SILENT, GARBAGE, HANGS, RUNNING, REPL,
)  # fmt: skip

# What was found of settings.json (`CableFacts.settings`); "" while it was not looked at.
OK = "ok"
MISSING = "missing"
TORN = "torn"  # no JSON object


@dataclass(frozen=True, slots=True)
class CableFacts:
    """What a cable tells. None, "" and () stand for what was not found out, or is not there."""

    state: str
    port: str = ""  # such as /dev/ttyACM0
    ports: tuple[str, ...] = ()  # every port that may be a board's
    group: str = ""  # whose members may open the port, when we may not
    holder: str = ""  # the program that holds it
    holder_pid: int | None = None
    detail: str = ""  # the system's own words, where something failed
    # Of the interpreter.
    chip: str = ""  # sys.platform: rp2, esp32, linux (a virtual board)
    machine: str = ""  # sys.implementation._machine
    micropython: tuple[int, ...] = ()  # such as (1, 26, 1)
    mpy: int | None = None  # the version of .mpy that it loads
    # Of the board's files.
    settings: str = ""  # OK, MISSING or TORN
    settings_lack: tuple[str, ...] = ()  # fields that are needed and not there
    board: str = ""
    role: str = ""
    kind: str = ""
    secret: str = field(default="", repr=False)  # to compare, never to show
    host: str = ""
    host_port: int | None = None
    tls: bool | None = None
    ca: bool | None = None  # the certificate is there
    networks: tuple[str, ...] = ()  # names of the Wi-Fi networks it knows
    firmware: str | None = None  # its version; None: not looked at, "": none is there
    number: int | None = None
    slot: str = ""  # "a", "b", "" for none
    trial: bool | None = None  # boot.json: the running slot is on trial
    crashes: int | None = None  # boot.json: starts in a row without an accepted hello
    free_flash_bytes: int | None = None
    # Of the network, where MicroPython could be asked.
    wifi_status: int | None = None  # network.WLAN.status()
    # What it printed while we listened, oldest first, as it came but for its ends of line.
    lines: tuple[str, ...] = ()
    heard_ms: int = 0  # for how long we listened
