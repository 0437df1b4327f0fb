"""The boards' own troubles: which to tell people first. Pure.

A board names each by a code, and the part at fault where that is not plain. Codes that nobody
knows are told as they are, after those that are known.
"""

from collections.abc import Callable, Iterable, Mapping

# The known ones, the most urgent first: what keeps visitors from their numbers, what counts
# wrong, what somebody must bring.
CODES = (
    "printer_silent", "paper_out", "cover_open", "sensor_fault", "key_stuck", "beam_blocked",
    "level_low", "battery_low", "paper_low", "not_leased",
)  # fmt: skip
_URGENCY = {code: n for n, code in enumerate(CODES)}


def urgency(code: str) -> tuple[int, str]:
    """Give a key that sorts codes, the most urgent first."""
    return _URGENCY.get(code, len(CODES)), code


def told(
    alerts: Mapping[str, Mapping[str, str]], places: Callable[[str], str], most: int
) -> list[dict[str, object]]:
    """Give the most urgent of all boards' alerts (board -> code -> part), `most` of them."""
    every = [
        (urgency(code), board, part)
        for board, codes in alerts.items()
        for code, part in codes.items()
    ]
    return [
        {"board": board, "place": places(board), "code": code, "part": part}
        for (_, code), board, part in sorted(every)[:most]
    ]


def first(codes: Iterable[str], most: int) -> list[str]:
    """Give the most urgent of some codes, `most` of them."""
    return sorted(codes, key=urgency)[:most]
