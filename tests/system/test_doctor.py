"""The doctor in a real hall: a broker that refuses, a printer without paper, a cable."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from boards.virtual.client import HallClient
from boards.virtual.usb import UsbBoard
from firmware.wire import topics
from gateway.cli.workshop import Line
from tests.support import command
from tests.support.hall_run import HallRun, hall
from tests.support.rig import Client
from tests.support.tools import free_port, wait_for
from tests.support.usb import PROMPT, firmware_files, settings_file, wait_said

SOON_S = 30.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallRun]:
    """A demo hall, with the supervisor that hands the broker's words on."""
    command = [sys.executable, "-m", "gateway.cli", "run", "--demo"]
    with hall(command, tmp_path_factory.mktemp("doctor") / "home") as running:
        wait_for(lambda: not trouble(running, "ticket-01"), SOON_S, "ticket-01 to be well")
        yield running


def loket(run: HallRun | None, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Do `loket board ...` on this hall's home."""
    of_hall = run.settings.to_env() if run is not None else {}
    return command.loket({**of_hall, **env}, "board", *words)


def doctor(run: HallRun | None, *words: str, **env: str) -> dict[str, Any]:
    """Give what the doctor finds of one board, with its exit status."""
    done = loket(run, "doctor", *words, "--json", **env)
    assert done.stdout, done.stderr
    (entry,) = json.loads(done.stdout)
    found: dict[str, Any] = {**entry, "status": done.returncode}
    return found


def trouble(run: HallRun, board: str) -> list[str]:
    """Give the codes of what is to be done at a board, asked of the workshop."""
    line = Line(run.settings)
    try:
        answer: Any = line.ask("doctor", board=board)
    finally:
        line.close()
    return [f["code"] for f in answer["findings"] if f["level"] != "ok"]


def boots(run: HallRun, board: str) -> int:
    """Give how often a board has started lately, as the hall publishes it."""
    line = Line(run.settings, (topics.hall_part("boards"),))
    try:
        _, payload = next(line.news(SOON_S))
    finally:
        line.close()
    rows = {row["board"]: row for row in json.loads(payload)["boards"]}
    return int(rows[board]["boots"])


def test_a_board_that_works_is_well(running: HallRun) -> None:
    found = doctor(running, "ticket-01")
    assert (found["status"], found["via"]) == (0, "network")
    assert [finding["code"] for finding in found["findings"]] == ["well"]


def test_a_secret_that_the_broker_refuses_is_told(running: HallRun) -> None:
    added = loket(running, "add", "gate-09", "--role", "gate", "--json")
    secret = json.loads(added.stdout)["secret"]
    wait_for(lambda: trouble(running, "gate-09") == ["never_seen"], SOON_S, "its registration")
    for _ in range(4):  # as the board itself would, again and again
        client = Client(running.settings.mqtt_port, "gate-09", "not " + secret)
        assert client.refused
        client.close()
    wait_for(lambda: trouble(running, "gate-09") == ["secret_refused"], SOON_S, "the refusal")
    found = doctor(running, "gate-09")
    assert (found["status"], found["via"]) == (1, "network")
    assert "127.0.0.1" in found["findings"][0]["evidence_en"]
    assert trouble(running, "ticket-01") == []  # it is at the same address, and let in
    loket(running, "retire", "gate-09")
    wait_for(lambda: trouble(running, "gate-09") == ["unknown_board"], SOON_S, "its end")


def test_a_printer_without_paper_is_told_and_told_no_more(running: HallRun) -> None:
    people = HallClient(running.settings.paths.hall_socket)
    try:
        people.do("ticket-01", "printer", state="paper_out")
        wait_for(lambda: trouble(running, "ticket-01") == ["paper_out"], SOON_S, "the alert")
        done = loket(running, "doctor", "ticket-01", "--lang", "id")
        assert done.returncode == 1
        assert "MASALAH: Kertas habis" in done.stdout
        everybody = loket(running, "doctor", "--lang", "en")
        assert everybody.returncode == 1
        assert "ticket-01: looked at over the network\n" in everybody.stdout
        assert "15 boards are well." in everybody.stdout
        people.do("ticket-01", "printer", state="ready")
        wait_for(lambda: not trouble(running, "ticket-01"), SOON_S, "the alert to end")
    finally:
        people.close()


def test_the_list_shows_every_board_as_it_is(running: HallRun) -> None:
    rows = {row["id"]: row for row in json.loads(loket(running, "list", "--json").stdout)}
    board = rows["counter-01"]
    assert (board["state"], board["fw"], board["stale"]) == ("ready", "0.1.0", [])
    assert board["settings_wanted"] == board["settings_applied"] > 0
    told = loket(running, "list", "--lang", "en").stdout
    assert max(map(len, told.splitlines())) <= 80
    assert f"{board['settings_wanted']:08x}" in told


def test_an_order_is_answered_by_the_board_itself(running: HallRun) -> None:
    done = loket(running, "identify", "counter-02", "--lang", "en")
    assert (done.returncode, done.stdout) == (0, "counter-02 does it.\n"), done.stderr
    done = loket(running, "identify", "counter-77", "--lang", "en")
    assert done.returncode == 1
    assert "counter-77 is not registered" in done.stderr


def test_a_board_that_was_told_to_restart_does_so_and_is_not_blamed_for_it(
    running: HallRun,
) -> None:
    with closing(HallClient(running.settings.paths.hall_socket)) as client:
        done = loket(running, "restart", "rating-01", "--lang", "id")
        assert (done.returncode, done.stdout) == (0, "rating-01 melakukannya.\n"), done.stderr
        client.wait(lambda see: see.get("see") == "died" and see["board"] == "rating-01", SOON_S)
    wait_for(lambda: not trouble(running, "rating-01"), SOON_S, "rating-01 to be well")
    assert boots(running, "rating-01") == 1


def test_the_settings_sent_are_those_applied(running: HallRun) -> None:
    wanted = json.loads(loket(running, "config", "counter-01", "--json").stdout)
    assert wanted["sent"]["rev"] == wanted["applied"]


def test_two_boards_with_one_id_are_told(running: HallRun) -> None:
    secret = json.loads(loket(running, "add", "gate-08", "--role", "gate", "--json").stdout)[
        "secret"
    ]
    for boot in (1, 2, 1, 2):
        client = Client(running.settings.mqtt_port, "gate-08", secret)
        client.publish(topics.UP_STATE, {"s": "init", "boot": boot}, retain=True)
        client.close()
    wait_for(lambda: "twins" in trouble(running, "gate-08"), SOON_S, "both to be noticed")
    loket(running, "retire", "gate-08")


@pytest.fixture
def usb(tmp_path: Path) -> Iterator[UsbBoard]:
    """A blank board on a cable, at its prompt."""
    with UsbBoard(tmp_path / "usb") as board:
        wait_said(board, PROMPT)
        yield board


def test_over_the_cable_a_blank_board_has_no_firmware(usb: UsbBoard, tmp_path: Path) -> None:
    home = {"LOKET_HOME": str(tmp_path / "no hall")}
    found = doctor(None, "--port", usb.port, **home)
    assert (found["status"], found["via"], found["port"]) == (1, "cable", usb.port)
    codes = [finding["code"] for finding in found["findings"]]
    assert codes == ["no_firmware", "settings_missing"]
    assert not (tmp_path / "no hall").exists()


def test_over_the_cable_a_board_tells_that_nobody_is_at_its_broker(
    usb: UsbBoard, tmp_path: Path
) -> None:
    home = {"LOKET_HOME": str(tmp_path / "no hall")}
    usb.power_cut()
    usb.put({**firmware_files("counter"), **settings_file("counter-03", "counter", free_port())})
    usb.said.clear()
    usb.power_on()
    wait_said(usb, b"link: the stream broke: OSError(111")
    found = doctor(None, "--port", usb.port, **home)
    assert [finding["code"] for finding in found["findings"]] == ["broker_unreachable"]
    assert usb.resets == 0  # it was left alone


def test_over_the_cable_a_wrong_secret_is_told_by_the_board(
    usb: UsbBoard, running: HallRun
) -> None:
    loket(running, "add", "counter-33", "--role", "counter", "--counter", "3")
    port = running.settings.mqtt_port
    usb.power_cut()
    usb.put({**firmware_files("counter"), **settings_file("counter-33", "counter", port)})
    usb.said.clear()
    usb.power_on()
    wait_said(usb, b"link: this user may not connect")
    found = doctor(running, "counter-33", "--port", usb.port)
    assert (found["status"], found["via"]) == (1, "both")
    assert [finding["code"] for finding in found["findings"]] == ["secret_refused"]
    loket(running, "retire", "counter-33")


def test_a_writer_that_hangs_is_told_and_nothing_else(running: HallRun) -> None:
    state = json.loads((running.settings.paths.run / "hall.json").read_text())
    os.kill(state["children"]["gateway"], signal.SIGSTOP)
    try:
        found = doctor(running, "counter-01")
        assert [finding["code"] for finding in found["findings"]] == ["writer_silent"]
        (entry,) = json.loads(loket(running, "doctor", "--json").stdout)
        assert [finding["code"] for finding in entry["findings"]] == ["writer_silent"]
    finally:
        os.kill(state["children"]["gateway"], signal.SIGCONT)
    wait_for(lambda: not trouble(running, "counter-01"), SOON_S, "the writer to go on")
