"""Two hundred open pages, and pages that have stopped reading."""

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

from tests.console import samples
from tests.console.stand_in import Stage
from tests.support.tools import wait_for

STREAMS = 200
REQUEST = b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"


def reader(stage: Stage, stack: ExitStack, buffer_bytes: int = 0) -> socket.socket:
    connection = stack.enter_context(socket.socket())
    if buffer_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", stage.http_port))
    connection.sendall(REQUEST)
    return connection


def resident_kb(stage: Stage) -> int:
    assert stage.console
    with open(f"/proc/{stage.console.pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1])


def connections(stage: Stage) -> int:
    """Give how many connections the console process holds open."""
    port_hex = f":{stage.http_port:04X}"
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table]
    return sum(row[1].endswith(port_hex) and row[3] == "01" for row in rows)


def read_until(readers: list[socket.socket], mark: bytes, within_s: float) -> Iterator[float]:
    """Give, for each reader, the moment at which `mark` came by."""
    waiting = dict.fromkeys(readers, b"")
    deadline = time.monotonic() + within_s
    while waiting:
        ready, _, _ = select.select(list(waiting), [], [], max(0, deadline - time.monotonic()))
        assert ready, f"{len(waiting)} of {len(readers)} readers never saw {mark!r}"
        for connection in ready:
            # What was read is kept only as far as the mark may be cut in two.
            waiting[connection] = waiting[connection][-len(mark) :] + connection.recv(65_536)
            if mark in waiting[connection]:
                del waiting[connection]
                yield time.monotonic()


def test_two_hundred_pages_get_the_news_and_are_freed_when_they_close(own_stage: Stage) -> None:
    with ExitStack() as stack:
        readers = [reader(own_stage, stack) for _ in range(STREAMS)]
        list(read_until(readers, b"event: boards", within_s=15))
        began = time.monotonic()
        own_stage.gateway.publish("line", samples.busy_line(day="last"))
        moments = list(read_until(readers, b'"day":"last"', within_s=10))
        assert moments[-1] - began < 1.0
        assert own_stage.get("/healthz").status == 200
        for connection in readers:
            connection.close()
        wait_for(lambda: connections(own_stage) == 0, 5, "streams to be freed when readers leave")


def test_readers_that_stopped_reading_delay_nobody_and_cost_little(own_stage: Stage) -> None:
    dead_readers, rounds = 20, 90
    with ExitStack() as stack:
        for _ in range(dead_readers):
            reader(own_stage, stack, buffer_bytes=4_096)
        alive = reader(own_stage, stack)
        list(read_until([alive], b"event: boards", within_s=15))
        before_kb = resident_kb(own_stage)
        notice = {"code": "note", "text": "x" * 7_500}
        for n in range(rounds):
            own_stage.gateway.publish(
                "line", samples.busy_line(day=f"day-{n}", notices=[notice] * 7)
            )
            list(read_until([alive], f'"day":"day-{n}"'.encode(), within_s=2))
        # Kept for each of them, it would be 20 x 90 x 54 KB less what the kernel buffers: 40 MB.
        grown_kb = resident_kb(own_stage) - before_kb
        assert grown_kb < 10_000


def test_a_reader_beyond_the_limit_is_told_to_come_again(own_stage: Stage) -> None:
    with ExitStack() as stack:
        most = 500
        readers = [reader(own_stage, stack) for _ in range(most)]
        list(read_until(readers, b"event: boards", within_s=15))
        with own_stage.events() as events:
            assert events.status == 503
        readers[0].close()

        def admitted() -> bool:
            with own_stage.events() as events:
                return events.status == 200

        wait_for(admitted, 5, "a place to be free again")
