"""The supervisor's small parts: delays, bounded logs, signs of being ready."""

import socket
import threading
from pathlib import Path

import pytest

from gateway.supervise.backoff import Backoff
from gateway.supervise.bounded_log import BoundedLog
from gateway.supervise.hall import MissingTool, find_tool
from gateway.supervise.ready import page_answers, port_answers
from tests.support.tools import free_port


def test_delays_double_to_two_seconds():
    backoff = Backoff()
    delays_s = [backoff.delay_s(alive_s=0.0) for _ in range(8)]
    assert delays_s == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0]


def test_a_long_life_starts_the_delays_anew():
    backoff = Backoff()
    for _ in range(8):
        backoff.delay_s(alive_s=4.9)
    assert backoff.delay_s(alive_s=5.0) == 0.1
    assert backoff.delay_s(alive_s=1.0) == 0.2


def test_a_log_and_the_one_before_it_stay_within_the_bound(tmp_path: Path):
    log = BoundedLog(tmp_path / "a.log", max_bytes=100)
    for n in range(50):
        log.write(b"%08d\n" % n)
    log.close()
    kept = [(tmp_path / name).read_bytes() for name in ("a.log.1", "a.log")]
    assert max(map(len, kept)) <= 100
    assert b"".join(kept).endswith(b"00000048\n00000049\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.log", "a.log.1"]


def test_a_log_goes_on_where_the_last_process_left_it(tmp_path: Path):
    for text in (b"one\n", b"two\n"):
        log = BoundedLog(tmp_path / "a.log")
        log.write(text)
        log.close()
    assert (tmp_path / "a.log").read_bytes() == b"one\ntwo\n"


def test_of_what_is_larger_than_the_bound_the_end_is_kept(tmp_path: Path):
    log = BoundedLog(tmp_path / "a.log", max_bytes=10)
    log.write(b"0123456789abcdef")
    log.close()
    assert (tmp_path / "a.log").read_bytes() == b"6789abcdef"


def test_a_full_disk_is_told_in_the_log_once_there_is_room(tmp_path: Path):
    path = tmp_path / "a.log"
    path.symlink_to("/dev/full")
    log = BoundedLog(path)
    log.write(b"lost\n")
    log.close()
    path.unlink()
    log.write(b"kept\n")
    log.close()
    assert path.read_bytes() == b"(5 bytes could not be written here)\nkept\n"


def test_a_tool_that_is_nowhere_is_named():
    with pytest.raises(MissingTool, match=r"^no-such-tool is missing: run `make setup`"):
        find_tool("no-such-tool")


@pytest.mark.parametrize(
    ("answer", "good"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", True),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", False),
        (b"", False),
        (b"220 mail.example ESMTP\r\n", False),
    ],
)
def test_a_page_is_there_when_it_answers_200(answer: bytes, good: bool):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        assert page_answers("127.0.0.1", port, "/healthz") is good
        thread.join()


def test_a_port_that_nobody_listens_on_does_not_answer():
    port = free_port()
    assert not port_answers("127.0.0.1", port)
    assert not page_answers("127.0.0.1", port, "/")
    with socket.create_server(("127.0.0.1", port)):
        assert port_answers("127.0.0.1", port)
        assert not page_answers("127.0.0.1", port, "/")  # accepts, and says nothing
