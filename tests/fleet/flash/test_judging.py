"""What is judged before anything is written: chip, interpreter, way to the hall, room, networks."""

from dataclasses import replace
from pathlib import Path

import pytest

from boards.catalog import load_kind
from gateway.config import ConfigError, Paths, Settings
from gateway.fleet.flash import sync
from gateway.fleet.flash.enrolment import enrolment
from gateway.fleet.flash.ports import one_port, same_board
from gateway.fleet.flash.provision import certificate, settings_of
from gateway.fleet.flash.recognise import Board, judge_chip, judge_interpreter
from gateway.fleet.flash.texts import _SAID, PLEASE, STEPS, FlashError
from gateway.fleet.flash.wifi import check_wifi, keep_wifi, kept_wifi
from gateway.fleet.flash.wish import FlashWish
from gateway.fleet.secrets import is_secret_of

BLOCK = 4_096
PICO_W = Board(
    "rp2", "pico_w", "Raspberry Pi Pico W with RP2040", (1, 26, 1), 6, "e661", BLOCK,
    200 * BLOCK, 100 * BLOCK, {},
)  # fmt: skip
KIND = load_kind("counter_led")
WISH = FlashWish("counter-03", "counter_led", "192.0.2.7", 8883, counter=3, wifi=(("A", "b" * 8),))


def test_every_text_is_there_in_both_languages() -> None:
    for said in _SAID.values():
        assert said.text_id
        assert said.text_en
        assert said.next_id
        assert said.next_en
        fields = [text.count("{") for text in (said.text_id, said.text_en)]
        assert fields[0] == fields[1]
    assert not STEPS.keys() & PLEASE.keys()


@pytest.mark.parametrize(
    ("chip", "module", "kind", "fits"),
    [
        ("rp2", "pico_w", "counter_led", True),
        ("rp2", "pico_2_w", "counter_led", False),
        ("rp2", "pico", "counter_led", False),
        ("rp2", "", "counter_led", True),  # a twin that the catalogue does not know
        ("esp32", "esp32", "counter_led", False),
        ("esp32", "", "counter_esp32", False),  # an ESP32-S3 has other pins
        ("esp32", "esp32", "counter_esp32", True),
        ("virtual", "", "counter_esp32", True),
    ],
)
def test_a_kind_goes_on_its_own_chip_only(chip: str, module: str, kind: str, fits: bool) -> None:
    board = replace(PICO_W, chip=chip, module=module)
    if fits:
        judge_chip(board, load_kind(kind))
        return
    with pytest.raises(FlashError) as caught:
        judge_chip(board, load_kind(kind))
    assert caught.value.code == "wrong_chip"
    assert load_kind(kind).chip.title in caught.value.text_id


def test_an_old_interpreter_is_refused_with_the_way_to_a_newer_one() -> None:
    judge_interpreter(PICO_W, 6, (1, 26))
    with pytest.raises(FlashError) as caught:
        judge_interpreter(replace(PICO_W, version=(1, 22, 2)), 6, (1, 26))
    assert caught.value.code == "too_old"
    assert "1.22.2" in caught.value.text_id
    assert "1.26" in caught.value.text_id
    assert "--interpreter" in caught.value.next_id
    assert ".uf2" in caught.value.next_en


def test_another_mpy_version_is_refused() -> None:
    with pytest.raises(FlashError) as caught:
        judge_interpreter(replace(PICO_W, mpy=7, version=(2, 0, 0)), 6, (1, 26))
    assert caught.value.code == "wrong_mpy"
    assert "7" in caught.value.text_en


def test_settings_hold_what_the_firmware_needs() -> None:
    found = settings_of(replace(WISH, tls=True, ca=b"\x30\x82"), KIND, PICO_W, "s3cret")
    assert b'"ca": "MII="' in found
    assert b'"host": "192.0.2.7"' in found
    assert b'"secret": "s3cret"' in found
    assert settings_of(WISH, KIND, PICO_W, "x") == settings_of(WISH, KIND, PICO_W, "x")


def test_the_number_of_its_link_stays_with_a_board() -> None:
    same = replace(PICO_W, settings={"id": "counter-03", "link": 4})
    assert b'"link": 4' in settings_of(WISH, KIND, same, "x")
    other = replace(PICO_W, settings={"id": "counter-04", "link": 4})
    assert b'"link"' not in settings_of(WISH, KIND, other, "x")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (replace(WISH, wifi=()), "no_wifi"),
        (replace(WISH, host="127.0.0.1"), "loopback"),
        (replace(WISH, tls=True), "no_ca"),
    ],
)
def test_a_board_that_could_not_reach_its_hall_is_refused(wish: FlashWish, code: str) -> None:
    with pytest.raises(FlashError) as caught:
        settings_of(wish, KIND, PICO_W, "x")
    assert caught.value.code == code
    assert "rahasia" not in str(caught.value)


def test_a_board_on_its_usb_cable_needs_neither_wifi_nor_a_network() -> None:
    wish = replace(WISH, wifi=(), host="127.0.0.1")
    assert b"wifi" not in settings_of(wish, load_kind("counter_wired"), PICO_W, "x")


