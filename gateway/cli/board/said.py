"""What `loket board` says when something cannot be done."""

import sys

from firmware.wire import topics, words
from gateway.cli.language import said

# What a refusal means to a technician: `{board}` and `{counter}` are filled in.
_WHY = {
    words.DUPLICATE: (
        "{board} sudah terdaftar: `loket board retire {board}` dulu, atau pilih id lain",
        "{board} is registered already: `loket board retire {board}` first, or choose another id",
    ),
    words.UNKNOWN_COUNTER: (
        "tidak ada loket {counter} di berkas site: lihat [[counters]]-nya",
        "the site has no counter {counter}: look at its [[counters]]",
    ),
    words.UNKNOWN_BOARD: (
        "{board} tidak terdaftar: `loket board list` menunjukkan yang terdaftar",
        "{board} is not registered: `loket board list` shows which are",
    ),
    words.WRONG_STATE: ("{board} sekarang tidak dapat melakukannya", "{board} cannot do that now"),
    words.NOT_ALLOWED: ("ruang layanan tidak mengizinkannya", "the hall does not allow it"),
}
_ELSE = ("ruang layanan menolak: {why}", "the hall refused: {why}")


def no_id(board: str) -> tuple[str, str]:
    """Give in words, id and en, what a board's id may be."""
    most, not_one_of = topics.MAX_ID_CHARS, ", ".join(topics.RESERVED_IDS)
    return (
        f"{board!r} tidak dapat menjadi id papan: a-z di depan, lalu a-z, 0-9, - dan _, paling"
        f" banyak {most}, dan bukan salah satu dari {not_one_of}",
        f"{board!r} cannot be a board's id: a-z first, then a-z, 0-9, - and _, at most"
        f" {most}, and not one of {not_one_of}",
    )


def not_registered(board: str) -> str:
    """Give in words that the hall does not know a board."""
    return said(*_WHY[words.UNKNOWN_BOARD]).format(board=board)


def refused(receipt: dict[str, object], board: str, counter: int | None) -> int:
    """Say in words why the hall refused, and give 1."""
    return fail(why_refused(receipt, board, counter))


def why_refused(receipt: dict[str, object], board: str, counter: int | None) -> str:
    """Give in words why the hall refused."""
    why = str(receipt.get("why", receipt["st"]))
    text = said(*_WHY.get(why, _ELSE)).format(board=board, counter=counter, why=why)
    detail = receipt.get("detail") or receipt.get("text")
    return f"{text}{f' ({detail})' if detail else ''}"


def honoured(receipt: dict[str, object]) -> int:
    """Give 0, or 1 after saying that the broker has not taken a change over yet."""
    if receipt.get("honoured") is False:
        return fail(
            said(
                "broker belum menerima perubahan ini; diterima saat broker dimulai lagi",
                "the broker did not take this over in time; it will when it starts next",
            )
        )
    return 0


def fail(text: str) -> int:
    """Say what is in the way, and give 1."""
    print(f"loket: {text}", file=sys.stderr)
    return 1
