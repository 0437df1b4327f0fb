"""What consoles send and get keeps its limits, up to the largest hall that we serve."""

import re
from typing import Any

import pytest

from firmware.core import config
from firmware.core.config import read_config
from firmware.wire import codec, events, words
from gateway.domain.hall import Board, Hall
from gateway.domain.site import (
    MAX_BOARDS,
    MAX_NAME_CHARS,
    MAX_QUEUES_OF_COUNTER,
    Counter,
    Policy,
    Queue,
)
from gateway.facility.readings import MAX_DOSES
from gateway.fleet.settings import KEYS_MOST, LABELS, LABELS_OF, board_config
from gateway.service import parts
from gateway.site import schema
from tests.domain.world import ALWAYS, small_site
from tests.support.tools import ROOT
from tests.wire.pure.samples import NAME, QUEUE, TICKET, largest_fields

# The largest hall that a site file may describe fits the contract's 64 KB for each part: three
# times the reference site's 24 agencies in queues, counters and boards.
QUEUES, COUNTERS, BOARDS = schema.MAX_QUEUES, schema.MAX_COUNTERS, MAX_BOARDS
SENSORS = BOARDS
TITLE = "W" * MAX_NAME_CHARS
UTC_MS = 9_999_999_999_999
EPOCH = codec.MAX_INT


def line() -> dict[str, object]:
    queue = {
        "q": QUEUE, "open": False, "waiting": 9_999, "priority": 9_999,
        "wait_s": [99_999, 99_999], "next": TICKET, "issued": 9_999, "closing": "expire",
        "held": {"reason": TITLE, "since_ms": UTC_MS},
    }  # fmt: skip
    counter = {
        "counter": 999, "state": words.FACE_SERVING, "ticket": TICKET, "since_ms": UTC_MS,
        "priority": False, "by": "b" * 64, "boards": [NAME, NAME], "shown": False,
    }  # fmt: skip
    call = {
        "ticket": TICKET, "counter": 999, "at_ms": UTC_MS, "times": 99, "priority": False
    }  # fmt: skip
    return {
        "epoch": EPOCH, "rev": codec.MAX_INT, "utc_ms": UTC_MS, "day": "2026-11-21",
        "queues": [queue] * QUEUES, "counters": [counter] * COUNTERS, "calls": [call] * 12,
        "break": {"name": TITLE, "until_ms": UTC_MS},
        "full": True, "outside": 9_999, "ask_in": [TICKET] * 12,
        "notices": [{"code": "help", "text": "999"}] * COUNTERS,
    }  # fmt: skip


def site() -> dict[str, object]:
    return {
        "epoch": EPOCH, "demo": False, "insecure_lan": False, "name": TITLE,
        "zone": "America/Argentina/ComodRivadavia", "counter_word": "loket",
        "queues": [
            {
                "q": QUEUE, "name": TITLE, "agency": TITLE,
                "walk_in": False, "online": TITLE, "phone": "9" * 40,
            }
        ] * QUEUES,
        "counters": [
            {
                "counter": 999, "place": TITLE, "agency": TITLE,
                "queues": [QUEUE] * MAX_QUEUES_OF_COUNTER, "kind": "video",
            }
        ] * COUNTERS,
        "notices": [{"code": "site_refused", "text": "\U0001f9fe" * 1_000}],
    }  # fmt: skip


def boards() -> dict[str, object]:
    board = {
        "board": NAME, "role": "dispenser", "counter": None, "place": TITLE, "state": "sleeping",
        "seen_ms": UTC_MS, "fw": "f" * 32, "rssi_dbm": -100, "free_bytes": 9_999_999,
        "reconnects": 99_999,
        "bad": {
            "retained_event": 9_999_999, "facts_forgotten": 9_999_999,
            "unknown_topic": 9_999_999, "bad_payload": 9_999_999,
        },
    }  # fmt: skip
    return {"epoch": EPOCH, "utc_ms": UTC_MS, "boards": [board] * BOARDS}


def facilities() -> dict[str, object]:
    sensor = {
        "board": NAME, "sensor": "sanitizer", "place": TITLE, "level_pct": 99.12345678901234,
        "battery_mv": 60_000, "at_ms": UTC_MS, "every_s": 86_400, "status": "fresh",
        "doses": MAX_DOSES, "alerts": [NAME] * parts._SENSOR_ALERTS_MOST,
    }  # fmt: skip
    alert = {"board": NAME, "place": TITLE, "code": NAME, "part": NAME}
    alerts = [alert] * parts._ALERTS_MOST
    return {"epoch": EPOCH, "utc_ms": UTC_MS, "sensors": [sensor] * SENSORS, "alerts": alerts}