def test_a_self_signed_certificate_is_found_and_another_asked_for(tmp_path: Path) -> None:
    from cryptography import x509

    settings = Settings.from_env({"LOKET_HOME": str(tmp_path)})
    assert certificate(settings, None) is None  # loopback: no TLS
    own, signed = certificates(tmp_path)
    on_lan = replace(settings, mqtt_listen="192.0.2.7", tls_cert=own)
    der = certificate(on_lan, None)
    assert der is not None
    assert x509.load_der_x509_certificate(der).subject.rfc4514_string() == "CN=hall"
    on_lan.paths.make()
    (on_lan.paths.broker / "mosquitto.conf").write_text(f"listener 8883\ncertfile {own}\n")
    assert certificate(replace(on_lan, tls_cert=None), None) == der  # what the hall runs with
    with pytest.raises(FlashError) as caught:
        certificate(replace(on_lan, tls_cert=signed), None)
    assert caught.value.code == "no_ca"
    assert "--ca" in caught.value.next_id
    assert certificate(replace(on_lan, tls_cert=signed), own) == der
    with pytest.raises(FlashError):
        certificate(on_lan, tmp_path / "none.pem")


def certificates(folder: Path) -> tuple[Path, Path]:
    """Give a certificate that has signed itself, and one that it has signed."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding

    key = Ed25519PrivateKey.generate()
    made = []
    for name in ("hall", "broker"):
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hall")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(
            issuer, subject, key.public_key(), 7, now, now + timedelta(days=9)
        )
        file = folder / f"{name}.pem"
        file.write_bytes(builder.sign(key, None).public_bytes(Encoding.PEM))
        made.append(file)
    return made[0], made[1]


def test_what_does_not_belong_in_a_slot_is_named_by_its_topmost_folder() -> None:
    files = {
        "/a": (-1, ""), "/a/firmware": (-1, ""), "/a/firmware/x.mpy": (1, "x"),
        "/a/firmware/old.mpy": (1, "x"), "/a/lib": (-1, ""), "/a/lib/y.py": (1, "y"),
        "/b": (-1, ""), "/b/firmware": (-1, ""), "/b/firmware/z.mpy": (1, "z"),
        "/outbox.jsonl": (9, "o"), "/settings.json.part": (3, "p"),
    }  # fmt: skip
    found = sync.stale(replace(PICO_W, files=files), "a", {"/a/firmware/x.mpy": b"1"})
    assert found == ["/a/firmware/old.mpy", "/a/lib", "/settings.json.part"]


def test_only_what_differs_is_to_be_written() -> None:
    board = replace(PICO_W, files={"/a/x": (1, sync.sha256(b"1")), "/a/y": (1, sync.sha256(b"2"))})
    assert list(sync.differing(board, {"/a/x": b"1", "/a/y": b"1", "/a/z": b"1"})) == [
        "/a/y",
        "/a/z",
    ]


def test_enrolling_makes_or_replaces_a_secret_and_its_update_key() -> None:
    new = enrolment(WISH, "counter", "s" * 24, known=False)
    assert (new["ev"], new["role"], new["counter"]) == ("board_add", "counter", 3)
    assert is_secret_of("s" * 24, str(new["secret_hash"]))
    assert not is_secret_of("t" * 24, str(new["secret_hash"]))
    assert len(str(new["update_key"])) == 64
    known = enrolment(WISH, "counter", "s" * 24, known=True)
    assert known.keys() == {"ev", "board", "secret_hash", "update_key"}
    assert known["ev"] == "board_secret"
    spare = enrolment(replace(WISH, counter=None, spare=True), "counter", "s", known=False)
    assert spare["spare"] is True
    assert "counter" not in spare


def test_networks_are_kept_for_the_hall_and_for_nobody_else(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    assert kept_wifi(paths) == ()
    networks = (("Gerai", "rahasia sekali"), ("Cadangan", ""))
    keep_wifi(paths, networks)
    assert kept_wifi(paths) == networks
    file = paths.secrets / "wifi.json"
    assert file.stat().st_mode & 0o077 == 0
    file.write_text("{")
    with pytest.raises(ConfigError, match="--keep"):
        kept_wifi(paths)


@pytest.mark.parametrize(
    "networks",
    [(("", "x" * 8),), (("é" * 17, "x" * 8),), (("A", "short"),), (("A", ""),) * 3],
)
def test_a_network_that_nobody_could_join_is_refused(
    networks: tuple[tuple[str, str], ...],
) -> None:
    with pytest.raises(ConfigError) as caught:
        check_wifi(networks)
    assert "short" not in str(caught.value)


def test_no_port_and_several_ports_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Found:
        def __init__(self, device: str, vid: int, serial_number: str) -> None:
            self.device, self.vid, self.product = device, vid, "Board in FS mode"
            self.serial_number = serial_number

    there: list[Found] = []
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: there)
    with pytest.raises(FlashError) as caught:
        one_port(None)
    assert caught.value.code == "no_port"
    assert "hanya mengisi daya" in caught.value.next_id
    there += [Found("/dev/ttyACM7", 0x2E8A, "e661"), Found("/dev/ttyS9", 0x1234, "")]
    port = one_port(None)
    assert (port.device, port.chip) == ("/dev/ttyACM7", "rp2")
    assert port.product == "Raspberry Pi Board in FS mode"
    there.append(Found("/dev/ttyUSB7", 0x10C4, ""))
    with pytest.raises(FlashError) as caught:
        one_port(None)
    assert caught.value.code == "several_ports"
    assert "/dev/ttyUSB7" in caught.value.text_id
    there[0].device = "/dev/ttyACM8"  # after a reset it may have another name
    now = same_board(port)
    assert now is not None
    assert now.device == "/dev/ttyACM8"
    with pytest.raises(FlashError):
        one_port("/dev/ttyACM99")
