"""Other sites in the same browser stay out: Host, origin, JSON, and what pages may load."""

from typing import Any

import pytest

from tests.console.stand_in import Stage
from web_console.guard import MAX_BODY_BYTES, SOCKET, Refusal, check, host_name

HOSTS = frozenset({"127.0.0.1", "localhost", "::1", "mall.example"})
SAME = {"host": "localhost:8080", "content-type": "application/json"}


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1:8080", "127.0.0.1"),
        ("LocalHost", "localhost"),
        ("localhost.:80", "localhost"),
        ("[::1]:8080", "::1"),
        ("", ""),
    ],
)
def test_the_name_in_a_host_header(host: str, name: str) -> None:
    assert host_name(host) == name


@pytest.mark.parametrize(
    "host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "MALL.example:443", "localhost.:8080"]
)
def test_our_own_names_may_pass(host: str) -> None:
    check("GET", {"host": host}, HOSTS)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil@localhost", "[",
     "localhost:80@evil.example", "localhost:", "[::1]evil", "localhost:80/x"],
)  # fmt: skip
def test_other_names_are_turned_away(host: str) -> None:
    with pytest.raises(Refusal) as caught:
        check("GET", {"host": host}, HOSTS)
    assert caught.value.status == 421


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_turned_away(method: str) -> None:
    with pytest.raises(Refusal) as caught:
        check(method, {"host": "localhost"}, HOSTS)
    assert caught.value.status == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://localhost:8080"},
        {"origin": "HTTP://LOCALHOST:8080"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": "http://localhost:8080"},
    ],
)
def test_a_post_of_our_own_pages_may_pass(headers: dict[str, str]) -> None:
    check("POST", SAME | headers, HOSTS)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://localhost:9090"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://localhost:8080", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://localhost:8080", "sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"origin": "http://localhost:8080", "content-type": "text/plain"}, 415),
        ({"origin": "http://localhost:8080", "content-type": ""}, 415),
    ],
)
def test_any_other_post_is_turned_away(headers: dict[str, str], status: int) -> None:
    with pytest.raises(Refusal) as caught:
        check("POST", SAME | headers, HOSTS)
    assert caught.value.status == status


def test_a_socket_must_come_from_our_own_pages() -> None:
    check(SOCKET, {"host": "localhost:8080", "origin": "http://localhost:8080"}, HOSTS)
    for origin in ({}, {"origin": "null"}, {"origin": "http://localhost:9090"}):
        with pytest.raises(Refusal) as caught:
            check(SOCKET, {"host": "localhost:8080", **origin}, HOSTS)
        assert caught.value.status == 403
    with pytest.raises(Refusal):
        check(SOCKET, {"host": "evil.example", "origin": "http://evil.example"}, HOSTS)


@pytest.mark.parametrize("path", ["/", "/events", "/bangku/events", "/static/0/js/live.js"])
def test_nothing_answers_to_a_foreign_name(stage: Stage, path: str) -> None:
    answer = stage.get(path, {"Host": "evil.example"})
    assert answer.status == 421
    assert "evil.example" in answer.text


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/0/css/tokens.css", "/healthz"])
def test_every_answer_forbids_what_is_not_ours(stage: Stage, path: str) -> None:
    headers = stage.get(path).headers
    policy = dict(
        directive.split(" ", 1) for directive in headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Date" in headers
    assert "Server" not in headers


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b'{"board":"x"}', {"Origin": "http://evil.example"}, 403),
        (b'{"board":"x"}', {"Origin": ""}, 403),
        (b'{"board":"x"}', {"Content-Type": "text/plain"}, 415),
        (b" " * (MAX_BODY_BYTES + 1), {}, 413),
        (b"{", {}, 400),
        (b'{"board":"x"}', {}, 409),  # passed on; no virtual boards are there
    ],
)
def test_a_post_over_the_wire(
    stage: Stage, body: bytes, headers: dict[str, Any], status: int
) -> None:
    assert stage.post("/bangku/do", body, headers).status == status


def test_a_configured_name_is_answered() -> None:
    with Stage(LOKET_HTTP_HOSTS="mall.example other.example") as stage:
        assert stage.get("/healthz", {"Host": "Mall.Example"}).status == 200
        assert stage.get("/healthz", {"Host": "evil.example"}).status == 421
