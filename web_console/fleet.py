"""The fleet as last heard from the workshop: its parts' shapes, and what boards say in their log.

Pure. Parts go to pages whole; of a log the last lines are kept, of few boards.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

from firmware.wire import codec, topics
from web_console.parts import MOST_BOARDS
from web_console.shapes import (
    Misfit,
    Shape,
    counts,
    flag,
    integer,
    list_of,
    nullable,
    number,
    record,
    text,
)

LOG_LINES = 60
_LINE_BYTES = 2_048
MOST_LOGS = 32  # boards whose lines are kept
LOGS = topics.fleet_log("")

_time_ms = integer()
board_name = text(32)
_count = integer()
_word = text(64)
_said = text(400)  # a sentence
_any_time = (nullable(_time_ms), None)
_any_count = (nullable(_count), None)
_any_word = (nullable(_word), None)

_UPDATE = record(
    {},
    {
        "kind": (text(16), ""),
        "number": _any_count,
        "version": _any_word,
        "st": (text(16), ""),
        "got": _any_count,
        "size": _any_count,
        "why": (nullable(_said), None),
        "why_id": (nullable(_said), None),
        "why_en": (nullable(_said), None),
    },
)
_ALERTS = list_of(record({"code": text(32)}, {"part": (text(32), "")}), 20)


def _alerts(value: Any, path: str) -> Any:
    # The gateway tells {code: part}; lists of codes are as good.
    if isinstance(value, dict):
        value = [{"code": code, "part": part or ""} for code, part in value.items()]
    elif isinstance(value, list):
        value = [{"code": item} if isinstance(item, str) else item for item in value]
    return _ALERTS(value, path)


ROW: Mapping[str, tuple[Shape, Any]] = {
    "counter": (nullable(integer(1, 999)), None),
    "place": (text(), ""),
    "kind": (nullable(text(32)), None),
    "seen_ms": _any_time,
    "fw": _any_word,
    "number": _any_count,
    "slot": _any_word,
    "chip": _any_word,
    "hw": (nullable(text(64)), None),
    "rssi_dbm": (nullable(number(-200, 100)), None),
    "free_bytes": _any_count,
    "reconnects": _any_count,
    "settings_wanted": _any_count,
    "settings_applied": _any_count,
    "link_rev": _any_count,
    "wired": (flag, False),
    "spare": (flag, False),
    "stale": (flag, False),
    "update": (nullable(_UPDATE), None),
    "alerts": (_alerts, []),
    "bad": (counts(64), {}),
}
_NEEDED: Mapping[str, Shape] = {"board": board_name, "role": text(16), "state": text(16)}
_BOARDS = record({"boards": list_of(record(_NEEDED, ROW), MOST_BOARDS)})

_PLAN = record(
    {"kind": text(16), "state": text(16)},
    {
        "version": _any_word,
        "number": _any_count,
        "why": (nullable(_said), None),
        "why_id": (nullable(_said), None),
        "why_en": (nullable(_said), None),
        "stage": _any_count,
        "stages": (list_of(_count, 32), []),
        "in_service": (flag, False),
        "by": _any_word,
        "boards": (
            list_of(
                record(
                    {"board": board_name, "state": text(16)},
                    {
                        "as_board": (nullable(board_name), None),
                        "got": _any_count,
                        "size": _any_count,
                        "why": (nullable(_said), None),
                        "why_id": (nullable(_said), None),
                        "why_en": (nullable(_said), None),
                    },
                ),
                MOST_BOARDS,
            ),
            [],
        ),
    },
)
_UPDATES = record({"plan": nullable(_PLAN)})

_JOBS = record(
    {
        "jobs": list_of(
            record(
                {"job": _word, "state": text(16)},
                {
                    "kind": (text(16), ""),
                    "port": (text(), ""),
                    "board": (nullable(board_name), None),
                    "step": (nullable(_word), None),
                    "steps": (list_of(_word, 32), []),
                    "done": _any_count,
                    "of": _any_count,
                    "text_id": (nullable(_said), None),
                    "text_en": (nullable(_said), None),
                    "next_id": (nullable(_said), None),
                    "next_en": (nullable(_said), None),
                },
            ),
            100,
        )
    }
)

# Name of a part in the contract -> what its events are called on a page, and its shape.
PARTS: Mapping[str, tuple[str, Shape]] = {
    "boards": ("fleet", _BOARDS),
    "update": ("update", _UPDATES),
    "jobs": ("jobs", _JOBS),
}
if set(PARTS) != set(topics.FLEET_PARTS):
    raise ImportError("web_console.fleet and firmware.wire.topics name different parts")
KINDS = tuple(kind for kind, _ in PARTS.values())

_LINE = record({"text": text(1_000)}, {"utc_ms": _any_time})


class Fleet:
    """What the technicians' pages show; `bad` counts unusable messages by topic."""

    def __init__(self) -> None:
        self.bad: dict[str, int] = {}
        self._parts: dict[str, dict[str, Any]] = {}
        self._logs: dict[str, deque[dict[str, Any]]] = {}

    def content(self, kind: str) -> Mapping[str, Any] | None:
        """Give what pages show of a kind of event, None if nothing has come yet."""
        return self._parts.get(kind)

    def log(self, board: str) -> Mapping[str, Any]:
        """Give the last lines of a board's log."""
        return {"board": board, "lines": list(self._logs.get(board, ()))}

    def heard(self, topic: str, payload: bytes) -> set[str]:
        """Take a part, give the kinds that changed; Misfit (counted) if it is none of ours."""
        name = topic.removeprefix(topics.fleet_part(""))
        if name not in PARTS:
            return set()
        kind, shape = PARTS[name]
        try:
            part = shape(codec.decode(payload, codec.MAX_HALL_BYTES), f"fleet {name}")
        except (Misfit, codec.BadPayload) as error:
            self._count(topic)
            raise Misfit(str(error)) from None
        if self._parts.get(kind) == part:
            return set()
        self._parts[kind] = part
        return {kind}

    def heard_line(self, topic: str, payload: bytes) -> str:
        """Take a line of a board's log and give the board; raises Misfit (counted)."""
        try:
            board: str = board_name(topic.removeprefix(LOGS), "log")
            line = _LINE(codec.decode(payload, _LINE_BYTES), "log")
        except (Misfit, codec.BadPayload) as error:
            self._count(topic)
            raise Misfit(str(error)) from None
        lines = self._logs.pop(board, None) or deque(maxlen=LOG_LINES)
        lines.append(line)
        self._logs[board] = lines  # the board that spoke last stands last
        return board

    def forget_logs(self) -> list[str]:
        """Drop the logs that are too many, the longest silent first; give whose."""
        dropped = list(self._logs)[: max(0, len(self._logs) - MOST_LOGS)]
        for board in dropped:
            del self._logs[board]
        return dropped

    def _count(self, topic: str) -> None:
        known = topic if topic in self.bad or len(self.bad) < 100 else LOGS
        self.bad[known] = self.bad.get(known, 0) + 1