@pytest.mark.parametrize("part", [line, site, boards, facilities])
def test_parts_of_the_largest_hall_fit_64_kb(part) -> None:
    payload = part()
    data = codec.encode(payload, codec.MAX_HALL_BYTES)
    assert len(data) > 20_000  # a test of something large
    assert codec.decode(data, codec.MAX_HALL_BYTES) == payload


def test_what_a_console_sends_fits_by_far() -> None:
    for name, fields in events.CONSOLE_EVENTS.items():
        payload = {"key": "k" * 64, "by": "b" * 64, "age_ms": codec.MAX_INT, "ev": name}
        payload.update(largest_fields(fields))
        data = codec.encode(payload, codec.MAX_CONSOLE_UP_BYTES)
        assert (
            events.read_console_event(codec.decode(data, codec.MAX_CONSOLE_UP_BYTES))["ev"] == name
        )


def largest_hall(foot: str = TITLE) -> Hall:
    """Give a hall whose site has as much to tell its boards as a file may say."""
    prefixes = tuple(f"WW{sign}" for sign in "ABCDEFGHIJKLMNOP")
    hall = Hall()
    hall.site = small_site(
        name=TITLE,
        queues=tuple(Queue(q, TITLE, "duk", Policy(), ALWAYS) for q in prefixes),
        counters=(Counter(999, prefixes[:MAX_QUEUES_OF_COUNTER], "duk"),),
        services=(),
        visitor_url="https://" + "w" * 144 + "{ticket}",
        ticket_foot=foot,
        next_lock_ms=60_000,
        reading_every_s=86_400,
    )
    hall.rebuild()
    return hall


def config_of(hall: Hall, role: str) -> tuple[bytes, dict[str, Any]]:
    data = board_config(hall, Board("z" * 32, role, 999))
    return data, codec.decode(data, codec.MAX_DOWN_BYTES)


@pytest.mark.parametrize("role", words.ROLES)
def test_what_a_board_is_told_of_the_largest_hall_fits(role: str) -> None:
    data, payload = config_of(largest_hall(), role)
    assert len(data) <= codec.MAX_DOWN_BYTES
    settings = read_config(payload)  # as the board does
    for word in LABELS_OF.get(role, ()):
        assert settings.label(word) == LABELS[word]
    if role == "ticket":
        assert len(data) > 1_500  # a test of something large
        assert len(payload["names"]) == KEYS_MOST
        assert set(payload["names"].values()) == {TITLE}
        assert payload["foot"] == TITLE


def test_what_is_too_long_for_a_ticket_board_is_shortened_in_its_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hall = largest_hall()
    whole = len(config_of(hall, "ticket")[0])
    found = []
    for most in range(whole, whole - 760, -40):
        monkeypatch.setattr(codec, "MAX_DOWN_BYTES", most)
        data, payload = config_of(hall, "ticket")
        assert len(data) <= most
        found.append((len(payload["names"]["WWA"]), len(payload["foot"])))
    assert list(dict.fromkeys(found)) == [(80, 80), (48, 80), (32, 80), (16, 80), (0, 80), (0, 0)]


def test_the_gateway_has_a_text_for_every_word_that_the_firmware_shows() -> None:
    named = {text for name, text in vars(config).items() if name.startswith("LABEL_")}
    assert set(config._LABELS) >= named
    for word, text in config._LABELS.items():
        assert LABELS[word] == text, "what a board says before its first config, and after it"


# What a role says by a word of its own, and says without its settings: `label("thanks", "…")`.
_OWN_WORD = re.compile(r'\b_?(?:label|word)\("([a-z_]+)", "([^"]+)"\)')


@pytest.mark.parametrize("role", [role for role in words.ROLES if role != "dispenser"])
def test_the_words_of_a_role_are_the_gateways(role: str) -> None:
    for word, text in _OWN_WORD.findall((ROOT / "firmware" / "roles" / f"{role}.py").read_text()):
        assert LABELS[word] == text, "what a board says before its first config, and after it"
        assert word in LABELS_OF[role]
