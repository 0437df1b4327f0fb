"""What `loket board` says when something cannot be done."""

import sys

from firmware.wire import topics, words
from gateway.cli.language import said
from gateway.fleet.register_words import why_refused


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
    return said(*why_refused({"st": words.REFUSED, "why": words.UNKNOWN_BOARD}, board, None))


def refused(receipt: dict[str, object], board: str, counter: int | None) -> int:
    """Say in words why the hall refused, and give 1."""
    return fail(said(*why_refused(receipt, board, counter)))


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
