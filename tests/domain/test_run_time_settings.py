"""Settings changed at run time: whole or not at all, journalled, until the site file changes."""

from dataclasses import fields, replace
from typing import Any

import pytest

from firmware.wire import codec
from gateway.domain import Command, decide
from gateway.domain import reasons as r
from gateway.domain.hall_events import SettingsChanged
from gateway.domain.settings_check import problems
from gateway.domain.settings_patch import LISTS, SITE_KEYS, applied, differences
from gateway.domain.site import Agency, Counter, Policy, Queue, Service, Site, Slots
from tests.domain.world import World, small_site

GOOD: list[tuple[dict[str, Any], str, Any]] = [
    ({"counters": {"3": {"queues": ["A", "C"]}}}, "counters.3.queues", ("A", "C")),
    ({"counters": {"2": {"choice": "preferred"}}}, "counters.2.choice", "preferred"),
    ({"counters": {"2": {"guard_min": 20}}}, "counters.2.guard_min", 20),
    (
        {"queues": {"A": {"policy": {"kind": "ageing", "priority_weight": 3}}}},
        "queues.A.policy",
        Policy("ageing", priority_weight=3.0),
    ),
    ({"queues": {"A": {"policy": {"normal": 5}}}}, "queues.A.policy", Policy(normal=5)),
    ({"queues": {"A": {"transfer_arrival": "now"}}}, "queues.A.transfer_arrival", "now"),
    (
        {"queues": {"B": {"slots": {"every_min": 30, "per_slot": 2}}}},
        "queues.B.slots",
        Slots(30, 2),
    ),
    ({"services": {"ktp": {"quota_per_day": 50}}}, "services.ktp.quota_per_day", 50),
    ({"services": {"ktp": {"quota_per_day": None}}}, "services.ktp.quota_per_day", None),
    ({"agencies": {"far": {"walk_in": True}}}, "agencies.far.walk_in", True),
    ({"agencies": {"far": {"phone": "1500"}}}, "agencies.far.phone", "1500"),
    ({"site": {"presence_s": 45}}, "site.presence_s", 45),
    ({"site": {"fever_c": 38}}, "site.fever_c", 38.0),
    ({"site": {"late_place": "front"}}, "site.late_place", "front"),
    ({"site": {"screening": True}}, "site.screening", True),
]
BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "change: found nothing, allowed site, counters, queues, services, agencies"),
    ({"people": {}}, "people: found an unknown key, allowed site, counters,"),
    ({"site": []}, "site: found [], allowed a table"),
    ({"site": {}}, "site: found nothing, allowed presence_s,"),
    ({"site": {"zone": "Asia/Makassar"}}, "site.zone: found an unknown key"),
    ({"site": {"presence_s": 2}}, "found 2, allowed whole seconds from 5 to 3600"),
    ({"site": {"presence_s": 45.5}}, "site.presence_s: found 45.5"),
    ({"site": {"presence_s": True}}, "site.presence_s: found true"),
    ({"site": {"screening": 1}}, "site.screening: found 1, allowed true or false"),
    ({"site": {"late_place": "middle"}}, "found 'middle', allowed front, place, end"),
    ({"site": {"late_place": ["front"]}}, "site.late_place: found ['front']"),
    ({"site": {"lease_size": 400}}, "allowed at most 300: queue A has no more numbers"),
    ({"counters": {"9": {"choice": "longest"}}}, "counters.9: found what this site does not have"),
    ({"counters": {"1": {"number": 4}}}, "counters.1.number: found an unknown key"),
    ({"counters": {"1": {}}}, "counters.1: found nothing, allowed queues, choice, guard_min"),
    ({"counters": {"1": 5}}, "counters.1: found 5, allowed a table"),
    ({"counters": {"1": {"queues": []}}}, "counters.1.queues: found [], allowed a list of 1 to 16"),
    ({"counters": {"1": {"queues": ["A", "A"]}}}, "each once"),
    ({"counters": {"1": {"queues": ["Z"]}}}, "of A, B, C, each once"),
    ({"counters": {"1": {"queues": [["A"]]}}}, "counters.1.queues"),
    ({"counters": {"1": {"queues": "A"}}}, "counters.1.queues: found 'A'"),
    ({"counters": []}, "counters: found [], allowed a table"),
    ({"queues": {"A": {"policy": "strict"}}}, "queues.A.policy: found 'strict', allowed a table"),
    ({"queues": {"A": {"policy": {"kind": "fair"}}}}, "allowed strict, ratio, ageing"),
    ({"queues": {"A": {"policy": {"kind": []}}}}, "queues.A.policy.kind: found []"),
    (
        {"queues": {"A": {"policy": {"kind": "strict", "normal": 2}}}},
        "queues.A.policy.normal: found an unknown key, allowed kind, guard_min",
    ),
    ({"queues": {"A": {"policy": {"normal": 100}}}}, "a whole number from 1 to 99"),
    ({"queues": {"A": {"slots": {"every_min": 30}}}}, "both every_min and per_slot"),
    (
        {"queues": {"B": {"slots": {"every_min": 30, "per_slot": 4}}}},
        "queues.B.slots.per_slot: found 4, allowed at most 3",
    ),
    ({"queues": {"A": {"slots": 5}}}, "queues.A.slots: found 5, allowed a table"),
    ({"services": {"ktp": {"quota_per_day": 0}}}, "from 1 to 9999, or null for no quota"),
    ({"services": {"kaptepe": {"quota_per_day": 5}}}, "services.kaptepe: found what this site"),
    ({"agencies": {"duk": {"walk_in": False}}}, "allowed false with online or phone or both"),
    ({"agencies": {"far": {"online": "", "phone": ""}}}, "agencies.far.walk_in: found false"),
    ({"agencies": {"far": {"phone": "1\n2"}}}, "a line of at most 80 characters"),
    ({"agencies": {"far": {"phone": 165}}}, "agencies.far.phone: found 165"),
]


