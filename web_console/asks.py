"""What technicians' pages may ask: each ask's fields and answer, checked both ways. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from firmware.wire import words
from web_console.fleet import ROW, board_name
from web_console.parts import MOST_BOARDS
from web_console.shapes import (
    Misfit,
    Shape,
    flag,
    integer,
    list_of,
    nullable,
    number,
    one_of,
    record,
    text,
)
from web_console.workshop import ASK_WITHIN_S

_SLOW_S = 15.0  # what a board must do first, or what is read from its disk
_BUILD_S = 60.0
_MOST_GLASS = 256 * 32 // 4

_word = text(64)
_said = text(400)
_boards = list_of(board_name, MOST_BOARDS)
_any_word = (nullable(_word), None)
_any_said = (nullable(_said), None)
_stages = (list_of(integer(1, MOST_BOARDS), 16), [1, 5])
_in_service = (flag, False)
_path = text(200)


def _scalars(value: Any, path: str) -> dict[str, Any]:
    """An object of a few short values, such as what a press says."""
    if not isinstance(value, dict) or len(value) > 16:
        raise Misfit(f"{path}: an object of at most 16 values is needed")
    return {str(name)[:32]: v if _is_plain(v) else str(v)[:64] for name, v in value.items()}


def _is_plain(value: Any) -> bool:
    return (
        value is None
        or isinstance(value, bool | int)
        or (isinstance(value, str) and len(value) < 65)
    )


def _look(value: Any, path: str) -> dict[str, Any]:
    look: dict[str, Any] = _LOOK(value, path)
    px, w, h = look["px"], look["w"], look["h"]
    fits = px and w and h and len(px) == w * h // 4 and not set(px) - set("0123456789abcdefABCDEF")
    return look if fits else {**look, "px": None, "w": None, "h": None}


def _lamps(value: Any, path: str) -> dict[str, str]:
    return {k: str(v) for k, v in _scalars(value, path).items()}


_LOOK = record(
    {},
    {
        "px": (nullable(text(_MOST_GLASS)), None),
        "w": (nullable(integer(8, 256)), None),
        "h": (nullable(integer(8, 32)), None),
        "digits": (nullable(text(16)), None),
        "lamps": (nullable(_lamps), None),
        "utc_ms": (nullable(integer()), None),
    },
)
_HEALTH = list_of(list_of(nullable(number(-1e12, 1e15)), 5, 5), 400)
_BOARD = record(
    {
        "board": record(
            {"board": board_name, "role": text(16), "state": text(16)},
            {
                **ROW,
                "health": (_HEALTH, []),
                "presses": (
                    list_of(
                        record(
                            {"ev": text(32)},
                            {"utc_ms": (nullable(integer()), None), "fields": (_scalars, {})},
                        ),
                        50,
                    ),
                    [],
                ),
                "log": (
                    list_of(
                        record({"text": text(1_000)}, {"utc_ms": (nullable(integer()), None)}), 200
                    ),
                    [],
                ),
                "look": (nullable(_look), None),
            },
        )
    }
)
_FINDINGS = record(
    {
        "findings": list_of(
            record(
                {"code": _word, "level": text(16)},
                {
                    f"{what}_{language}": (text(1_000), "")
                    for what in ("title", "evidence", "next")
                    for language in ("id", "en")
                },
            ),
            100,
        )
    },
    {"via": (text(32), "")},
)
_RELEASES = record(
    {
        "releases": list_of(
            record(
                {"version": _word},
                {
                    "number": (nullable(integer()), None),
                    "signed_by": _any_said,
                    "ok": (flag, True),
                    "why": _any_said,
                    "why_id": _any_said,
                    "why_en": _any_said,
                    "own": (flag, False),
                },
            ),
            100,
        )
    }
)
_PORTS = record(
    {
        "ports": list_of(
            record(
                {"device": _path},
                {
                    "product": (nullable(text()), None),
                    "serial_number": (nullable(text()), None),
                    "chip": _any_word,
                    "in_use_by": _any_said,
                    "serves": _any_word,
                },
            ),
            100,
        )
    },
    {
        "kinds": (
            list_of(record({"kind": text(32), "role": text(16)}, {"chip": _any_word}), 100),
            [],
        ),
        "networks": (list_of(_word, 8), []),
    },
)
_SITE_BOARDS = record(
    {
        "boards": list_of(
            record(
                {"board": board_name, "role": text(16)},
                {
                    "counter": (nullable(integer(1, 999)), None),
                    "kind": (nullable(text(32)), None),
                    "place": (text(), ""),
                },
            ),
            MOST_BOARDS,
        )
    }
)
_WIFI = list_of(record({"ssid": text(32), "password": text(63)}), 2)
_NOTHING = record({})


@dataclass(frozen=True, slots=True)
class Ask:
    """One ask: the shape of its fields and of its answer, and how long an answer may take."""

    fields: Shape
    answer: Shape = _NOTHING
    within_s: float = ASK_WITHIN_S


_ON_BOARD = record({"board": board_name})
_STAGED = {"in_service": _in_service, "stages": _stages}
# `order` at the gateway instead of an ask at the workshop.
RETIRE = "retire"

ASKS: Mapping[str, Ask] = {
    "board": Ask(_ON_BOARD, _BOARD),
    "look": Ask(_ON_BOARD, _look, _SLOW_S),
    "log": Ask(record({"board": board_name, "on": flag}), within_s=_SLOW_S),
    "cmd": Ask(
        record({"board": board_name, "cmd": one_of(words.BOARD_COMMANDS[:3])}), within_s=_SLOW_S
    ),
    "doctor": Ask(_ON_BOARD, _FINDINGS, _SLOW_S),
    "releases": Ask(_NOTHING, _RELEASES, _SLOW_S),
    "release_build": Ask(_NOTHING, within_s=_BUILD_S),
    "update_start": Ask(record({"version": _word, "boards": _boards}, _STAGED), within_s=_SLOW_S),
    "link_start": Ask(
        record(
            {"boards": _boards},
            {
                **_STAGED,
                "wifi": (nullable(_WIFI), None),
                "host": (nullable(text(253)), None),
                "port": (nullable(integer(1, 65_535)), None),
                "tls": (nullable(flag), None),
                "ca": (nullable(text(8_000)), None),
            },
        ),
        within_s=_SLOW_S,
    ),
    "secret_start": Ask(record({"boards": _boards}, _STAGED), within_s=_SLOW_S),
    "update_stop": Ask(_NOTHING),
    "update_go": Ask(_NOTHING),
    "replace": Ask(record({"board": board_name, "spare": board_name}), within_s=_SLOW_S),
    "rename": Ask(record({"board": board_name, "to": board_name}), within_s=_SLOW_S),
    RETIRE: Ask(_ON_BOARD, within_s=_SLOW_S),
    "ports": Ask(_NOTHING, _PORTS),
    "site_boards": Ask(_NOTHING, _SITE_BOARDS),
    "flash": Ask(
        record(
            {"port": _path, "board": board_name, "kind": text(32)},
            {
                "role": (nullable(one_of(words.ROLES)), None),
                "counter": (nullable(integer(1, 999)), None),
                "spare": (flag, False),
                "keep": (flag, False),
                "wifi": (nullable(_WIFI), None),
            },
        ),
        record({"job": _word}),
        _SLOW_S,
    ),
    "flash_stop": Ask(record({"job": _word})),
}


def read_ask(got: Any) -> tuple[str, Ask, dict[str, Any]]:
    """Give (name, ask, fields) of what a page sent; raises Misfit. What is null is left out."""
    if not isinstance(got, dict) or not isinstance(got.get("ask"), str) or got["ask"] not in ASKS:
        raise Misfit("ask: one of the asks is needed")
    ask = ASKS[got["ask"]]
    fields = ask.fields(got, got["ask"])
    return got["ask"], ask, {name: value for name, value in fields.items() if value is not None}
