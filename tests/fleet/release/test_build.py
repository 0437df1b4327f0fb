"""What a release holds, and that the same source makes the same bytes."""

import hashlib
from pathlib import Path

import pytest

from boards.image import PROJECT, build_image
from firmware.update.manifest import read_files, read_head
from gateway.fleet.release import ReleaseError, build_release, open_release
from tests.fleet.release.conftest import KEY, TRUSTED


def test_the_same_source_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    again = build_release(tmp_path, "1.2.3", 7, KEY)
    assert again.read_bytes() == built.read_bytes()
    assert again.name == "loket-1.2.3.zip"


def test_a_release_has_what_each_kind_of_board_needs(built: Path, tmp_path: Path) -> None:
    release = open_release(built, TRUSTED)
    assert (release.version, release.number, release.mpy) == ("1.2.3", 7, 6)
    assert release.contract[0] == 1
    assert release.roles["counter_led"] == "counter"
    image = build_image("counter", "rp2", tmp_path)
    files = release.files_for("counter", "", "rp2")
    assert files.keys() == image.files.keys()
    # A kind leaves out the drivers of parts that it has not.
    own = release.files_for("counter", "counter_led", "rp2")
    assert "firmware/drivers/max7219.mpy" in own
    assert own.keys() < files.keys()
    for path, entry in own.items():
        data = release.blob(entry.sha)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry.size, entry.sha), path
        if path != "firmware/version.mpy":
            assert data == (tmp_path / path).read_bytes(), path


def test_every_role_has_firmware_for_every_chip_and_every_kind_for_its_own(built: Path) -> None:
    release = open_release(built, TRUSTED)
    for role in set(release.roles.values()):
        for chip in ("rp2", "esp32", "virtual"):
            assert release.files_for(role, "", chip)
    assert release.files_for("counter", "counter_esp32", "esp32")
    assert release.files_for("counter", "counter_led", "virtual")
    # A kind that this release does not know has its role's files, nothing left out.
    assert release.files_for("counter", "mine", "rp2") == release.files_for("counter", "", "rp2")
    with pytest.raises(ReleaseError, match="no firmware for a counter on z80"):
        release.files_for("counter", "", "z80")


def test_the_version_is_in_the_firmware_itself(built: Path, tmp_path: Path) -> None:
    release = open_release(built, TRUSTED)
    other = open_release(build_release(tmp_path, "1.2.4", 8, KEY), TRUSTED)
    differ = {p for p, entry in other.files.items() if release.files.get(p) != entry}
    assert differ == {"firmware/version.mpy"}
    assert b"1.2.4" in other.blob(other.files["firmware/version.mpy"].sha)


def test_a_manifest_names_each_file_with_its_hash(built: Path) -> None:
    release = open_release(built, TRUSTED)
    lines = release.manifest_for("counter", "counter_led", "rp2").decode().split("\n")
    assert lines[:7] == [
        "loket-firmware 1", "version 1.2.3", "number 7", "role counter", "chip rp2", "mpy 6",
        "kind counter_led",
    ]  # fmt: skip
    files = release.files_for("counter", "counter_led", "rp2")
    assert lines[7:-2] == [f"{files[p].sha} {files[p].size} {p}" for p in sorted(files)]
    assert lines[-2:] == [f"end {len(files)}", ""]
    assert b"\nkind -\n" in release.manifest_for("counter", "", "rp2")


@pytest.mark.parametrize("version", ["", "../x", ".hidden", "a b", "a/b", "1" * 32, "1\n"])
def test_a_version_is_a_name(version: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="cannot be a version"):
        build_release(tmp_path, version, 1, KEY)


def test_a_board_reads_every_manifest_as_it_was_written(built: Path) -> None:
    release = open_release(built, TRUSTED)
    for name in release.sets:
        of, chip = name.split("/")
        kind = of if of in release.roles else ""
        role = release.roles.get(of, of)
        lines = iter(release.manifest_for(role, kind, chip).decode().splitlines(keepends=True))
        assert read_head(lines) == {
            "version": "1.2.3", "number": "7", "role": role, "chip": chip, "mpy": "6",
            "kind": kind or "-",
        }  # fmt: skip
        read = {path: (sha, size) for sha, size, path in read_files(lines)}
        files = release.files_for(role, kind, chip)
        assert read == {path: (entry.sha, entry.size) for path, entry in files.items()}


def test_the_loader_is_there_for_the_cable_and_in_no_slot(built: Path) -> None:
    release = open_release(built, TRUSTED)
    loader = (PROJECT / "firmware" / "update" / "loader.py").read_bytes()
    assert release.blob(release.files["main.py"].sha) == loader
    assert not [name for name, paths in release.sets.items() if "main.py" in paths]
    assert not [path for path in release.files if "loader" in path]


@pytest.mark.parametrize("number", [0, -1, 10**9])
def test_a_number_counts_from_one(number: int, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="cannot be a release's number"):
        build_release(tmp_path, "1", number, KEY)
