"""What a panel in the hall shows: the last calls, the break, what visitors must know now."""

from collections.abc import Iterator

from gateway.domain.breaks import site_pause
from gateway.domain.faces import break_text
from gateway.domain.hall import CARRY, EXPIRE, SERVE, Hall
from gateway.domain.room import asked_in_now, is_full
from gateway.domain.short import fitting

CALLS_SHOWN = 6
NOTICES_SHOWN = 4
NOTICE_CHARS = 80
_ASKED_IN_SHOWN = 6
# Of all that is shown a panel gets 2,048 bytes (docs/contract.md): letters of other scripts and
# what JSON must escape take several each.
_NOTICE_BYTES = 240
_BREAK_BYTES = 240
TEXT_FULL = "Ruang penuh, silakan menunggu di luar"
_CLOSINGS = {
    SERVE: "ditutup, yang menunggu tetap dilayani",
    CARRY: "ditutup, dilanjutkan pada hari buka berikutnya",
    EXPIRE: "ditutup untuk hari ini",
}


def panel_face(hall: Hall, at_ms: int) -> dict[str, object]:
    """Give the face of a panel: calls newest first, the site's break, notices most urgent first.

    Each as short as the contract says; in Indonesian.
    """
    pause = site_pause(hall, at_ms)
    return {
        "calls": [
            {"t": call.ticket, "c": call.counter, "n": call.times}
            for call in hall.calls[:CALLS_SHOWN]
        ],
        "break": "" if pause is None else fitting(break_text(hall, pause), _BREAK_BYTES),
        "notices": [
            fitting(text[:NOTICE_CHARS], _NOTICE_BYTES)
            for text, _ in zip(_notices(hall, at_ms), range(NOTICES_SHOWN), strict=False)
        ],
    }


def _notices(hall: Hall, at_ms: int) -> Iterator[str]:
    asked_in = asked_in_now(hall, at_ms)[-_ASKED_IN_SHOWN:]
    if asked_in:
        yield f"Silakan masuk {', '.join(asked_in)}"
    if is_full(hall):
        yield TEXT_FULL
    for agency in hall.held:
        # The name comes last: what is cut off is its end.
        yield f"Tertunda, nomor tetap berlaku: {hall.index.agencies[agency].name}"
    for how, words in _CLOSINGS.items():
        closed = [prefix for prefix, line in hall.lines.items() if line.closing == how]
        if closed and len(closed) == len(hall.lines):
            yield f"Semua antrean {words}"
        elif closed:
            yield f"Antrean {_some(closed, NOTICE_CHARS - len(f'Antrean  {words}'))} {words}"


def _some(prefixes: list[str], chars: int) -> str:
    # As many as there is room for, the last of them "dll.".
    shown = ", ".join(prefixes)
    while len(shown) > chars:
        prefixes = prefixes[:-1]
        shown = ", ".join(prefixes) + " dll."
    return shown
