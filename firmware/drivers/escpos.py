"""Ticket printers that speak ESC/POS on a serial line.

Commands and answers: Epson's ESC/POS command reference, by their names; all that is used is also
in the printers of 58 mm paper that cost little. Texts are plain ASCII: which code pages such a
printer has nobody knows, and any byte below 0x20 would be a command.
"""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

READY = "ready"
PAPER_LOW = "paper_low"
PAPER_OUT = "paper_out"
COVER_OPEN = "cover_open"
SILENT = "silent"
PRINTS = (READY, PAPER_LOW)  # the states in which a slip comes out

# DLE EOT 2, 3 and 4: why it is offline, which error, how much paper. Answered at once, even while
# it prints or cannot. Not every printer knows all three, and the answers do not say what they
# answer: ask one by one, and wait for each.
ASKS = (b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04")
_LIVE_MASK = const(0x93)  # the fixed bits of such an answer: 0..1 ..10
_LIVE = const(0x12)
_COVER = const(0x04)  # DLE EOT 2
_STOPPED = const(0x20)  # DLE EOT 2: there is no paper
_ERROR = const(0x2C)  # DLE EOT 3: jam, cutter, hardware. Bit 6, a hot head, passes by itself.
_END = const(0x60)  # DLE EOT 4
_NEAR_END = const(0x0C)

# GS r 1 stands at the end of each slip: it is handled in its turn, after the cut, which waits for
# the paper; a printer that ran out of paper or was opened on the way goes offline and never gets
# there. So its answer is the proof that the slip came out. DLE EOT cannot be: it overtakes what
# is printing. GS ( H, made for this, is not in printers that cost little.
ASK_DONE = b"\x1dr\x01"
_DONE_MASK = const(0x90)  # the fixed bits of its answer: 0..0 ....

_MOST_SCALE = const(6)  # A012 is then 36 mm wide and 18 mm tall

# What stands for the letters from 0xC0 to 0xFF of Latin-1.
_LATIN = b"AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty"


def plain(text: str) -> bytes:
    """Give a text in ASCII: letters without their accents, straight quotes and dashes, a "?" for
    each other character, a space for a control character."""
    out = bytearray()
    lead = 0  # the first byte, or two, of a character of several
    for code in text.encode():
        if code < 0x80:
            out.append(code if 0x20 <= code < 0x7F else 0x20)
        elif code >= 0xC0:
            lead = code
            out.append(0x3F)
        elif lead == 0xC3:
            out[-1] = _LATIN[code - 0x80]
        elif lead == 0xE2 and code == 0x80:
            lead = 0xE280  # general punctuation
        elif lead == 0xE280:
            if 0x90 <= code <= 0x95:
                out[-1] = 0x2D
            elif 0x98 <= code <= 0x9B:
                out[-1] = 0x27
            elif 0x9C <= code <= 0x9F:
                out[-1] = 0x22
            lead = 0
    return bytes(out)


def wrapped(text: str, columns: int) -> bytes:
    """Give a text in lines of at most `columns`, each with its end: broken between words, within
    a word only where it is longer than a line."""
    out = b""
    line = b""
    for word in plain(text).split():
        if line and len(line) + 1 + len(word) > columns:
            out += line + b"\n"
            line = b""
        line = line + b" " + word if line else word
        while len(line) > columns:
            out += line[:columns] + b"\n"
            line = line[columns:]
    return out + line + b"\n" if line else out


def qr_bytes(data: bytes) -> bytes:
    """Give what makes the printer draw a QR code (GS ( k): model 2, correction M, modules of
    6 dots (0.75 mm), which any telephone reads; at most 251 bytes fit paper of 58 mm."""
    size = len(data) + 3
    return (
        b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1"
        + bytes((0x1D, 0x28, 0x6B, size & 0xFF, size >> 8))
        + b"1P0"
        + data
        + b"\x1d(k\x03\x001Q0"
    )


def slip_bytes(slip: "dict[str, Any]", paper_mm: int = 58) -> bytes:
    """Give what prints and cuts a slip, and ends with ASK_DONE.

    `slip` has `ticket`, and where there are any `head`, `lines`, `qr` (what the code says) and
    `foot`, ready to print; `paper_mm` is 58 (32 columns) or 80 (48).
    """
    columns = 48 if paper_mm >= 80 else 32
    ticket = plain(slip["ticket"])
    scale = max(1, min(_MOST_SCALE, columns // max(1, len(ticket)))) - 1
    out = b"\x1b@\x1ba\x01"  # reset what a slip before may have left; centred
    if slip.get("head"):
        out += b"\x1bE\x01" + wrapped(slip["head"], columns) + b"\x1bE\x00"
    out += bytes((0x1D, 0x21, scale << 4 | scale)) + ticket + b"\n\x1d!\x00"
    for line in slip.get("lines", ()):
        out += wrapped(line, columns)
    if slip.get("qr"):
        out += qr_bytes(slip["qr"].encode())
    if slip.get("foot"):
        out += wrapped(slip["foot"], columns)
    return out + b"\x1bd\x04\x1dV\x01" + ASK_DONE


def void_bytes(ticket: str) -> bytes:
    """Give what marks the paper of a slip that failed, should the rest of it still come out.

    It may have ended within a command, which takes up to a QR code's bytes for its own.
    """
    return b"\0" * 256 + b"\x1b@" + plain(ticket) + b" BATAL\n\x1bd\x04\x1dV\x01"


def is_done(heard: "bytes | None") -> bool:
    """Tell whether the answer to ASK_DONE is in what was heard since.

    A cable that is pulled may leave a byte just like it: only a printer that then still answers
    ASKS with one of PRINTS has printed.
    """
    return any(not byte & _DONE_MASK for byte in heard or b"")


def state_of(answers: "Sequence[bytes | None]") -> str:
    """Give the state of a printer from what was heard after each of ASKS (None: nothing).

    What is no answer to them is passed over. An error within is `cover_open` as well: somebody
    must open it and look.
    """
    found = []
    for heard in answers:
        status = 0
        for byte in heard or b"":
            if byte & _LIVE_MASK == _LIVE:
                status = byte
        found.append(status)
    offline, error, paper = found
    if not offline and not error and not paper:
        return SILENT
    if offline & _COVER or error & _ERROR:
        return COVER_OPEN
    if paper & _END or offline & _STOPPED:
        return PAPER_OUT
    return PAPER_LOW if paper & _NEAR_END else READY
