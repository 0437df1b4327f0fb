"""Ticket printers that speak ESC/POS on a serial line.

Commands: the ESC/POS reference of Epson; all that is used here is also in the printers of
58 mm paper that cost little.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INIT = b"\x1b@"
_CENTRE = b"\x1ba\x01"
_QUADRUPLE = b"\x1d!\x33"  # four times as wide and as tall
_NORMAL = b"\x1d!\x00"
_FEED_AND_CUT = b"\x1bd\x04\x1dV\x01"

ASK_PAPER = b"\x10\x04\x04"  # DLE EOT 4: answered even while the printer is busy or out of paper
_FIXED_BITS = 0x12  # bits 1 and 4 of that answer are always set, bits 0 and 7 never
_FIXED_MASK = 0x93
_PAPER_END = 0x60


def slip_bytes(slip: "dict[str, Any]") -> bytes:
    """Give what prints a slip: the number large, then who is ahead and how long it may take."""
    lines = []
    if "ahead" in slip:
        lines.append("%d di depan Anda" % slip["ahead"])
    wait_s = slip.get("wait_s")
    if wait_s:
        low_min, high_min = wait_s[0] // 60, -(-wait_s[1] // 60)
        if low_min:
            lines.append("kira-kira %d-%d menit" % (low_min, high_min))
        else:
            lines.append("kira-kira sampai %d menit" % high_min)
    lines.append("Silakan menunggu panggilan.")
    text = "\n".join(lines).encode()
    ticket = slip["ticket"].encode()
    return _INIT + _CENTRE + _QUADRUPLE + ticket + b"\n" + _NORMAL + text + b"\n" + _FEED_AND_CUT


def has_paper(answer: "bytes | None") -> bool:
    """Tell whether the answer to ASK_PAPER says that there is paper; no answer is no paper."""
    if not answer:
        return False
    status = answer[-1]
    return status & _FIXED_MASK == _FIXED_BITS and not status & _PAPER_END
