"""Which ports the bridge looks at and how it opens them, and the setting that says so."""

import fcntl
import os
import termios
import tty
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import serial
from serial.tools import list_ports

from gateway.bus import serial_ports
from gateway.bus.serial_bridge import MOST_LINES, Voice
from gateway.bus.serial_ports import CannotOpen, Finder, Wanted, open_port
from gateway.config import ConfigError, Settings
from gateway.supervise.hall import hall_specs


@pytest.fixture
def terminal() -> Iterator[str]:
    """Give the name of a terminal that nobody else has."""
    ends = os.openpty()
    tty.setraw(ends[1])
    yield os.ttyname(ends[1])
    for end in ends:
        os.close(end)


@pytest.fixture
def usb(monkeypatch: pytest.MonkeyPatch) -> list[SimpleNamespace]:
    """Give the list that stands for the USB ports of this machine."""
    ports: list[SimpleNamespace] = []
    monkeypatch.setattr(list_ports, "comports", lambda: list(ports))
    return ports


def test_named_ports_are_found_as_they_come_and_go(tmp_path: Path) -> None:
    finder = Finder((("/nowhere/*", 9_600), (f"{tmp_path}/tty*", 115_200)))
    assert finder.look(0) == {}
    (tmp_path / "ttyA").touch()
    (tmp_path / "ttyB").symlink_to(tmp_path / "ttyA")  # one device has one session
    device = str(tmp_path / "ttyA")
    assert finder.look(1) == {device: Wanted(f"{tmp_path}/ttyB", device, 115_200)}
    (tmp_path / "ttyA").unlink()
    (tmp_path / "ttyB").unlink()
    assert finder.look(2) == {}


def test_of_usb_only_known_makers_are_opened(usb: list[SimpleNamespace]) -> None:
    usb += [
        SimpleNamespace(device="/dev/ttyACM0", vid=0x2E8A),
        SimpleNamespace(device="/dev/ttyUSB0", vid=0x10C4),
        SimpleNamespace(device="/dev/ttyUSB1", vid=0x1234),
        SimpleNamespace(device="/dev/ttyS0", vid=None),
    ]
    found = Finder((("usb", 115_200),)).look(0)
    assert sorted(found) == ["/dev/ttyACM0", "/dev/ttyUSB0"]
    # A chip that resets an ESP32 keeps its lines at a close; a Pico must see nobody listens.
    assert [found[name].keep_lines for name in sorted(found)] == [False, True]


def test_all_of_usb_is_read_only_when_devices_have_come_or_gone(
    usb: list[SimpleNamespace], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []

    def comports() -> list[SimpleNamespace]:
        reads.append(1)
        return []

    monkeypatch.setattr(list_ports, "comports", comports)
    devices = SimpleNamespace(st_mtime_ns=1)
    monkeypatch.setattr(serial_ports, "os", SimpleNamespace(stat=lambda _: devices))
    finder = Finder((("usb", 115_200),))
    for at_s in range(10):
        finder.look(at_s)
    assert len(reads) == 1
    devices.st_mtime_ns = 2
    finder.look(10)
    assert len(reads) == 2
    finder.look(100)  # in case the clock of /dev is too coarse
    assert len(reads) == 3


def test_a_port_that_vanishes_while_it_is_looked_at_ends_nothing(
    usb: list[SimpleNamespace], monkeypatch: pytest.MonkeyPatch
) -> None:
    usb.append(SimpleNamespace(device="/dev/ttyACM0", vid=0x2E8A))
    finder = Finder((("usb", 115_200),))
    assert list(finder.look(0)) == ["/dev/ttyACM0"]

    def vanishing() -> None:
        int(None, 16)  # type: ignore[call-overload]  # what pyserial makes of it

    whole = list_ports.comports
    monkeypatch.setattr(list_ports, "comports", vanishing)
    assert list(finder.look(100)) == ["/dev/ttyACM0"]
    usb.clear()
    monkeypatch.setattr(list_ports, "comports", whole)
    assert finder.look(101) == {}


def test_a_port_that_vanishes_while_it_is_opened_is_told(
    terminal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise termios.error(5, "Input/output error")

    monkeypatch.setattr(termios, "tcflush", gone)
    open_ones = len(os.listdir("/proc/self/fd"))
    with pytest.raises(CannotOpen, match="one cannot be opened"):
        open_port(Wanted("one", terminal, 115_200))
    assert len(os.listdir("/proc/self/fd")) == open_ones


def test_a_port_is_ours_alone(terminal: str) -> None:
    ours = open_port(Wanted("one", terminal, 115_200))
    with pytest.raises(CannotOpen, match="another program has one open; close it there"):
        open_port(Wanted("one", terminal, 115_200))
    ours.close()
    other = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(CannotOpen, match="another program"):
        open_port(Wanted("one", terminal, 115_200))
    os.close(other)


def test_what_cannot_be_opened_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: str
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotOpen, match="is not a serial port"):
        open_port(Wanted("file", str(tmp_path / "file"), 115_200))
    with pytest.raises(CannotOpen, match="cannot be opened"):
        open_port(Wanted("gone", str(tmp_path / "gone"), 115_200))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(CannotOpen, match="group dialout"):
        open_port(Wanted("one", terminal, 115_200))


@pytest.mark.parametrize(
    ("text", "demo", "found"),
    [
        (None, "0", (("usb", 115_200),)),
        (None, "1", ()),  # a demo leaves alone what may be anybody's
        ("", "0", (("usb", 115_200),)),
        ("off", "0", ()),
        ("usb", "1", (("usb", 115_200),)),
        ("/dev/serial0@9600, usb", "0", (("/dev/serial0", 9_600), ("usb", 115_200))),
    ],
)
def test_the_setting(text: str | None, demo: str, found: tuple[tuple[str, int], ...]) -> None:
    env = {"LOKET_DEMO": demo, **({} if text is None else {"LOKET_SERIAL": text})}
    settings = Settings.from_env(env)
    assert settings.serial == found
    assert Settings.from_env(settings.to_env()).serial == found


@pytest.mark.parametrize(
    "text", ["ttyUSB0", "/dev/ttyS0@fast", "/dev/ttyS0@1200", "usb,,off", "no"]
)
def test_a_wrong_setting_names_itself_and_what_is_allowed(text: str) -> None:
    with pytest.raises(ConfigError, match=r"LOKET_SERIAL has .*; allowed are `off`"):
        Settings.from_env({"LOKET_SERIAL": text})


def test_the_bridge_is_one_of_the_halls_programs_unless_it_is_off(tmp_path: Path) -> None:
    def names(serial: str) -> list[str]:
        settings = Settings.from_env({"LOKET_HOME": str(tmp_path), "LOKET_SERIAL": serial})
        return [spec.name for spec in hall_specs(settings, tmp_path / "broker.conf")]

    assert "serial" in names("usb")
    assert "serial" not in names("off")


def test_one_port_cannot_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    voice = Voice("usb0")
    for n in range(10 * MOST_LINES):
        voice.say(f"line {n}")
    assert len(caplog.records) <= MOST_LINES + 1
