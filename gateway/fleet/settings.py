"""What each board is told of itself (`dn/config`): its labels, times, keys and texts. Pure.

Nothing site-specific is burnt into firmware: texts live here. A matrix shows 5 characters at
rest and scrolls longer ones. A board is told what its role uses and no more: it has 64 KB.
"""

import zlib

from firmware.wire import codec, words
from firmware.wire.codec import BadPayload
from gateway.domain.hall import Board, Hall
from gateway.domain.short import fitting
from gateway.domain.site import Site

# What boards say, in Indonesian; the keys are the contract's words, those of
# firmware/core/config.py, which says the same until it has these, and those of the roles.
LABELS = {
    "lost": "TIDAK TERHUBUNG",
    "failed": "GAGAL",
    "take": "AMBIL",
    "no_paper": "KERTAS HABIS",
    "cover_open": "PRINTER TERBUKA",
    "printer_silent": "PRINTER MATI",
    "priority": "PRIORITAS",
    "void": "BATAL",
    "no_numbers": "NOMOR HABIS",
    "rate": "BERI NILAI",
    "thanks": "TERIMA KASIH",
    "full": "PENUH",
    "no_pass": "TUNGGU",
    "again": "ULANGI",
    "sensor_fault": "PERIKSA SENSOR",
    words.LATE: "TERLAMBAT",
    words.REFUSED: "DITOLAK",
    words.NOBODY_WAITING: "KOSONG",
    words.PAUSED: "JEDA",
    words.ON_BREAK: "ISTIRAHAT",
    words.CLOSED: "TUTUP",
    words.HELD: "TERTUNDA",
    words.NO_TICKET: "TIDAK ADA NOMOR",
    words.WRONG_STATE: "TIDAK BISA",
    words.TOO_LATE: "SUDAH LEWAT",
    words.QUOTA_REACHED: "KUOTA HABIS",
    words.LIMIT_REACHED: "BATAS TERCAPAI",
    words.WALK_IN_CLOSED: "LAYANAN DARING",
    words.NOT_SCREENED: "PERIKSA SUHU DAHULU",
    words.BUSY: "MASIH MELAYANI",
    words.NOT_ALLOWED: "TIDAK DIIZINKAN",
    words.UNKNOWN_BOARD: "HUBUNGI TEKNISI",
    words.BAD_PAYLOAD: "HUBUNGI TEKNISI",
}
_ALL = ("lost", "failed", words.LATE, words.REFUSED, words.UNKNOWN_BOARD, words.BAD_PAYLOAD)
LABELS_OF = {
    "counter": (
        *_ALL, words.NOBODY_WAITING, words.PAUSED, words.ON_BREAK, words.CLOSED, words.HELD,
        words.NO_TICKET, words.WRONG_STATE, words.TOO_LATE, words.LIMIT_REACHED, words.BUSY,
        words.NOT_ALLOWED,
    ),
    "ticket": (
        *_ALL, "take", "priority", words.CLOSED, "no_paper", "cover_open", "printer_silent",
        "void", "no_numbers", words.QUOTA_REACHED, words.WALK_IN_CLOSED, words.NOT_SCREENED,
        words.NOT_ALLOWED,
    ),
    "rating": ("lost", words.UNKNOWN_BOARD, "rate", "thanks"),
    "hall": ("lost", words.UNKNOWN_BOARD, "full"),
    "gate": (*_ALL, words.CLOSED, "no_pass", "again", "sensor_fault"),
    "panel": ("lost", words.UNKNOWN_BOARD),
}  # fmt: skip
# What a spare says instead of inviting anybody, on roles whose board makes its text itself.
SPARE = "CADANGAN"
_SPARE_LABELS = ("take", words.CLOSED)
_AT_A_COUNTER = ("counter", "rating")
_SHOWS_TIME = ("ticket", "panel")
KEYS_MOST = 8  # of a ticket board
_BRIGHTNESS = 4  # of 15: readable at five metres without glare
# What names of queues are cut to, one after another, where the whole would be too long.
_NAME_BYTES = (80, 48, 32, 16, 0)


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


def board_config(hall: Hall, board: Board) -> bytes:
    """Give the payload of a board's `dn/config`.

    `rev` changes when, and only when, the content does, so that wanted and applied settings can
    be compared: it is the content's CRC-32. What is too long in a ticket board's is shortened:
    first the names of its queues, ever more, then the foot of the paper is left out.
    """
    site, role = hall.site, board.role
    if role == "dispenser":
        return _numbered({"every_s": site.reading_every_s})
    queues = () if board.spare else queues_of(site, board.id, role, board.counter)
    labels = {word: LABELS[word] for word in LABELS_OF[role]}
    if board.spare:
        labels.update({word: SPARE for word in _SPARE_LABELS if word in labels})
    content: dict[str, object] = {
        "labels": labels,
        "brightness": _BRIGHTNESS,
    }
    if role in _AT_A_COUNTER and board.counter is not None:
        content["counter"] = board.counter
    if role == "counter":
        content["queues"] = list(queues)
        content["next_lock_ms"] = site.next_lock_ms
    if role in _SHOWS_TIME:
        content["utc_offset_min"] = hall.index.schedule.utc_offset_min(hall.known_ms)
        content["word"] = site.counter_word
    return _ticket_config(hall, queues, content) if role == "ticket" else _numbered(content)


def config_rev(payload: bytes) -> int:
    """Give the `rev` of a payload that `board_config` made."""
    return codec.read_int(codec.decode(payload, codec.MAX_DOWN_BYTES), "rev", 0, codec.MAX_INT)


def _ticket_config(hall: Hall, queues: tuple[str, ...], content: dict[str, object]) -> bytes:
    site, known = hall.site, hall.index.queues
    content["queues"] = list(queues)
    content["url"] = site.visitor_url
    content["head"] = site.ticket_head or site.name
    content["foot"] = site.ticket_foot
    names = {prefix: known[prefix].name for prefix in queues if prefix in known}
    for most in _NAME_BYTES:
        content["names"] = {prefix: fitting(name, most) for prefix, name in names.items()}
        try:
            return _numbered(content)
        except BadPayload:
            continue
    content["foot"] = ""
    return _numbered(content)


def _numbered(content: dict[str, object]) -> bytes:
    rev = zlib.crc32(codec.encode(content, codec.MAX_DOWN_BYTES))
    return codec.encode({"rev": rev, **content}, codec.MAX_DOWN_BYTES)
