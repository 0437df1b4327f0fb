"""`loket board list, doctor, restart, config`: what they print where no hall is open."""

import fcntl
import json
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main
from gateway.cli.board import config, doctor, listing, orders
from gateway.cli.board.config import PLACES, belongs
from gateway.cli.board.listing import table
from gateway.cli.language import language
from gateway.config import PROJECT
from gateway.fleet.cable import facts as cable
from gateway.fleet.cable import usb
from gateway.fleet.cable.facts import CableFacts
from gateway.fleet.secrets import hash_secret, is_secret_of, new_secret
from tests.cli.test_order import HALL
from tests.fleet.doctor.samples import at_cable, only_port

NOW_MS = 1_795_230_000_000


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Give a function that runs `loket board ...` in English on a closed hall, without a cable."""
    site = tmp_path / "site.toml"
    site.write_text(HALL)
    monkeypatch.setenv("LOKET_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOKET_SITE", str(site))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.chdir(PROJECT)
    no_port = CableFacts(cable.NO_PORT)
    monkeypatch.setattr(doctor, "cable_facts", lambda port, stop: no_port)

    def run(*words: str) -> tuple[int, str]:
        status = main(["board", *words])
        out = capsys.readouterr()
        return status, out.out + out.err

    return run


def row(**changes: Any) -> dict[str, Any]:
    return {"id": "counter-03", "role": "counter", "counter": 3, "spare": False, **changes}


def test_a_row_has_all_that_a_technician_asks_for() -> None:
    live = row(
        state="ready", seen_ms=NOW_MS - 7_000, fw="0.1.0", rssi_dbm=-61, free_bytes=43_000,
        settings_wanted=0xDE05CE52, settings_applied=0x28A3515D,
    )  # fmt: skip
    _, line, note = table([live], listing.WORDS["en"], NOW_MS)
    assert line.split() == ["counter-03", "counter", "3", "ready", "7s", "0.1.0", "-61", "42",
                            "de05ce52", "28a3515d*"]  # fmt: skip
    assert note.startswith("*")


@pytest.mark.parametrize("lang", ["id", "en"])
def test_whatever_is_in_it_the_table_fits_80_columns(lang: str) -> None:
    long = row(
        id="w" * 32, role="dispenser", counter=999, state="sleeping", seen_ms=0, fw="\x1b[2J" * 8,
        rssi_dbm=-123.4, free_bytes=99_999_999, settings_wanted=2**32 - 1, settings_applied=0,
    )  # fmt: skip
    rows = [long, row(), row(spare=True, counter=None), row(state="unheard of"), row(seen_ms="x")]
    lines = table(rows, listing.WORDS[lang], NOW_MS)
    assert max(map(len, lines)) <= 80
    assert all(line.isprintable() for line in lines)
    assert len({len(line.split()) for line in lines[:1]}) == 1


def test_ids_and_versions_are_whole_where_there_is_room() -> None:
    seen_ms = NOW_MS - 7_000
    full = row(id="loket-lantai-2-meja-07", state="ready", seen_ms=seen_ms, fw="0.1.0-40c1759b")
    wide = table([full], listing.WORDS["en"], NOW_MS, 200)
    assert wide[1].startswith("loket-lantai-2-meja-07 counter 3 ready   7s 0.1.0-40c1759b ")
    long = row(id="w" * 32, fw="v" * 31, settings_wanted=2**32 - 1, settings_applied=0)
    narrow = table([row(), long], listing.WORDS["id"], NOW_MS, 80)
    assert max(map(len, narrow)) <= 80
    assert narrow[2].split()[0] == "w" * 21 + "…"  # the version gives way first
    assert narrow[1].startswith("counter-03 ")


def test_stale_and_lost_are_told_apart() -> None:
    states = [
        row(state="sleeping", stale=["soap"]), row(state="sleeping", stale=[]),
        row(state="lost", stale=["soap"]), row(state="never"),
    ]  # fmt: skip
    lines = table(states, listing.WORDS["en"], NOW_MS)[1:]
    assert [line.split()[3] for line in lines] == ["stale", "asleep", "lost", "never"]


@pytest.mark.parametrize("module", [doctor, listing, orders, config])
def test_both_languages_say_the_same_with_the_same_figures(module: Any) -> None:
    first, second = module.WORDS["id"], module.WORDS["en"]
    assert list(first) == list(second)
    for key in first:
        slots = [sorted(re.findall(r"\{(\w+)\}", str(words[key]))) for words in (first, second)]
        assert slots[0] == slots[1], key


@pytest.mark.parametrize(
    ("env", "lang"),
    [({}, "id"), ({"LANG": "en_GB.UTF-8"}, "en"), ({"LANG": "id_ID.UTF-8"}, "id"),
     ({"LANG": "en_GB", "LC_ALL": "id_ID"}, "id"), ({"LANG": "C"}, "id")],
)  # fmt: skip
def test_indonesian_unless_the_environment_speaks_english(
    env: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    from argparse import Namespace

    assert language(Namespace(lang=None)) == lang
    assert language(Namespace(lang="en")) == "en"


def test_a_closed_hall_lists_its_register_and_says_so(board) -> None:
    assert board("list") == (0, f"{listing.WORDS['en']['none']}\n")
    board("add", "counter-01", "--role", "counter", "--counter", "1")
    status, said = board("list")
    assert status == 0
    assert "counter-01" in said
    assert said.endswith(f"{listing.WORDS['en']['closed']}\n")
    _, said = board("list", "--json")
    assert json.loads(said) == [row(id="counter-01", counter=1)]


def test_a_hall_whose_broker_is_silent_is_not_called_closed(board, tmp_path: Path) -> None:
    board("add", "counter-01", "--role", "counter", "--counter", "1")
    with open(tmp_path / "home" / "run" / "writer.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert board("list")[1].endswith(f"{listing.WORDS['en']['silent']}\n")
        status, said = board("rename", "counter-01", "counter-02")
        assert (status, "is open, but its broker does not answer" in said) == (1, True)


def test_the_doctor_of_a_closed_hall_knows_its_register(board) -> None:
    board("add", "counter-01", "--role", "counter", "--counter", "1")
    status, said = board("doctor", "counter-01")
    assert status == 1
    assert "counter-01: the hall is closed" in said
    assert "TROUBLE: The hall is closed" in said
    board("retire", "counter-01")
    _, said = board("doctor", "counter-01", "--json")
    (entry,) = json.loads(said)
    assert entry["via"] == "register"
    assert "retired_board" in [finding["code"] for finding in entry["findings"]]
    _, said = board("doctor", "counter-99", "--json")
    assert "unknown_board" in [f["code"] for f in json.loads(said)[0]["findings"]]


def test_without_a_hall_the_cable_alone_tells(board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "cable_facts", lambda port, stop: at_cable(firmware=""))
    status, said = board("doctor", "--lang", "id")
    assert status == 1
    assert said.startswith("counter-03: diperiksa lewat kabel (/dev/ttyACM0)\n")
    assert "MASALAH: Papan belum berisi firmware" in said
    monkeypatch.setattr(doctor, "cable_facts", lambda port, stop: at_cable())
    status, said = board("doctor")
    assert (status, said.split("\n")[1]) == (0, "  WELL: All is well")


def test_without_hall_and_cable_it_says_what_to_plug_in(board) -> None:
    status, said = board("doctor")
    assert status == 1
    assert "not at a cable, and not known" in said
    assert "No board is seen at the cable" in said


def test_a_wrong_secret_on_the_board_is_seen_over_the_cable(
    board, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, said = board("add", "counter-03", "--role", "counter", "--counter", "1", "--json")
    for secret, found in (("not it", True), (json.loads(said)["secret"], False)):
        seen = at_cable(secret=secret, tls=False, host="127.0.0.1")
        monkeypatch.setattr(doctor, "cable_facts", lambda port, stop, seen=seen: seen)
        _, told = board("doctor", "--json")
        assert secret not in told
        codes = [finding["code"] for finding in json.loads(told)[0]["findings"]]
        assert ("secret_refused" in codes) == found


def test_another_board_at_the_cable_says_nothing_of_the_one_asked_for(
    board, monkeypatch: pytest.MonkeyPatch
) -> None:
    board("add", "counter-03", "--role", "counter", "--counter", "1")
    seen = at_cable(board="counter-05", firmware="", settings_lack=("wifi",), secret="x")
    monkeypatch.setattr(doctor, "cable_facts", lambda port, stop: seen)
    _, told = board("doctor", "counter-03", "--json")
    codes = [finding["code"] for finding in json.loads(told)[0]["findings"]]
    assert codes == ["hall_closed", "other_board"]


def test_lines_of_the_doctor_fit_80_columns(board, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = at_cable(lines=("Traceback (most recent call last):", "MemoryError: " + "x" * 300) * 2)
    monkeypatch.setattr(doctor, "cable_facts", lambda port, stop: seen)
    _, said = board("doctor")
    assert "again and again" in said
    # A word that is longer than the line is not torn: somebody may search for it.
    assert all(len(line) <= 80 or "xxx" in line for line in said.splitlines())


def test_config_shows_what_a_board_is_sent(board) -> None:
    board("add", "counter-01", "--role", "counter", "--counter", "1")
    status, said = board("config", "counter-01")
    assert status == 0
    assert "  counter = 1\n" in said
    assert '  queues = ["A"]\n' in said
    assert config.WORDS["en"]["closed"] in said
    _, said = board("config", "counter-01", "--json")
    assert json.loads(said)["sent"]["next_lock_ms"] == 1_500
    status, said = board("config", "counter-99")
    assert (status, "not registered" in said) == (1, True)


@pytest.mark.parametrize(
    ("name", "where"),
    [("foot=Terima kasih", "ticket_foot"), ("wifi=x", "update network"), ("secret=x", "secrets"),
     ("host=1.2.3.4", "update broker"), ("id=x", "rename"), ("brightness=9", "cannot be changed"),
     ("mood\x1b=calm", "there is no setting `mood·`")],
)  # fmt: skip
def test_a_setting_is_changed_where_it_belongs(board, name: str, where: str) -> None:
    status, said = board("config", "counter-01", "--set", name)
    assert status == 1
    assert where in said


def test_every_setting_that_a_board_is_sent_has_its_place() -> None:
    from tests.wire.test_largest_console import config_of, largest_hall

    for role in ("counter", "ticket", "dispenser", "panel", "rating"):
        _, payload = config_of(largest_hall(), role)
        assert set(payload) - {"rev"} <= set(PLACES)
    for name in PLACES:
        for words in config.WORDS.values():
            assert belongs(name, words, "site.toml")


def test_an_order_to_a_closed_hall_is_refused_with_the_way_out(board) -> None:
    board("add", "counter-01", "--role", "counter", "--counter", "1")
    status, said = board("identify", "counter-01")
    assert status == 1
    assert "no hall is open" in said
    assert "`loket run`" in said


def test_a_secret_fits_its_own_hash_only() -> None:
    secret = new_secret()
    assert is_secret_of(secret, hash_secret(secret))
    assert not is_secret_of(secret + "x", hash_secret(secret))
    for torn in ("", "$7$101$", "$7$101$YQ==$YQ==", secret):
        assert not is_secret_of(secret, torn)


def test_a_board_in_boot_mode_is_seen_without_a_port(tmp_path: Path) -> None:
    def device(name: str, vendor: str, product: str, tty: str = "") -> None:
        folder = tmp_path / name
        (folder / f"{name}:1.0" / tty).mkdir(parents=True)
        (folder / "idVendor").write_text(vendor + "\n")
        (folder / "product").write_text(product + "\n")

    device("1-1", "2e8a", "RP2 Boot")
    device("1-2", "2e8a", "Board in FS mode", "tty/ttyACM0")
    device("1-3", "046d", "USB mouse")
    (tmp_path / "1-4").mkdir()
    assert usb.without_port(tmp_path) == ["Raspberry Pi RP2 Boot"]
    assert usb.without_port(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("ports", "asked", "state"),
    [
        ({"/dev/a": "python"}, "/dev/a", cable.NO_PERMISSION),
        # A board on a wire is the hall's own, and no technician's.
        ({"/dev/a": "gateway.bus.serial_bridge", "/dev/b": ""}, "/dev/b", cable.NO_PERMISSION),
        ({"/dev/a": "gateway.bus.serial_bridge"}, None, cable.NO_PORT),
        ({"/dev/a": "", "/dev/b": ""}, None, cable.SEVERAL),
        ({}, None, cable.NO_PORT),
    ],
)
def test_the_cable_that_is_meant_is_looked_at(
    board, monkeypatch: pytest.MonkeyPatch, ports: dict[str, str], asked: str | None, state: str
) -> None:
    from gateway.fleet.cable import line, probe

    looked: list[str | None] = []

    def found(port: str | None, *, stop: bool, paths: object) -> CableFacts:
        looked.append(port)
        return only_port(cable.NO_PERMISSION)

    monkeypatch.undo()
    monkeypatch.setattr(probe, "probe", found)
    monkeypatch.setattr(line, "find_ports", lambda: dict.fromkeys(ports))
    monkeypatch.setattr(doctor, "who_has", lambda name: (ports[name], 7) if ports[name] else None)
    monkeypatch.setattr(usb, "without_port", lambda: ["Raspberry Pi RP2 Boot"])
    seen = doctor.cable_facts(None, stop=False)
    assert (looked, seen.state) == ([asked] if asked else [], state)
    assert seen.detail == ("Raspberry Pi RP2 Boot" if state == cable.NO_PORT else "")
    assert doctor.cable_facts("/dev/c", stop=False).state == cable.NO_PERMISSION
    assert looked[-1] == "/dev/c"
    told = doctor.cable_facts(None, stop=True)
    assert (told.state == cable.SEVERAL) == (len(ports) > 1)
