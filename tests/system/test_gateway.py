"""The gateway process at a real broker: presses, parts, kills, site files, the register."""

import json
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firmware.wire import topics
from gateway.config import DEMO_SITE
from tests.support.rig import Board, Rig, stop
from tests.support.tools import wait_for


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """One hall for all: each test has boards of its own, and leaves nobody waiting.

    Who stops or kills a part of it starts it again.
    """
    folder = tmp_path_factory.mktemp("gateway")
    site = folder / "site.toml"
    site.write_text(DEMO_SITE.read_text())
    with Rig(folder / "home", site) as rig:
        yield rig


@pytest.fixture
def rig(hall: Rig) -> Iterator[Rig]:
    """That hall, which all of a test's clients leave in the end."""
    yield hall
    hall.close_clients()


def _board(rig: Rig, board: str, role: str, counter: int | None = None) -> Board:
    client = Board(rig.settings.mqtt_port, board, rig.add_board(board, role, counter))
    rig.adopt(client)
    return client


def test_a_number_is_taken_called_and_shown_everywhere_and_who_does_not_show_it_is_told_on(
    rig: Rig,
) -> None:
    console = rig.client("console")
    ticket, counter = _board(rig, "t-1", "ticket"), _board(rig, "c-1", "counter", 1)

    def at_1(part: Any) -> Any:
        return next(c for c in part["counters"] if c["counter"] == 1)

    assert counter.ask("hello")["st"] == "accepted"
    label = ticket.ask("take", queue="A")["ticket"]
    assert label.startswith("A")
    assert counter.ask("next", has="")["ticket"] == label
    face = counter.saw("dn/face", lambda f: f["text"] == label)
    assert face["state"] == "called"
    line = console.wait("gw/hall/line", lambda p: at_1(p)["ticket"] and at_1(p)["shown"] is False)
    assert line["calls"][0]["ticket"] == label
    at = at_1(line)
    assert (at["state"], at["ticket"], at["boards"]) == ("called", label, ["c-1"])
    counter.publish(
        topics.UP_FACE, {"epoch": face["epoch"], "rev": face["rev"], "t_ms": counter.t_ms()}
    )
    console.wait("gw/hall/line", lambda p: at_1(p)["shown"] is True)


def test_kill_9_of_the_gateway_loses_nothing_and_everything_is_shown_again(rig: Rig) -> None:
    ticket, counter = _board(rig, "t-3", "ticket"), _board(rig, "c-3", "counter", 3)
    labels = [ticket.ask("take", queue="B")["ticket"] for _ in range(2)]
    first = counter.ask("next")
    assert first["ticket"] == labels[0]
    epoch = counter.saw("dn/face", lambda f: f["text"] == labels[0])["epoch"]
    assert rig.gateway is not None
    rig.gateway.kill()
    rig.gateway.wait()
    counter.wait("gw/state", lambda m: m["s"] == "lost")
    seq = counter.say("next", has=labels[0])  # into the void: nobody answers
    rig.start_gateway()
    face = counter.wait("dn/face", lambda f: f["text"] == labels[0])
    assert face["epoch"] > epoch
    counter.repeat(seq)  # the board resends until the receipt
    receipt = counter.wait("dn/receipt", lambda r: r["seq"] == seq)
    assert (receipt["st"], receipt["ticket"]) == ("accepted", labels[1])
    counter.repeat(first["seq"])
    assert counter.wait("dn/receipt", lambda r: r["seq"] == first["seq"]) == first


def test_a_broker_that_lost_everything_is_filled_again(rig: Rig) -> None:
    ticket = _board(rig, "t-4", "ticket")
    counter = _board(rig, "c-4", "counter", 4)
    label = ticket.ask("take", queue="C")["ticket"]
    counter.ask("next")
    secret = counter.secret
    assert rig.broker is not None
    rig.broker.kill()
    rig.broker.wait()
    rig.start_broker()
    with rig.client("console") as console:
        line = console.wait("gw/hall/line", lambda p: p["calls"])
        assert line["calls"][0]["ticket"] == label
    with rig.client("c-4", secret) as again:  # the register outlived the broker too
        assert again.refused is None
        assert again.wait("dn/face")["text"] == label
        assert again.wait("gw/state")["s"] == "ready"


def test_the_writer_proves_that_it_lives(rig: Rig) -> None:
    console = rig.client("console")
    one, two = console.wait("gw/beat"), console.wait("gw/beat")
    assert 1_000 < two["utc_ms"] - one["utc_ms"] < 8_000


def test_a_wrong_site_file_is_refused_with_all_its_errors_and_the_old_one_stays(rig: Rig) -> None:
    console = rig.client("console")
    good = rig.settings.site.read_text()
    broken = good.replace('zone = "Asia/Jakarta"', 'zone = "Asia/Atlantis"').replace(
        'policy = "ratio 2:1"', 'policy = "whoever shouts"'
    )
    assert broken.count("Atlantis") == 1
    assert broken.count("shouts") == 1
    rig.settings.site.write_text(broken)
    site = console.wait("gw/hall/site", lambda p: p["notices"], timeout_s=30)
    text = site["notices"][0]["text"]
    assert "Asia/Atlantis" in text
    assert "whoever shouts" in text
    assert site["zone"] == "Asia/Jakarta"
    rig.settings.site.write_text(good.replace("Mal Pelayanan Publik Contoh", "Mal Baru"))
    site = console.wait("gw/hall/site", lambda p: p["name"] == "Mal Baru", timeout_s=30)
    assert not site["notices"]


