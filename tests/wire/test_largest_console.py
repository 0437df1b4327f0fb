"""What consoles send and get keeps its limits, up to the largest hall that we serve."""

import pytest

from firmware.core import config
from firmware.core.config import read_config
from firmware.wire import codec, events, words
from gateway.domain.site import MAX_BOARDS, MAX_NAME_CHARS, MAX_QUEUES_OF_COUNTER
from gateway.fleet.settings import KEYS_MOST, LABELS, board_config
from gateway.site import schema
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
        "alerts": ["level_low", "battery_low"],
    }  # fmt: skip
    return {"epoch": EPOCH, "utc_ms": UTC_MS, "sensors": [sensor] * SENSORS}


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


def test_the_gateways_own_labels_fit_a_board() -> None:
    for role in words.ROLES:
        queues = (QUEUE,) * max(MAX_QUEUES_OF_COUNTER, KEYS_MOST)
        data = board_config(
            role=role,
            counter=999,
            queues=queues,
            next_lock_ms=60_000,
            reading_every_s=86_400,
        )
        assert len(data) <= codec.MAX_DOWN_BYTES
        settings = read_config(codec.decode(data, codec.MAX_DOWN_BYTES))  # as the board does
        assert settings.label(words.NOBODY_WAITING) == "KOSONG"


def test_the_gateway_has_a_text_for_every_word_that_the_firmware_shows() -> None:
    named = {text for name, text in vars(config).items() if name.startswith("LABEL_")}
    assert set(config._LABELS) >= named
    for word, text in config._LABELS.items():
        assert LABELS[word] == text, "what a board says before its first config, and after it"
