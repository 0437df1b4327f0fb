"""Whether what is shown is live, and since when it is not: on two clocks, without any waiting."""

import json
from typing import Any

import pytest

from firmware.wire import topics, words
from tests.console import samples
from web_console import hall as hall_module
from web_console.hall import LINK, LOST, NO_BROKER, READY, STARTING, Hall, Now
from web_console.shapes import Misfit

UTC_MS = 1_795_000_000_000
SILENCE_MS = words.BEAT_EVERY_MS * words.BEATS_MISSED


def at(ms: int) -> Now:
    return Now(mono_ms=ms, utc_ms=UTC_MS + ms)


def say(hall: Hall, topic: str, content: dict[str, Any], ms: int) -> set[str]:
    return hall.heard(topic, json.dumps(content).encode(), at(ms))


def state(hall: Hall, word: str, ms: int, epoch: int = samples.EPOCH) -> set[str]:
    content: dict[str, Any] = {"s": word} if word == "lost" else {"s": word, "epoch": epoch}
    return say(hall, topics.GW_STATE, content, ms)


def part(hall: Hall, name: str, content: dict[str, Any], ms: int) -> set[str]:
    return say(hall, topics.hall_part(name), content, ms)


def beat(hall: Hall, ms: int, epoch: int = samples.EPOCH) -> set[str]:
    return say(hall, topics.GW_BEAT, {"epoch": epoch, "utc_ms": UTC_MS + ms}, ms)


@pytest.fixture
def live() -> Hall:
    """A hall that has been live since 100 ms."""
    hall = Hall(at(0))
    hall.broker_up(at(50))
    part(hall, "site", samples.site(), 60)
    part(hall, "line", samples.empty_line(), 70)
    assert state(hall, "ready", 100) == {LINK}
    assert hall.link == {"state": READY, "since_ms": UTC_MS + 100}
    assert hall.missing() == ""
    return hall


def test_a_new_console_says_what_it_waits_for() -> None:
    hall = Hall(at(0))
    assert hall.link["state"] == NO_BROKER
    assert hall.missing() == "the broker cannot be reached"
    assert hall.broker_up(at(10)) == {LINK}
    assert hall.link == {"state": STARTING, "since_ms": UTC_MS}
    assert hall.missing() == "the gateway has not published the hall's site yet"
    part(hall, "site", samples.site(), 20)
    assert hall.missing() == "the gateway has not published the hall's line yet"
    part(hall, "line", samples.empty_line(), 30)
    assert hall.missing() == "the gateway has not said that it is ready"
    state(hall, "ready", 40)
    assert hall.missing() == ""


def test_three_missed_beats_lose_the_gateway_since_its_last_sign_of_life(live: Hall) -> None:
    beat(live, 2_000)
    beat(live, 4_000)
    assert live.due_ms() == 4_000 + SILENCE_MS
    assert live.tick(at(4_000 + SILENCE_MS - 1)) == set()
    assert live.tick(at(4_000 + SILENCE_MS)) == {LINK}
    assert live.link == {"state": LOST, "since_ms": UTC_MS + 4_000}
    assert live.missing() == "the gateway is lost"
    assert live.due_ms() is None
    assert beat(live, 20_000) == {LINK}
    assert live.link == {"state": READY, "since_ms": UTC_MS + 20_000}


def test_beats_alone_are_no_news(live: Hall) -> None:
    assert [beat(live, ms) for ms in range(2_000, 60_000, 2_000)] == [set()] * 29


def test_a_beat_of_another_run_is_no_sign_of_life(live: Hall) -> None:
    beat(live, 5_000, epoch=samples.EPOCH + 1)
    assert live.tick(at(100 + SILENCE_MS)) == {LINK}
    assert live.link["state"] == LOST


@pytest.mark.parametrize("word", ["lost", "gone"])
def test_the_will_or_a_farewell_loses_the_gateway_at_once(live: Hall, word: str) -> None:
    beat(live, 2_000)
    assert state(live, word, 2_500) == {LINK}
    assert live.link == {"state": LOST, "since_ms": UTC_MS + 2_000}