@pytest.mark.parametrize(("change", "path", "value"), GOOD)
def test_a_good_change_changes_what_it_names(
    change: dict[str, Any], path: str, value: object
) -> None:
    site = small_site()
    assert problems(site, change) == []
    assert differences(site, applied(site, change)) == {path: value}


@pytest.mark.parametrize(("change", "said"), BAD)
def test_a_bad_change_says_where_what_and_what_is_allowed(
    change: dict[str, Any], said: str
) -> None:
    w = World()
    decision = w.ask("settings", change=change)
    assert decision.why == r.BAD_PAYLOAD
    assert said in str(decision.result["text"])
    assert w.hall.site == small_site()


def test_what_is_nested_deeper_than_python_can_follow_is_refused() -> None:
    deep: Any = 1
    for _ in range(1_000):  # what the wire's reader lets through
        deep = [deep]
    changes: list[dict[str, object]] = [
        {"site": deep},
        {"site": {"capacity": deep}},
        {"queues": {"A": {"slots": deep}}},
    ]
    for change in changes:
        decision = decide(World().hall, Command("settings", 0, change=change))
        assert decision.why == r.BAD_PAYLOAD
        assert "found [[...]], allowed" in str(decision.result["text"])


def test_every_key_is_one_of_the_sites_and_is_checked() -> None:
    kinds: dict[str, Any] = {
        "counters": Counter,
        "queues": Queue,
        "services": Service,
        "agencies": Agency,
    }
    for section, (_, key, keys) in LISTS.items():
        assert {key, *keys} <= {field.name for field in fields(kinds[section])}
    assert set(SITE_KEYS) <= {field.name for field in fields(Site)}
    site = small_site()
    names = {"counters": "1", "queues": "A", "services": "ktp", "agencies": "duk"}
    for section, (_, _, keys) in LISTS.items():
        for name in keys:
            assert problems(site, {section: {names[section]: {name: object()}}}), name
    for name in SITE_KEYS:
        assert problems(site, {"site": {name: object()}}), name


def test_the_whole_change_or_nothing_of_it() -> None:
    w = World()
    change = {"site": {"presence_s": 45, "undo_s": 999}, "counters": {"7": {}}}
    decision = w.ask("settings", change=change)
    text = str(decision.result["text"])
    assert text.count(": found ") == 2
    assert "; counters.7" in text
    assert w.hall.site == small_site()


