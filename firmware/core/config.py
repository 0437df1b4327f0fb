"""What `dn/config` may set on a board, checked; and the words a matrix shows without one."""

from firmware.wire.board_words import NEXT_LOCK_MS, NOBODY_WAITING
from firmware.wire.codec import MAX_INT, BadPayload, read_int, read_strs
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

FILE = "config.json"
MAX_LABEL_CHARS = 64
MAX_LABELS = 48
MAX_QUEUES = 16
# As in wire/events, which is large and which no board needs in memory.
MAX_QUEUE_CHARS = 3
MAX_EVERY_S = 86_400

# Labels for what no `why` names.
LABEL_LOST = "lost"
LABEL_FAILED = "failed"
LABEL_LATE = "late"
LABEL_REFUSED = "refused"
LABEL_TAKE = "take"
LABEL_CLOSED = "closed"
LABEL_NO_PAPER = "no_paper"
LABEL_PRIORITY = "priority"

# Only until the board has seen its first config: it keeps the last one on its flash.
_LABELS = {
    LABEL_LOST: "TIDAK TERHUBUNG",
    LABEL_FAILED: "GAGAL",
    LABEL_LATE: "TERLAMBAT",
    LABEL_REFUSED: "DITOLAK",
    LABEL_TAKE: "AMBIL",
    LABEL_CLOSED: "TUTUP",
    LABEL_NO_PAPER: "KERTAS HABIS",
    LABEL_PRIORITY: "PRIORITAS",
    NOBODY_WAITING: "KOSONG",
}


class Config:
    """A board's settings: `rev`, `next_lock_ms`, `every_s` (None: the role's own), `brightness`
    (0 to 15), `queues` (prefixes, in the order of the keys); `label` gives the texts."""

    def __init__(self) -> None:
        self.rev = 0
        self.next_lock_ms = NEXT_LOCK_MS
        self.every_s: "int | None" = None
        self.brightness = 4
        self.queues: "list[str]" = []
        self._labels: "dict[str, str]" = {}

    def label(self, word: str, default: str = "") -> str:
        """Give the text for a `why`, one of the LABEL_ words or a role's own word, for which the
        role says what it is without a config; every word has some text."""
        text = self._labels.get(word) or default or _LABELS.get(word)
        return text or self.label(LABEL_REFUSED)


def read_config(payload: "dict[str, Any]") -> Config:
    """Give the settings that every board may have; raise BadPayload if any of them is wrong."""
    config = Config()
    config.rev = read_int(payload, "rev", 0, MAX_INT)
    if "next_lock_ms" in payload:
        config.next_lock_ms = read_int(payload, "next_lock_ms", 0, 60_000)
    if payload.get("every_s") is not None:
        config.every_s = read_int(payload, "every_s", 1, MAX_EVERY_S)
    if "brightness" in payload:
        config.brightness = read_int(payload, "brightness", 0, 15)
    if "queues" in payload:
        config.queues = read_strs(payload, "queues", MAX_QUEUES, MAX_QUEUE_CHARS)
    labels = payload.get("labels")
    if labels is not None:
        if type(labels) is not dict or len(labels) > MAX_LABELS:
            raise BadPayload("labels", "an object of at most %d texts is needed" % MAX_LABELS)
        for word in labels:
            text = labels[word]
            # MicroPython's parser lets keys pass that are no texts.
            if type(word) is not str or type(text) is not str or len(text) > MAX_LABEL_CHARS:
                raise BadPayload("labels", "texts of at most %d characters" % MAX_LABEL_CHARS)
        config._labels = labels
    return config
