"""Every event: taken whole, refused without a field, with a wrong one, from a wrong role."""

from firmware.wire import events, words
from firmware.wire.codec import MAX_BOOT, MAX_INT, BadPayload
from tests.firmware.pure.expect import raises
from tests.wire.pure.samples import largest_fields

WRONG: "tuple[object, ...]" = ([1], {}, "\x00", 10**20, "x" * 300, -1)


def sample(fields, **more):
    out = largest_fields(fields)
    out.update(more)
    return out


def test_every_board_event_is_read_whole_and_from_its_roles_only():
    for name, (roles, fields) in events.BOARD_EVENTS.items():
        payload = sample(fields, ev=name, t_ms=MAX_INT)
        wanted = dict(payload)
        payload["unknown"] = "ignored"
        for role in words.ROLES:
            if role in roles:
                assert events.read_board_event(role, payload) == wanted, name
            else:
                error = raises(events.NotAllowed, events.read_board_event, role, payload)
                assert (error.name, error.role) == (name, role)


def test_every_field_is_needed_or_optional_and_checked():
    for table, read in (
        (
            {name: fields for name, (_, fields) in events.BOARD_EVENTS.items()},
            lambda p: events.read_board_event(events.BOARD_EVENTS[p["ev"]][0][0], p),
        ),
        (events.CONSOLE_EVENTS, events.read_console_event),
    ):
        for name, fields in table.items():
            for field in fields:
                payload = sample(fields, ev=name, t_ms=1)
                del payload[field[0]]
                if field[2]:
                    assert raises(BadPayload, read, payload).field == field[0]
                else:
                    assert field[0] not in read(payload)
                for wrong in WRONG:
                    payload[field[0]] = wrong
                    assert raises(BadPayload, read, payload).field == field[0], (name, field, wrong)


def test_null_is_absence_except_where_it_has_a_meaning():
    assert "has" not in events.read_board_event("counter", {"ev": "next", "t_ms": 1, "has": None})
    offline = {"ev": "offline", "t_ms": 1, "ticket": "A700", "queue": "A", "age_ms": None}
    assert events.read_board_event("ticket", offline)["age_ms"] is None
    del offline["age_ms"]
    error = raises(BadPayload, events.read_board_event, "ticket", offline)
    assert error.field == "age_ms"
    error = raises(
        BadPayload, events.read_board_event, "ticket", {"ev": "take", "t_ms": 1, "queue": None}
    )
    assert error.field == "queue"


def test_unknown_events_and_wrong_frames():
    for payload, field in (
        ({}, "ev"),
        ({"ev": 1}, "ev"),
        ({"ev": "fly", "t_ms": 1}, "ev"),
        ({"ev": "next"}, "t_ms"),
        ({"ev": "next", "t_ms": -1}, "t_ms"),
        ({"ev": "next", "t_ms": 1.5}, "t_ms"),
        ({"ev": "next", "t_ms": MAX_INT + 1}, "t_ms"),
    ):
        error = raises(BadPayload, events.read_board_event, "counter", payload)
        assert error.field == field, payload
    raises(BadPayload, events.read_console_event, {"ev": "hello"})  # boards only
    raises(BadPayload, events.read_board_event, "counter", {"ev": "cancel", "t_ms": 1})


def test_identity():
    assert events.read_board_identity({"boot": 0, "seq": 1}) == (0, 1)
    assert events.read_board_identity({"boot": MAX_BOOT, "seq": MAX_INT}) == (MAX_BOOT, MAX_INT)
    for payload in (
        {},
        {"boot": 1},
        {"boot": -1, "seq": 1},
        {"boot": MAX_BOOT + 1, "seq": 1},
        {"boot": 1, "seq": 0},
        {"boot": 1, "seq": MAX_INT + 1},
        {"boot": 1, "seq": 1.0},
        {"boot": True, "seq": 1},
    ):
        raises(BadPayload, events.read_board_identity, payload)
    assert events.read_console_key({"key": "k" * 64}) == "k" * 64
    for key in ("", "k" * 65, 1, None):
        raises(BadPayload, events.read_console_key, {"key": key})


def test_console_frame():
    got = events.read_console_event({"ev": "recall", "counter": 3})
    assert got == {"ev": "recall", "counter": 3, "by": "", "age_ms": 0}
    got = events.read_console_event({"ev": "recall", "counter": 3, "by": "siti", "age_ms": 9})
    assert (got["by"], got["age_ms"]) == ("siti", 9)
    for field, value in (("by", 1), ("by", "x" * 65), ("age_ms", -1), ("age_ms", "1")):
        payload = {"ev": "recall", "counter": 3, field: value}
        assert raises(BadPayload, events.read_console_event, payload).field == field


def test_orders_perish_and_facts_wait():
    facts = [name for name in events.BOARD_EVENTS if events.is_fact(name)]
    assert sorted(facts) == ["count", "offline", "paper", "rate", "touch"], facts
