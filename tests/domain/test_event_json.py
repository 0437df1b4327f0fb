"""Events as the journal keeps them: each kind survives JSON, and other versions' are told apart."""

import json
from typing import cast, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain import BadEvent, Event, decode_event, encode_event
from gateway.domain.ticket_events import Called

_objects = st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.integers()))
_SPECIAL: dict[str, dict[str, st.SearchStrategy[object]]] = {
    "site_loaded": {"site": _objects},
    "settings_changed": {"change": _objects},
    "visitor_screened": {"temp_c": st.floats(allow_nan=False, allow_infinity=False)},
    "act_undone": {"tickets": st.lists(_objects).map(tuple)},
}


@pytest.mark.parametrize("cls", get_args(Event), ids=lambda cls: cls.kind)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_kind_survives_json(cls: type[Event], data: st.DataObject) -> None:
    event = cast(Event, data.draw(st.builds(cls, **_SPECIAL.get(cls.kind, {}))))
    body = json.loads(json.dumps(encode_event(event)))
    assert decode_event(body) == event
    assert body["kind"] == cls.kind
    assert type(body["at_ms"]) is int


def test_fields_at_their_default_are_left_out_and_come_back() -> None:
    event = Called(5, "", 1, "A001", "first come")
    body = encode_event(event)
    assert body == {
        "kind": "ticket_called",
        "at_ms": 5,
        "by": "",
        "counter": 1,
        "ticket": "A001",
        "rule": "first come",
    }
    assert decode_event({**body, "invented_later": 1}) == event


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "kind None is not known"),
        ({"kind": "ticket_flown", "at_ms": 1, "by": ""}, "'ticket_flown' is not known"),
        ({"kind": "ticket_called", "at_ms": 1, "by": ""}, "ticket_called: counter is missing"),
    ],
)
def test_what_cannot_be_read_is_named(body: dict[str, object], problem: str) -> None:
    with pytest.raises(BadEvent, match=problem):
        decode_event(body)
