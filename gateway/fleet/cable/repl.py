"""A board's raw REPL without a reset: what is in its memory, such as its Wi-Fi, stays as it is."""

import time

from gateway.fleet.cable.line import Line

_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
_PIECE_BYTES = 128  # a board without flow control takes so much at once
_PIECE_S = 0.01
_END = b"\x04"
PROMPT = b">>> "
INTERRUPT = b"\r\x03"
TO_FRIENDLY = b"\r\x02"
ASK_PROMPT = b"\x02"  # at a prompt, MicroPython says who it is; a program is not disturbed
_TO_RAW = b"\r\x01"


def enter(line: Line, within_s: float) -> bool:
    """Get the raw REPL of a board that has a prompt; tell whether that went well."""
    line.say(_TO_RAW)
    return _BANNER in line.hear_until(_BANNER, within_s)


def execute(line: Line, source: str, within_s: float) -> tuple[str, str] | None:
    """Give output and error of a program, None if the board did not answer as it should."""
    data = source.encode()
    for at in range(0, len(data), _PIECE_BYTES):
        line.say(data[at : at + _PIECE_BYTES])
        time.sleep(_PIECE_S)
    line.say(_END)
    deadline = time.monotonic() + within_s
    said = b""
    # OK, the output, its end, the error, its end.
    while said.count(_END) < 2 and (left_s := deadline - time.monotonic()) > 0:
        said += line.hear(left_s)
    _, ok, rest = said.partition(b"OK")
    output, ended, rest = rest.partition(_END)
    error, ended, _ = rest.partition(_END)
    if not (ok and ended):
        return None
    return output.decode(errors="replace"), error.decode(errors="replace")


def leave(line: Line, within_s: float) -> None:
    """Give the board its prompt back, and wait for it: whoever comes next shall not hear it."""
    line.say(TO_FRIENDLY)
    line.hear_until(PROMPT, within_s)


def restart(line: Line) -> None:
    """Let the board start anew, from its raw REPL; the port may vanish for a moment."""
    line.say(b"import machine\nmachine.reset()\n" + _END)
