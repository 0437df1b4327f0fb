"""Which board is which: several at USB are asked for, by number and by their blinking."""

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.cli.board import flash as command
from gateway.cli.language import speak
from gateway.cli.parser import Parser
from gateway.config import ConfigError, Paths, Settings
from gateway.fleet.flash import blink, ports
from gateway.fleet.flash.ports import UsbPort
from gateway.fleet.flash.texts import FlashError
from gateway.fleet.flash.wifi import keep_wifi, kept_wifi

PORTS = [UsbPort(f"/dev/ttyACM{number}", "Pico", f"e66{number}") for number in range(3)]


class Person:
    """Who sits at the terminal: gives `answers` in turn; `blinked` are the ports that blinked."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.questions: list[str] = []
        self.blinked: list[str] = []

    def input(self, question: str) -> str:
        self.questions.append(question)
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    person = Person()

    @contextmanager
    def blinking(_paths: Paths, port: UsbPort) -> Iterator[None]:
        person.blinked.append(port.device)
        yield

    monkeypatch.setattr("builtins.input", person.input)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(blink, "blinking", blinking)
    monkeypatch.setattr(ports, "find_ports", lambda: PORTS)
    return person


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env({"LOKET_HOME": str(tmp_path)})


def words(*given: str) -> argparse.Namespace:
    parser: argparse.ArgumentParser = Parser()
    command.add_to(parser.add_subparsers())
    speak(None)
    return parser.parse_args(["flash", *given])


def test_one_of_several_is_chosen_by_number_and_confirmed_by_its_blinking(
    person: Person, settings: Settings
) -> None:
    person.answers = ["7", "1", "t", "2", "y"]
    chosen = command._port(words("counter-03"), settings)
    assert chosen == PORTS[1]
    assert person.blinked == ["/dev/ttyACM0", "/dev/ttyACM1"]
    assert "berkedip" in person.questions[2]


def test_no_answer_is_no_choice(person: Person, settings: Settings) -> None:
    with pytest.raises(FlashError) as caught:
        command._port(words("counter-03"), settings)
    assert caught.value.code == "stopped"


def test_where_nobody_sits_several_ports_are_told(
    person: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(FlashError) as caught:
        command._port(words("counter-03"), settings)
    assert caught.value.code == "several_ports"


def test_each_board_of_a_tray_blinks_until_its_id_is_known(
    person: Person, settings: Settings
) -> None:
    person.answers = ["counter-02", "-", ""]
    given = words("--all", "--ids", "counter-01,counter-02")
    chosen = command._tray(given, settings, [])
    assert chosen == [("counter-02", PORTS[0]), ("counter-01", PORTS[2])]
    assert person.blinked == [port.device for port in PORTS]


def test_a_tray_takes_the_sites_boards_where_none_are_named(
    person: Person, settings: Settings
) -> None:
    person.answers = ["", "nonsense", ""]
    chosen = command._tray(words("--all"), settings, ["a-1", "a-2"])
    assert [board for board, _ in chosen] == ["a-1", "a-2"]
    with pytest.raises(ConfigError, match="--ids"):
        command._tray(words("--all"), settings, [])
    with pytest.raises(ConfigError, match="twice"):
        command._tray(words("--all", "--ids", "a,a"), settings, [])


def test_a_networks_password_is_asked_for_unseen_and_kept_where_asked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, person: Person
) -> None:
    asked: list[str] = []

    def getpass(question: str) -> str:
        asked.append(question)
        return "rahasia sekali"

    monkeypatch.setattr("getpass.getpass", getpass)
    given = words("c-1", "--wifi", "Gerai", "--wifi", "Cadangan", "--keep")
    networks = (("Gerai", "rahasia sekali"), ("Cadangan", "rahasia sekali"))
    assert command._wifi(given, settings) == networks
    assert [text.split()[-1] for text in asked] == ["Gerai:", "Cadangan:"]
    assert kept_wifi(settings.paths) == networks
    assert command._wifi(words("c-1"), settings) == networks  # from now on by themselves


def test_passwords_come_from_the_environment_where_nobody_sits(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    monkeypatch.setenv("LOKET_WIFI_PASSWORD", "rahasia sekali")
    assert command._wifi(words("c-1", "--wifi", "Gerai"), settings) == (
        ("Gerai", "rahasia sekali"),
    )
    with pytest.raises(ConfigError, match="'Cadangan'"):
        command._wifi(words("c-1", "--wifi", "Gerai", "--wifi", "Cadangan"), settings)
    keep_wifi(settings.paths, ())
    with pytest.raises(ConfigError, match="--wifi"):
        command._wifi(words("c-1", "--keep"), settings)


def test_what_is_missing_is_told_in_one_language(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOKET_HOME", str(settings.paths.home))
    monkeypatch.setenv("LANG", "id_ID.UTF-8")
    for given, told in (
        ([], "sebutkan papannya"),
        (["gw"], "tidak dapat menjadi id papan"),
        (["counter-99"], "sebutkan jenisnya"),
        (["counter-99", "--kind", "counter_led"], "perlu --counter N"),
        (["counter-99", "--kind", "nothing"], "Jenis papan tidak dapat dipakai"),
        (["counter-03", "--keep"], "--keep menyimpan"),
    ):
        assert main(["board", "flash", *given]) == 1
        assert told in capsys.readouterr().err


def test_ctrl_c_at_a_question_lets_the_board_go_on(
    person: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    ended: list[str] = []

    @contextmanager
    def blinking(_paths: Paths, port: UsbPort) -> Iterator[None]:
        try:
            yield
        finally:
            ended.append(port.device)

    def interrupt(_question: str) -> str:
        signal.raise_signal(signal.SIGINT)
        return ""

    monkeypatch.setattr(blink, "blinking", blinking)
    monkeypatch.setattr("builtins.input", interrupt)
    monkeypatch.setenv("LOKET_HOME", str(settings.paths.home))
    before = signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # as __main__ has it: no KeyboardInterrupt
    try:
        assert main(["board", "flash", "--all", "--ids", "counter-01", "--lang", "en"]) == 1
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended == ["/dev/ttyACM0"]
    assert "Stopped." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--host", "a b"), "'a b' bukan alamat"),
        (("--ca", "x.pem"), "--ca untuk broker dengan TLS"),
        (("--wifi", "x" * 33), "bukan nama jaringan"),  # before its password is asked for
    ],
)
def test_what_no_board_could_use_is_refused_before_anything_is_done(
    person: Person, settings: Settings, given: tuple[str, str], told: str
) -> None:
    with pytest.raises(ConfigError) as why:
        command._base(words("c-1", *given), settings)
    assert told in why.value.text_id


def test_a_port_that_is_none_is_told_with_those_that_are(
    person: Person, settings: Settings, tmp_path: Path
) -> None:
    for name, code, told in (
        (str(tmp_path / "ttyACM9"), "not_there", "/dev/ttyACM0, /dev/ttyACM1, /dev/ttyACM2."),
        (str(tmp_path), "not_serial", "bukan port serial"),
        ("", "not_serial", "bukan port serial"),
    ):
        with pytest.raises(FlashError) as why:
            command._port(words("c-1", "--port", name), settings)
        assert why.value.code == code
        assert told in f"{why.value.text_id} {why.value.next_id}"
