"""The console as a process: live over a real broker, and on its feet again by itself."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from firmware.wire import codec, topics
from tests.console import samples
from tests.console.stand_in import Stage
from tests.support.rig import stop
from tests.support.tools import ROOT, wait_for


def test_a_stream_begins_with_all_that_is_current(stage: Stage) -> None:
    with stage.events() as events:
        got = [events.next() for _ in range(6)]
    assert [kind for kind, _ in got] == ["now", "link", "site", "line", "facilities", "boards"]
    kinds = dict(got)
    assert kinds["link"]["state"] == "ready"
    assert kinds["site"]["name"] == "Mal Pelayanan Publik Contoh"
    assert abs(kinds["now"]["utc_ms"] - samples.now_ms()) < 5_000
    assert f'data-build="{kinds["now"]["build"]}"' in stage.get("/").text


def test_news_reaches_every_open_stream(stage: Stage) -> None:
    with stage.events() as one, stage.events() as other:
        for events in (one, other):
            events.until("boards")
        stage.gateway.publish("line", samples.busy_line())
        for events in (one, other):
            line = events.until("line")
            assert line["calls"][0]["ticket"] == "A012"


def test_the_site_part_names_the_page(stage: Stage) -> None:
    stage.gateway.publish("site", samples.site(name="Pasar <Genteng>"))
    wait_for(lambda: "Pasar &lt;Genteng&gt;" in stage.get("/").text, what="the site's new name")


def test_beats_and_repeats_are_not_sent_on(own_stage: Stage) -> None:
    line = samples.busy_line()
    own_stage.gateway.publish("line", line)
    with own_stage.events() as events:
        events.until("line", lambda line: line["calls"])
    with own_stage.events() as events:  # whose first picture has all that was published
        events.until("boards")
        client = own_stage.gateway.client
        for n in range(20):
            client.publish_raw(topics.GW_BEAT, {"epoch": samples.EPOCH, "utc_ms": n})
            own_stage.gateway.publish("line", line | {"utc_ms": n})
        own_stage.gateway.publish("line", line | {"day": "2026-11-22"})
        kind, data = events.next()
        assert (kind, data["day"]) == ("line", "2026-11-22")


def test_unusable_messages_are_logged_once_and_nothing_falls(own_stage: Stage) -> None:
    gateway = own_stage.gateway
    gateway.publish("line", samples.busy_line())
    with own_stage.events() as events:
        events.until("line", lambda line: line["calls"])
        gateway.publish("line", b'{"epoch":7,"queues":3}')
        first = "unusable message 1 on loket/1/gw/hall/line: line.queues: a list of 0 to 200"
        wait_for(lambda: first in own_stage.log_file.read_text(), what="a word in the log")
        unusable = [b"", b"\xff\xfe", b"[]", b"{" * 50_000]
        unusable.append(b'{"epoch":7,"pad":"' + b"x" * codec.MAX_HALL_BYTES + b'"}')
        for payload in unusable:
            for part in topics.HALL_PARTS:
                gateway.publish(part, payload)
            gateway.client.publish_raw(topics.GW_STATE, payload)
            gateway.client.publish_raw(topics.GW_BEAT, payload)
            gateway.client.publish_raw(topics.hall_part("weather"), payload)
        gateway.publish("line", samples.busy_line(day="2026-11-22"))
        line = events.until("line", lambda line: line["day"] == "2026-11-22")
        assert line["calls"][0]["ticket"] == "A012"
    log = own_stage.log_file.read_text()
    assert log.count("unusable message 1 on loket/1/gw/hall/line") == 1
    assert "Traceback" not in log
    assert len(log.splitlines()) < 60


def test_a_lost_gateway_is_told_at_once_and_its_return_too(own_stage: Stage) -> None:
    with own_stage.events() as events:
        events.until("link", lambda link: link["state"] == "ready")
        own_stage.gateway.lose()
        lost = events.until("link")
        assert lost["state"] == "lost"
        assert lost["since_ms"] <= samples.now_ms()
        health = own_stage.get("/healthz")
        assert (health.status, health.text) == (503, "the gateway is lost\n")
        own_stage.gateway.return_with(epoch=8)
        assert events.until("link", lambda link: link["state"] != "starting")["state"] == "ready"
    assert own_stage.get("/healthz").status == 200


def test_a_silent_gateway_is_lost_after_three_beats(own_stage: Stage) -> None:
    with own_stage.events() as events:
        events.until("link", lambda link: link["state"] == "ready")
        own_stage.gateway.fall_silent()
        began_ms = samples.now_ms()
        assert events.until("link")["state"] == "lost"
        assert 3_000 < samples.now_ms() - began_ms < 8_000


def test_a_broker_that_was_killed_is_found_again(own_stage: Stage) -> None:
    with own_stage.events() as events:
        events.until("link", lambda link: link["state"] == "ready")
        assert own_stage.rig.broker
        own_stage.rig.broker.kill()
        own_stage.rig.broker.wait()
        assert events.until("link")["state"] == "no_broker"
        assert own_stage.get("/healthz").text == "the broker cannot be reached\n"
        own_stage.rig.start_broker()
        own_stage.gateway.fall_silent()
        wait_for(own_stage.gateway.client.connected, what="the stand-in to be back")
        own_stage.gateway.return_with(epoch=9)
        assert events.until("link", lambda link: link["state"] == "ready")


def test_a_console_without_a_broker_serves_and_says_so() -> None:
    with Stage(console=False) as stage:
        assert stage.rig.broker
        stop(stage.rig.broker)
        stage.start_console()
        assert stage.get("/").status == 200
        health = stage.get("/healthz")
        assert (health.status, health.text) == (503, "the broker cannot be reached\n")


def test_a_console_that_started_before_its_secret_connects_once_it_is_there() -> None:
    with Stage(console=False) as stage:
        secret = stage.rig.settings.paths.secrets / "console"
        kept = secret.read_text()
        secret.unlink()
        stage.start_console()
        wait_for(lambda: "no secret to connect with" in stage.log_file.read_text(), what="a word")
        secret.write_text(kept)
        stage.gateway.start()
        wait_for(lambda: stage.get("/healthz").status == 200, what="the console to be live")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_open_streams_and_is_a_success(own_stage: Stage, sign: signal.Signals) -> None:
    assert own_stage.console
    with own_stage.events() as one, own_stage.events("/bangku/events") as other:
        one.next()
        other.next()
        own_stage.console.send_signal(sign)
        assert own_stage.console.wait(timeout=5) == 0
    log = own_stage.log_file.read_text()
    assert "Traceback" not in log
    assert "ERROR" not in log


def test_a_stop_in_the_midst_of_a_slow_post_is_said(own_stage: Stage) -> None:
    assert own_stage.console
    with socket.create_connection(("127.0.0.1", own_stage.http_port), timeout=10) as slow:
        lines = (
            "POST /masuk HTTP/1.1",
            f"Host: 127.0.0.1:{own_stage.http_port}",
            f"Origin: {own_stage.url}",
            "Content-Type: application/json",
            "Content-Length: 9",
        )
        # The console says when it has begun to read the body; the body never comes.
        slow.sendall(("\r\n".join((*lines, "Expect: 100-continue")) + "\r\n\r\n").encode())
        assert slow.recv(100).startswith(b"HTTP/1.1 100 ")
        own_stage.console.terminate()
        said = slow.makefile("rb").read()
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"this console is closing\n" in said
    assert own_stage.console.wait(timeout=5) == 0
    assert "Traceback" not in own_stage.log_file.read_text()


def start(**env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "web_console"],
        cwd=ROOT,
        check=False,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=20,
    )


def test_a_taken_port_is_one_clear_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start(LOKET_HTTP_PORT=str(port))
    assert done.returncode == 1
    assert f"cannot serve on 127.0.0.1:{port}" in done.stderr
    assert "LOKET_HTTP_PORT" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_setting_is_one_clear_sentence() -> None:
    done = start(LOKET_HTTP_PORT="eighty")
    assert done.returncode == 2
    assert (
        done.stderr
        == "web console: LOKET_HTTP_PORT is 'eighty'; a port from 1 to 65535 is needed\n"
    )


def test_it_listens_on_loopback_only(stage: Stage) -> None:
    port_hex = f":{stage.http_port:04X}"
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table]
    listening = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(port_hex)]
    assert listening == [f"0100007F{port_hex}"]