def test_a_restarted_gateway_is_live_once_its_parts_are_of_its_own_run(live: Hall) -> None:
    state(live, "lost", 3_000)
    lost_since = live.link["since_ms"]
    state(live, "ready", 9_000, epoch=8)
    assert live.link == {"state": STARTING, "since_ms": lost_since}
    part(live, "site", samples.site(epoch=8), 9_010)
    assert live.link["state"] == STARTING
    part(live, "line", samples.empty_line(epoch=8), 9_020)
    assert live.link == {"state": READY, "since_ms": UTC_MS + 9_020}


def test_a_lost_broker_is_told_apart_and_comes_back_with_a_new_term_for_beats(live: Hall) -> None:
    assert live.broker_down(at(3_000)) == {LINK}
    assert live.link == {"state": NO_BROKER, "since_ms": UTC_MS + 100}
    assert live.broker_down(at(3_500)) == set()
    live.broker_up(at(60_000))
    assert live.link["state"] == READY
    assert live.due_ms() == 60_000 + SILENCE_MS


def test_a_part_that_did_not_change_is_no_news(live: Hall) -> None:
    line = samples.busy_line(rev=5)
    assert part(live, "line", line, 200) == {"line"}
    assert part(live, "line", line | {"rev": 6, "utc_ms": UTC_MS + 300}, 300) == set()
    assert part(live, "line", line | {"rev": 7, "day": "2026-11-22"}, 400) == {"line"}


def test_an_older_revision_of_the_same_run_is_ignored(live: Hall) -> None:
    part(live, "line", samples.busy_line(rev=9), 200)
    assert part(live, "line", samples.empty_line(rev=8), 300) == set()
    content = live.content("line")
    assert content is not None
    assert content["calls"][0]["ticket"] == "A012"
    assert part(live, "line", samples.empty_line(epoch=8, rev=1), 400) == {"line", LINK}


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (topics.GW_STATE, b"ready"),
        (topics.GW_STATE, b'{"s":"ready"}'),
        (topics.GW_STATE, b'{"s":"sleepy","epoch":7}'),
        (topics.GW_BEAT, b"{}"),
        (topics.hall_part("line"), b'{"epoch":7,"queues":[]}'),
    ],
)
def test_an_unusable_message_is_counted_and_changes_nothing(
    live: Hall, topic: str, payload: bytes
) -> None:
    before = live.content("line"), dict(live.link)
    for times in (1, 2):
        with pytest.raises(Misfit):
            live.heard(topic, payload, at(200))
        assert live.bad == {topic: times}
    assert (live.content("line"), dict(live.link)) == before


def test_parts_that_this_console_does_not_know_are_left_alone(live: Hall) -> None:
    assert part(live, "weather", {"epoch": 7}, 200) == set()
    assert live.bad == {}


def test_the_silence_is_that_of_the_contract() -> None:
    assert hall_module._SILENCE_MS == 6_000


def test_what_people_are_told_is_the_halls_time_as_soon_as_a_beat_tells_it(live: Hall) -> None:
    assert live.utc_ms(at(500)) == UTC_MS + 500
    wrong = 3_600_000  # this machine's clock was set an hour ahead; the hall's goes on
    say(live, topics.GW_BEAT, {"epoch": samples.EPOCH, "utc_ms": UTC_MS + 2_000}, 2_000)
    late = Now(mono_ms=2_000 + SILENCE_MS, utc_ms=UTC_MS + 2_000 + SILENCE_MS + wrong)
    assert live.utc_ms(late) == UTC_MS + 2_000 + SILENCE_MS
    live.tick(late)
    assert live.link == {"state": LOST, "since_ms": UTC_MS + 2_000}


def test_a_beat_without_the_time_is_unusable(live: Hall) -> None:
    with pytest.raises(Misfit):
        say(live, topics.GW_BEAT, {"epoch": samples.EPOCH}, 2_000)
    assert live.utc_ms(at(2_500)) == UTC_MS + 2_500
