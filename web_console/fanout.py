"""One source, many event streams: every stream gets the newest of each topic, latest wins.

A stream remembers only which topics it has yet to send, never what they were, so that a slow
reader costs a set of names. Everything here runs in one event loop; nothing here does I/O.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any


def event_bytes(kind: str, data: Mapping[str, Any]) -> bytes:
    """Give one server-sent event; JSON has no line breaks of its own, so one `data` line does."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {kind}\ndata: {text}\n\n".encode()


class Stream:
    """What one reader has yet to get."""

    def __init__(self, topics: Iterator[str]) -> None:
        self._due = dict.fromkeys(topics)  # in the order in which they became due
        self._wake = asyncio.Event()
        self.beat_due = True
        self.ended = False

    def mark(self, topic: str) -> None:
        """Note that `topic` has news."""
        self._due[topic] = None
        self._wake.set()

    def beat(self) -> None:
        """Note that the reader should get a sign of life."""
        self.beat_due = True
        self._wake.set()

    def end(self) -> None:
        """Make `wait` return so that the stream's owner closes it."""
        self.ended = True
        self._wake.set()

    async def wait(self) -> list[str]:
        """Give the topics with news, once there are any, a beat is due or the stream ended."""
        while not (self._due or self.beat_due or self.ended):
            self._wake.clear()
            await self._wake.wait()
        due = list(self._due)
        self._due.clear()
        return due


class Fanout:
    """The newest event of each topic, and the open streams."""

    def __init__(self, most_streams: int = 500) -> None:
        self._most_streams = most_streams
        self._newest: dict[str, bytes] = {}
        self._streams: set[Stream] = set()
        self.closed = False

    def __len__(self) -> int:
        return len(self._streams)

    def publish(self, topic: str, kind: str, data: Mapping[str, Any]) -> bool:
        """Make `data` the newest of `topic`; give False, and wake nobody, if it is unchanged."""
        event = event_bytes(kind, data)
        if self._newest.get(topic) == event:
            return False
        self._newest[topic] = event
        for stream in self._streams:
            stream.mark(topic)
        return True

    def forget(self, topic: str) -> None:
        """Drop a topic: streams that open from now on do not get it."""
        self._newest.pop(topic, None)

    def newest(self, topic: str) -> bytes:
        """Give the newest event of a topic; empty if it was forgotten meanwhile."""
        return self._newest.get(topic, b"")

    def beat(self) -> None:
        """Let every reader know that the console lives."""
        for stream in self._streams:
            stream.beat()

    def open(self) -> Stream | None:
        """Give a new stream that starts with all that is current, or None if there are too many."""
        if self.closed or len(self._streams) >= self._most_streams:
            return None
        stream = Stream(iter(self._newest))
        self._streams.add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        """Free a stream; harmless if it was freed before."""
        self._streams.discard(stream)

    def close(self) -> None:
        """End every stream and open no more."""
        self.closed = True
        for stream in self._streams:
            stream.end()