def test_a_new_hall_with_a_wrong_site_file_does_not_start(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text("[site]\nname = 5\n")
    rig = Rig(tmp_path / "home", site)
    rig.start_broker()
    rig.start_gateway()
    assert rig.gateway is not None
    try:
        assert rig.gateway.wait(20) == 78
        assert "site.name" in rig.gateway_log()
    finally:
        rig.close()


def test_a_retired_board_is_out_and_its_topics_are_gone_and_stopping_says_goodbye(
    rig: Rig,
) -> None:
    ticket, counter = _board(rig, "t-5", "ticket"), _board(rig, "c-5", "counter", 5)
    counter.publish(topics.UP_STATE, {"s": "init", "boot": 1}, retain=True)
    counter.publish(topics.UP_STATE, {"s": "ready", "boot": 1}, retain=True)
    counter.publish("up/reading/x", {"boot": 1, "t_ms": 1, "every_s": 9}, retain=True)
    ticket.ask("take", queue="E")
    counter.ask("next")
    done = rig.loket("board", "retire", "c-5")
    assert done.returncode == 0, done.stderr
    wait_for(lambda: not counter.connected(), what="the retired board to be thrown out")
    assert rig.client("c-5", counter.secret).refused
    console = rig.client("console")
    assert rig.gateway is not None
    logged = len(rig.gateway_log())
    stop(rig.gateway)
    assert rig.gateway.returncode == 0
    console.wait("gw/state", lambda m: m["s"] == "gone")
    assert "WARNING" not in rig.gateway_log()[logged:]
    with rig.client("gw") as eyes:  # the gateway's user sees every topic: we take its place
        eyes.subscribe(topics.PREFIX + "#")
        eyes.wait("gw/state")  # retained, as all that may be left of the board
        assert not [topic for topic, _ in eyes.seen if topic.startswith("loket/1/c-5/")]
    rig.start_gateway()
    rig.wait_ready()


def test_adding_needs_no_running_hall_and_errors_say_what_to_do(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "home")
    made = rig.loket("board", "add", "c-1", "--role", "counter", "--counter", "1", "--json")
    assert made.returncode == 0, made.stderr
    answer = json.loads(made.stdout)
    assert set(answer) == {"id", "secret", "host", "port"}
    assert answer["port"] == rig.settings.mqtt_port
    for args, hint in (
        (("add", "c-1", "--role", "counter", "--counter", "1"), "loket board retire c-1"),
        (("add", "c-2", "--role", "counter", "--counter", "99"), "no counter 99"),
        (("add", "c-2", "--role", "counter"), "--counter N"),
        (("add", "Loket 3", "--role", "ticket"), "a-z"),
        (("add", "gw", "--role", "ticket"), "gw"),
        (("retire", "c-7"), "loket board list"),
    ):
        failed = rig.loket("board", *args)
        assert failed.returncode == 1
        assert hint in failed.stderr, failed.stderr
        assert len(failed.stderr.splitlines()) == 1, failed.stderr
    with rig:  # and when the hall starts, the board is in
        board = Board(rig.settings.mqtt_port, "c-1", answer["secret"])
        rig.adopt(board)
        assert board.refused is None
        assert board.ask("hello")["st"] == "accepted"
    listed = json.loads(rig.loket("board", "list", "--json").stdout)
    assert listed == [{"id": "c-1", "role": "counter", "counter": 1, "spare": False}]


def test_secrets_stand_in_no_journal_and_no_log(rig: Rig) -> None:
    secret = rig.add_board("c-6", "counter", 6)
    with sqlite3.connect(rig.settings.paths.journal) as db:
        text = "\n".join(body for (body,) in db.execute("SELECT body FROM event"))
    db.close()
    assert secret not in text + rig.gateway_log()
    assert "$7$" not in text


def test_a_stopped_gateway_is_held_for_lost_comes_back_and_nobody_writes_meanwhile(
    rig: Rig,
) -> None:
    # The broker notices a silent gateway by its keepalive; the board by the missing beats.
    counter = _board(rig, "c-7", "counter", 6)
    first = rig.gateway
    assert first is not None
    first.send_signal(signal.SIGSTOP)
    rig.start_gateway()
    second, rig.gateway = rig.gateway, first
    assert second is not None
    try:
        counter.wait("gw/state", lambda m: m["s"] == "lost", timeout_s=30)
        assert second.wait(30) == 78
        assert "another process writes" in rig.gateway_log()
    finally:
        second.kill()
        second.wait()
        first.send_signal(signal.SIGCONT)
    counter.wait("gw/state", lambda m: m["s"] == "ready", timeout_s=30)
    assert counter.ask("hello")["st"] == "accepted"
