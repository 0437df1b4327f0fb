"""Latest wins: a reader that is slow gets fewer pictures, never old ones, and costs no memory."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from web_console.fanout import Fanout, Stream, event_bytes


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 5))


def opened(fanout: Fanout) -> Stream:
    stream = fanout.open()
    assert stream is not None
    return stream


def test_an_event_is_one_line_whatever_its_texts_hold() -> None:
    event = event_bytes("line", {"name": "Istirahat\nevent: fake\n\n", "é": "–"})
    assert event.count(b"\n") == 3
    assert event.endswith(b"\n\n")


def test_a_new_stream_begins_with_all_that_is_current_in_order() -> None:
    async def work() -> None:
        fanout = Fanout()
        for topic in ("link", "site", "line"):
            fanout.publish(topic, topic, {"v": 1})
        fanout.publish("link", "link", {"v": 2})
        stream = opened(fanout)
        assert await stream.wait() == ["link", "site", "line"]
        assert b'{"v":2}' in fanout.newest("link")

    run(work())


def test_what_did_not_change_wakes_nobody() -> None:
    async def work() -> None:
        fanout = Fanout()
        assert fanout.publish("line", "line", {"v": 1})
        stream = opened(fanout)
        await stream.wait()
        stream.beat_due = False
        assert not fanout.publish("line", "line", {"v": 1})
        waiting = asyncio.create_task(stream.wait())
        await asyncio.sleep(0)
        assert not waiting.done()
        fanout.publish("line", "line", {"v": 2})
        assert await waiting == ["line"]

    run(work())


def test_ten_thousand_changes_are_one_piece_of_news_for_a_slow_reader() -> None:
    async def work() -> None:
        fanout = Fanout()
        stream = opened(fanout)
        for n in range(10_000):
            fanout.publish("line", "line", {"v": n})
        assert len(stream._due) == 1
        assert await stream.wait() == ["line"]
        assert b"9999" in fanout.newest("line")

    run(work())


def test_streams_beyond_the_limit_are_turned_away_until_one_leaves() -> None:
    fanout = Fanout(most_streams=2)
    first = opened(fanout)
    opened(fanout)
    assert fanout.open() is None
    fanout.leave(first)
    fanout.leave(first)
    assert fanout.open() is not None
    assert len(fanout) == 2


def test_close_ends_all_streams_and_opens_no_more() -> None:
    async def work() -> None:
        fanout = Fanout()
        stream = opened(fanout)
        await stream.wait()
        stream.beat_due = False
        waiting = asyncio.create_task(stream.wait())
        await asyncio.sleep(0)
        fanout.close()
        assert await waiting == []
        assert stream.ended
        assert fanout.open() is None

    run(work())


def test_a_forgotten_topic_is_not_replayed() -> None:
    async def work() -> None:
        fanout = Fanout()
        fanout.publish("a", "board", {})
        fanout.publish("b", "board", {})
        fanout.forget("a")
        assert await opened(fanout).wait() == ["b"]
        assert fanout.newest("a") == b""

    run(work())
