"""What stands on a ticket's paper: made here, printed by the Printer port, whatever the printer."""

from firmware.wire.codec import BadPayload, read_int, read_str
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MOST_CHARS = const(80)
_MOST_URL_CHARS = const(200)  # a QR code of 58 mm paper holds 251
_MOST_NAMES = const(16)
_MINUTE_MS = const(60_000)
_DAY_MIN = const(1_440)


def read_texts(payload: "dict[str, Any]") -> "dict[str, Any]":
    """Give what a `dn/config` says of a slip: `head` (the site), `names` (of queues), `url` (of
    the visitor's page, with {ticket} in it), `foot` and `utc_offset_min`, as far as it does;
    raise BadPayload."""
    texts: "dict[str, Any]" = {}
    for name in ("head", "url", "foot"):
        if payload.get(name) is not None:
            most = _MOST_URL_CHARS if name == "url" else _MOST_CHARS
            texts[name] = read_str(payload, name, 0, most)
    if payload.get("utc_offset_min") is not None:
        texts["utc_offset_min"] = read_int(payload, "utc_offset_min", -_DAY_MIN, _DAY_MIN)
    names = payload.get("names")
    if names is not None:
        if type(names) is not dict or len(names) > _MOST_NAMES:
            raise BadPayload("names", "an object of at most %d texts is needed" % _MOST_NAMES)
        for queue in names:
            if type(queue) is not str:  # MicroPython's parser lets them pass
                raise BadPayload("names", "an object of texts is needed")
            read_str(names, queue, 0, _MOST_CHARS)
        texts["names"] = names
    return texts


def slip(
    texts: "dict[str, Any]",
    label: "Callable[[str, str], str]",
    ticket: str,
    queue: str,
    priority: bool,
    utc_ms: "int | None",
    receipt: "dict[str, Any]",
) -> "dict[str, Any]":
    """Give a slip for the Printer port.

    `texts` is from `read_texts`, `label(word, default)` gives the words; `utc_ms` is now, if
    it is known; `receipt` may have `ahead` (people) and `wait_s` ([least, most]).
    """
    lines = [texts.get("names", {}).get(queue, "")]
    if priority:
        lines.append(label("slip_priority", "Prioritas"))
    if utc_ms is not None and "utc_offset_min" in texts:
        lines.append(local_time(utc_ms, texts["utc_offset_min"]))
    ahead = receipt.get("ahead")
    if type(ahead) is int:
        lines.append(label("slip_ahead", "{n} di depan Anda").replace("{n}", str(ahead)))
    lines.append(_wait(receipt.get("wait_s"), label))
    return {
        "ticket": ticket,
        "head": texts.get("head", ""),
        "lines": [line for line in lines if line],
        "qr": texts.get("url", "").replace("{ticket}", ticket),
        "foot": texts.get("foot") or "Silakan menunggu panggilan.",
    }


def local_time(utc_ms: int, offset_min: int) -> str:
    """Give date and time as 23-11-2026 08.15."""
    days, minute = divmod(utc_ms // _MINUTE_MS + offset_min, _DAY_MIN)
    # Howard Hinnant's civil_from_days: years begin in March, eras have 400 years.
    era, day = divmod(days + 719_468, 146_097)
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5 - 1
    month += 3 if month < 10 else -9
    year += era * 400 + (1 if month <= 2 else 0)
    return "%02d-%02d-%d %02d.%02d" % (day, month, year, minute // 60, minute % 60)


def _wait(wait_s: "Any", label: "Callable[[str, str], str]") -> str:
    if type(wait_s) is not list or len(wait_s) != 2:
        return ""
    least_s, most_s = wait_s
    if type(least_s) is not int or type(most_s) is not int:
        return ""
    text = label("slip_wait", "kira-kira {a}-{b} menit")
    if least_s < 60:
        text = label("slip_wait_to", "kira-kira sampai {b} menit")
    return text.replace("{a}", str(least_s // 60)).replace("{b}", str(-(-most_s // 60)))
