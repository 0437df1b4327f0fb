import json

from firmware.core import config as core_config
from firmware.wire.codec import MAX_DOWN_BYTES, BadPayload, decode
from firmware.wire.words import NEXT_LOCK_MS
from tests.firmware.pure.expect import raises


def read_config(data):
    return core_config.read_config(decode(data, MAX_DOWN_BYTES))


def test_what_is_not_said_keeps_its_default():
    config = read_config(b'{"rev":3}')
    assert config.rev == 3
    assert config.next_lock_ms == NEXT_LOCK_MS
    assert config.every_s is None
    assert config.queues == []
    assert config.label("lost") == "TIDAK TERHUBUNG"


def test_everything_can_be_said():
    config = read_config(
        b'{"rev":4,"next_lock_ms":0,"every_s":30,"brightness":15,"queues":["A","B"],'
        b'"labels":{"nobody_waiting":"SEPI"},"counter":1,"later":"unknown fields are ignored"}'
    )
    assert (config.rev, config.next_lock_ms, config.every_s, config.brightness) == (4, 0, 30, 15)
    assert config.queues == ["A", "B"]
    assert config.label("nobody_waiting") == "SEPI"
    assert config.label("failed") == "GAGAL"


def test_every_why_has_some_words():
    assert read_config(b'{"rev":1}').label("never_heard_of") == "DITOLAK"
    assert read_config(b'{"rev":1,"labels":{"refused":"NO"}}').label("never_heard_of") == "NO"
    assert read_config(b'{"rev":1,"labels":{"lost":""}}').label("lost") == "TIDAK TERHUBUNG"


def test_wrong_settings_are_refused_as_a_whole():
    for wrong in (
        {},
        {"rev": -1},
        {"rev": "3"},
        {"rev": 1, "next_lock_ms": True},
        {"rev": 1, "next_lock_ms": 60_001},
        {"rev": 1, "every_s": 0},
        {"rev": 1, "brightness": 16},
        {"rev": 1, "queues": "A"},
        {"rev": 1, "queues": ["ABCD"]},
        {"rev": 1, "queues": [1]},
        {"rev": 1, "labels": []},
        {"rev": 1, "labels": {"lost": 1}},
        {"rev": 1, "labels": {"lost": "x" * 65}},
    ):
        raises(BadPayload, read_config, json.dumps(wrong).encode())
    raises(BadPayload, read_config, b"[]")
    raises(BadPayload, read_config, b"\xff")
