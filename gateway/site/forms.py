"""The forms of single values in a site file: ids, titles, prefixes, ranges, scopes, weekdays.

Each refuses with the reason in words that complete 'found "...", ...'.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from firmware.wire import topics
from firmware.wire.events import MAX_COUNTER
from gateway.domain.site import MAX_NAME_CHARS, SITE_SCOPE, Window
from gateway.site import times

_PREFIX = re.compile(r"[A-Z]{1,3}")
_SCOPE = re.compile(r"agency:[a-z][a-z0-9_-]*|counter:[1-9][0-9]{0,2}")
_SCOPE_OF_DAYS = re.compile(r"agency:[a-z][a-z0-9_-]*|queue:[A-Z]{1,3}")
_NUMBERS = re.compile(r"([0-9]{1,4}) ?- ?([0-9]{1,4})")
MAX_URL_CHARS = 160  # with a ticket's number: a QR code that 58 mm of paper shows well
_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:[/?#][!#-\[\]-~]*)?")
_RATIO = re.compile(r"ratio ([1-9][0-9]?):([1-9][0-9]?)")


def _name(text: str) -> str:
    if not topics.is_name(text):
        raise ValueError("which is not an id")
    return text


def _board_id(text: str) -> str:
    if not topics.is_board_id(_name(text)):
        raise ValueError("which is kept for the gateway and its consoles")
    return text


def _title(text: str) -> str:
    if not text.strip():
        raise ValueError("which says nothing")
    return _line(text)


def _line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("which has characters that cannot be shown")
    if text != text.strip():
        raise ValueError("which begins or ends with a blank")
    if len(text) > MAX_NAME_CHARS:
        raise ValueError(f"which has {len(text)} characters")
    size = len(json.dumps(text, ensure_ascii=False).encode()) - len('""')
    if size > MAX_NAME_CHARS:
        raise ValueError(f"whose signs beyond plain letters make it {size} characters long")
    return text


def _visitor_url(text: str) -> str:
    if not text:
        return text
    if not _URL.fullmatch(text):
        raise ValueError("which is no address of the web that a printer can put into a QR code")
    if text.count("{ticket}") != 1 or text.count("{") + text.count("}") != 2:
        raise ValueError("which does not have {ticket} in it once, and no other braces")
    if len(text) > MAX_URL_CHARS:
        raise ValueError(f"which has {len(text)} characters")
    return text


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise ValueError("which is not a prefix")
    return text


def _scope(text: str) -> str:
    if text != SITE_SCOPE and not _SCOPE.fullmatch(text):
        raise ValueError("which is no scope")
    return text


def _scope_of_days(text: str) -> str:
    if text != SITE_SCOPE and not _SCOPE_OF_DAYS.fullmatch(text):
        raise ValueError("which is no scope of special days")
    return text


def parse_numbers(text: str) -> tuple[int, int]:
    """Give first and last of a text like "1-699"."""
    match = _NUMBERS.fullmatch(text)
    if not match:
        raise ValueError("which is not a range of numbers")
    first, last = int(match[1]), int(match[2])
    if first < 1:
        raise ValueError("which begins below 1")
    if last < first:
        raise ValueError("which ends before it begins")
    return first, last


def spelled_policy(found: Any) -> Any:
    """Take the short form "ratio 3:1", "strict" or "ageing" for the table that it stands for."""
    if not isinstance(found, str):
        return found
    if found in ("strict", "ageing", "ratio"):
        return {"kind": found}
    match = _RATIO.fullmatch(found)
    if not match:
        raise ValueError("which is no policy")
    return {"kind": "ratio", "normal": int(match[1]), "priority": int(match[2])}


def _listed(found: Any) -> Any:
    """Take one text or date for a list of it."""
    return [found] if isinstance(found, (str, date)) else found


def _parsed(parse: Callable[[str], Any]) -> PlainValidator:
    def check(found: Any) -> Any:
        if not isinstance(found, str):
            raise ValueError("which is not text in quotes")
        return parse(found)

    return PlainValidator(check)


Id = Annotated[str, AfterValidator(_name)]
BoardId = Annotated[str, AfterValidator(_board_id)]
Title = Annotated[str, AfterValidator(_title)]
Line = Annotated[str, AfterValidator(_line)]
VisitorUrl = Annotated[str, AfterValidator(_visitor_url)]
Prefix = Annotated[str, AfterValidator(_prefix)]
Number = Annotated[int, Field(ge=1, le=MAX_COUNTER)]
Days = Annotated[tuple[int, ...], _parsed(times.parse_days)]
DayLists = Annotated[list[Days], BeforeValidator(_listed)]
Start = Annotated[int, _parsed(times.parse_start)]
Starts = Annotated[list[Start], BeforeValidator(_listed)]
Range = Annotated[tuple[int, int], _parsed(parse_numbers)]
Scopes = Annotated[list[Annotated[str, AfterValidator(_scope)]], BeforeValidator(_listed)]
ScopesOfDays = Annotated[
    list[Annotated[str, AfterValidator(_scope_of_days)]], BeforeValidator(_listed)
]
Dates = Annotated[list[date], BeforeValidator(_listed)]
Windows = Annotated[list[Annotated[Window, _parsed(times.parse_window)]], BeforeValidator(_listed)]
Week = dict[Days, Windows]