def test_a_change_is_journalled_with_who_why_and_when() -> None:
    w = World()
    change: dict[str, object] = {"site": {"undo_s": 60}}
    assert w.ok("settings", change=change, by="budi", reason="lambat") == {"changed": 1}
    assert w.events[-1] == SettingsChanged(w.now, "budi", change, "lambat")
    decision = w.ask("settings", change=change)
    assert (decision.events, decision.result) == ((), {"changed": 0})


def test_queues_move_between_counters_at_once() -> None:
    w = World()
    w.take("B")
    assert w.refused("next") == r.NOBODY_WAITING
    w.ok("settings", change={"counters": {"1": {"queues": ["B", "A"]}}})
    assert w.press("next")["ticket"] == "B001"
    assert w.hall.lines["B"].serving == 2


def test_a_queue_with_somebody_in_it_keeps_a_counter() -> None:
    w = World()
    w.take("B")
    change = {"counters": {"2": {"queues": ["A"]}}}
    decision = w.ask("settings", change=change)
    assert decision.why == r.WRONG_STATE
    assert decision.result["text"] == (
        "queue B cannot be left without a counter while 1 unfinished tickets are in it:"
        " serve, transfer or cancel them first"
    )
    w.ok("cancel", ticket="B001")
    w.ok("settings", change=change)
    w.take("B")  # nobody serves it any more, and that is not this change's fault
    w.ok("settings", change={"site": {"undo_s": 60}})


def test_a_video_booth_gets_no_queue_with_services_in_person() -> None:
    site = small_site()
    counters = (site.counters[0], site.counters[1], replace(site.counters[2], kind="video"))
    services = (replace(site.services[0], in_person=True), *site.services[1:])
    w = World(replace(site, counters=counters, services=services))
    decision = w.ask("settings", change={"counters": {"3": {"queues": ["A", "C"]}}})
    assert decision.result["text"] == (
        "counters.3.queues: found A, allowed for a video booth, queues without services in person"
    )


def test_the_same_site_file_leaves_the_changes_in_force() -> None:
    w = World()
    w.ok("settings", change={"site": {"undo_s": 60}})
    decision = w.ask("site_load", site=small_site())
    assert (decision.events, decision.result) == ((), {})
    assert w.hall.site.undo_s == 60


def test_a_changed_site_file_replaces_them_and_says_how_many() -> None:
    w = World()
    w.ok("settings", change={"site": {"undo_s": 60, "presence_s": 45, "capacity": 80}})
    assert w.ok("site_load", site=small_site(undo_s=60, rate_within_s=30)) == {"replaced": 2}
    assert (w.hall.site.presence_s, w.hall.site.capacity) == (60, 0)
    assert w.ok("site_load", site=small_site()) == {}


def test_an_agency_that_is_gone_is_held_no_longer() -> None:
    w = World()
    w.ok("hold", agency="imi")
    w.ok("break_start", agency="imi")
    site = small_site()
    counters = (site.counters[0], replace(site.counters[1], queues=("A",), agency="duk"))
    gone = replace(
        site, agencies=site.agencies[:1], queues=site.queues[:1], counters=counters, services=()
    )
    w.ok("site_load", site=gone)
    assert (w.hall.held, w.hall.rests) == ({}, {})


@pytest.mark.parametrize("junk", ["x" * 5_000, "\U0001f9fe" * 60, '"\\' * 60])
def test_the_worst_change_is_answered_within_a_receipt(junk: str) -> None:
    w = World()
    changes: list[dict[str, Any]] = [
        {f"{n}{junk}": {} for n in range(50)},
        {"site": {f"{n}{junk}": junk for n in range(50)}},
        {"counters": {str(n): {f"{junk}{m}": junk for m in range(50)} for n in range(3)}},
        {"services": {"ktp": {"quota_per_day": junk}}},
    ]
    for change in changes:
        decision = w.ask("settings", change=change)
        receipt = {"key": "k" * 64, "st": "refused", "why": decision.why, **decision.result}
        codec.encode(receipt, codec.MAX_DOWN_BYTES)
