"""What `loket board` says when something cannot be done."""

import sys

from firmware.wire import words

# What a refusal means to a technician: `{board}` and `{counter}` are filled in.
_WHY = {
    words.DUPLICATE: "{board} is registered already: `loket board retire {board}` first, or"
    " choose another id",
    words.UNKNOWN_COUNTER: "the site has no counter {counter}: look at its [[counters]]",
    words.UNKNOWN_BOARD: "{board} is not registered: `loket board list` shows which are",
    words.WRONG_STATE: "{board} cannot do that now",
    words.NOT_ALLOWED: "the hall does not allow it",
}


def refused(receipt: dict[str, object], board: str, counter: int | None) -> int:
    """Say in words why the hall refused, and give 1."""
    return fail(why_refused(receipt, board, counter))


def why_refused(receipt: dict[str, object], board: str, counter: int | None) -> str:
    """Give in words why the hall refused."""
    why = str(receipt.get("why", receipt["st"]))
    text = _WHY.get(why, "the hall refused: " + why).format(board=board, counter=counter)
    detail = receipt.get("detail") or receipt.get("text")
    return f"{text}{f' ({detail})' if detail else ''}"


def honoured(receipt: dict[str, object]) -> int:
    """Give 0, or 1 after saying that the broker has not taken a change over yet."""
    if receipt.get("honoured") is False:
        return fail("the broker did not take this over in time; it will when it starts next")
    return 0


def fail(text: str) -> int:
    """Say what is in the way, and give 1."""
    print(f"loket: {text}", file=sys.stderr)
    return 1
