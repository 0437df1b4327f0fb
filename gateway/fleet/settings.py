"""What each board is told of itself (`dn/config`): its labels, times and keys. Pure.

Nothing site-specific is burnt into firmware: texts live here. A matrix shows 5 characters at
rest and scrolls longer ones.
"""

import zlib

from firmware.wire import codec, words
from gateway.domain.site import Site

# What a counter's matrix or a ticket board says, in Indonesian; the keys are the contract's
# words and those of firmware/core/config.py, which says the same until it has these.
LABELS = {
    "lost": "TIDAK TERHUBUNG",
    "failed": "GAGAL",
    "take": "AMBIL",
    "no_paper": "KERTAS HABIS",
    "priority": "PRIORITAS",
    words.LATE: "TERLAMBAT",
    words.REFUSED: "DITOLAK",
    words.NOBODY_WAITING: "KOSONG",
    words.PAUSED: "JEDA",
    words.ON_BREAK: "ISTIRAHAT",
    words.CLOSED: "TUTUP",
    words.NO_TICKET: "TIDAK ADA NOMOR",
    words.WRONG_STATE: "TIDAK BISA",
    words.TOO_LATE: "SUDAH LEWAT",
    words.QUOTA_REACHED: "KUOTA HABIS",
    words.WALK_IN_CLOSED: "LAYANAN DARING",
    words.BUSY: "MASIH MELAYANI",
    words.NOT_ALLOWED: "TIDAK DIIZINKAN",
    words.UNKNOWN_BOARD: "HUBUNGI TEKNISI",
    words.BAD_PAYLOAD: "HUBUNGI TEKNISI",
}
KEYS_MOST = 8  # of a ticket board
_BRIGHTNESS = 4  # of 15: readable at five metres without glare


def queues_of(site: Site, board: str, role: str, counter: int | None) -> tuple[str, ...]:
    """Give the queues a board is for: those of its counter, or of a ticket board's keys in order.

    A ticket board that the site does not name offers the site's first eight queues.
    """
    if role == "counter":
        return next((c.queues for c in site.counters if c.number == counter), ())
    if role != "ticket":
        return ()
    own = next((b.queues for b in site.boards if b.id == board), ())
    return (own or tuple(queue.prefix for queue in site.queues))[:KEYS_MOST]


def board_config(
    *,
    role: str,
    counter: int | None,
    queues: tuple[str, ...],
    next_lock_ms: int,
    reading_every_s: int,
) -> bytes:
    """Give the payload of a board's `dn/config`.

    `rev` changes when, and only when, the content does, so that wanted and applied settings can
    be compared: it is the content's CRC-32.
    """
    content: dict[str, object] = {
        "counter": counter,
        "queues": list(queues),
        "labels": LABELS,
        "brightness": _BRIGHTNESS,
    }
    if role == "counter":
        content["next_lock_ms"] = next_lock_ms
    if role == "dispenser":
        content["every_s"] = reading_every_s
        del content["queues"], content["counter"], content["labels"], content["brightness"]
    rev = zlib.crc32(codec.encode(content, codec.MAX_DOWN_BYTES))
    return codec.encode({"rev": rev, **content}, codec.MAX_DOWN_BYTES)
