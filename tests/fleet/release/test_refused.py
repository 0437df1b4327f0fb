"""Releases that are not taken, each with its reason."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.fleet.release import ReleaseError, SigningKey, fingerprint, open_release
from gateway.fleet.release import opened as limits
from tests.fleet.release.conftest import KEY, TRUSTED, contents, packed, signed

Spoil = Callable[[dict[str, bytes], dict[str, Any]], object]
STRANGER = SigningKey(bytes(32))


def refused(file: Path) -> ReleaseError:
    """Give why a release is refused; it is told in both languages."""
    with pytest.raises(ReleaseError) as caught:
        open_release(file, TRUSTED)
    error = caught.value
    assert error.text_id
    assert error.text_en
    assert error.text_id != error.text_en
    return error


def spoiled(built: Path, tmp_path: Path, spoil: Spoil) -> ReleaseError:
    """Spoil what a release holds, and give why it is refused."""
    names = contents(built)
    spoil(names, json.loads(names["release.json"]))
    return refused(packed(tmp_path / "spoiled.zip", names))


def test_without_a_signature(built: Path, tmp_path: Path) -> None:
    error = spoiled(built, tmp_path, lambda names, _: names.pop("release.sig"))
    assert error.code == "unsigned"
    assert "is not signed" in str(error)


def test_signed_by_a_stranger_tells_who_and_how_to_trust(built: Path, tmp_path: Path) -> None:
    error = spoiled(built, tmp_path, lambda names, c: signed(names, c, STRANGER))
    assert error.code == "unknown_key"
    assert fingerprint(STRANGER.public_hex) in str(error)
    assert "loket release trust" in str(error)


def test_a_stranger_who_names_a_trusted_key(built: Path, tmp_path: Path) -> None:
    def spoil(names: dict[str, bytes], content: dict[str, Any]) -> None:
        signed(names, content, STRANGER)
        names["release.sig"] = names["release.sig"].split()[0] + f" {KEY.public_hex}".encode()

    assert spoiled(built, tmp_path, spoil).code == "altered"


def test_one_byte_of_one_file(built: Path, tmp_path: Path) -> None:
    def spoil(names: dict[str, bytes], content: dict[str, Any]) -> None:
        name = "files/" + content["files"]["firmware/core/board.mpy"]["sha"]
        names[name] = names[name][:-1] + bytes([names[name][-1] ^ 1])

    error = spoiled(built, tmp_path, spoil)
    assert error.code == "altered"
    assert "firmware/core/board.mpy" in str(error)


def test_what_is_signed_was_changed(built: Path, tmp_path: Path) -> None:
    def spoil(names: dict[str, bytes], _: dict[str, Any]) -> None:
        names["release.json"] = names["release.json"].replace(b'"number": 7', b'"number": 9')

    error = spoiled(built, tmp_path, spoil)
    assert error.code == "altered"
    assert "release.json" in str(error)


@pytest.mark.parametrize(
    "signature", [b"x y", b"\xff\xfe", b"00", b"0" * 128 + b" " + KEY.public_hex.encode()]
)
def test_a_signature_that_is_none(built: Path, tmp_path: Path, signature: bytes) -> None:
    def spoil(names: dict[str, bytes], _: dict[str, Any]) -> None:
        names["release.sig"] = signature

    assert spoiled(built, tmp_path, spoil).code == "altered"


def test_a_file_that_is_missing_and_one_too_many(built: Path, tmp_path: Path) -> None:
    def spoil(names: dict[str, bytes], content: dict[str, Any]) -> None:
        del names["files/" + content["files"]["firmware/main.mpy"]["sha"]]

    assert "firmware/main.mpy" in str(spoiled(built, tmp_path, spoil))

    def more(names: dict[str, bytes], _: dict[str, Any]) -> None:
        names["files/" + hashlib.sha256(b"x").hexdigest()] = b"x"

    assert spoiled(built, tmp_path, more).code == "altered"


@pytest.mark.parametrize(("found", "way"), [(0, "make it anew"), (2, "update this gateway")])
def test_another_format(built: Path, tmp_path: Path, found: int, way: str) -> None:
    error = spoiled(built, tmp_path, lambda n, c: signed(n, {**c, "format": found}))
    assert error.code == "format"
    assert way in str(error)


@pytest.mark.parametrize(
    "change",
    [
        {"files": 3}, {"files": {"a.py": {}}}, {"sets": {"x": []}}, {"sets": {"a/b": ["no.mpy"]}},
        {"sets": {"../x": []}}, {"roles": None}, {"contract": [1]}, {"version": "../1"},
        {"version": 3}, {"number": 0}, {"number": True}, {"mpy": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_signed_nonsense(built: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    assert spoiled(built, tmp_path, lambda n, c: signed(n, {**c, **change})).code == "format"


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b"3"])
def test_signed_garbage(built: Path, tmp_path: Path, text: bytes) -> None:
    def spoil(names: dict[str, bytes], _: dict[str, Any]) -> None:
        names["release.json"] = text
        names["release.sig"] = f"{KEY.sign(text)} {KEY.public_hex}".encode()

    assert spoiled(built, tmp_path, spoil).code == "format"


@pytest.mark.parametrize(
    "path", ["../boot.py", "/etc/x.py", "a/../b.mpy", "a//b.py", "a\\b.py", "x.sh", "", "a/.py"]
)
def test_signed_paths_that_lead_out(built: Path, tmp_path: Path, path: str) -> None:
    def spoil(names: dict[str, bytes], content: dict[str, Any]) -> None:
        content["files"][path] = content["files"]["firmware/main.mpy"]
        signed(names, content)

    assert spoiled(built, tmp_path, spoil).code == "bad_path"


@pytest.mark.parametrize("name", ["../x", "/x", "files/../x", "files/abc", "other", "files/x/y"])
def test_names_in_the_zip_that_lead_out(built: Path, tmp_path: Path, name: str) -> None:
    assert spoiled(built, tmp_path, lambda n, _: n.update({name: b"x"})).code == "bad_path"


def test_a_zip_cut_at_any_byte_is_no_release(built: Path, tmp_path: Path) -> None:
    whole = built.read_bytes()
    cut = tmp_path / "cut.zip"
    for at in range(0, len(whole), 4_999):
        cut.write_bytes(whole[:at])
        assert refused(cut).code == "torn", at


def test_a_zip_with_a_changed_byte_anywhere_is_refused_or_the_same(
    built: Path, tmp_path: Path
) -> None:
    whole, right = built.read_bytes(), open_release(built, TRUSTED)
    bad = tmp_path / "bad.zip"
    refusals = 0
    for at in range(0, len(whole), 997):
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :])
        try:
            found = open_release(bad, TRUSTED)
        except ReleaseError:
            refusals += 1
        else:  # in what a zip says of itself only
            assert (found.files, found.number) == (right.files, right.number), at
    assert refusals > 150


def test_too_large_in_any_way(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_FILE_BYTES", 1_000)
    assert refused(built).code == "oversize"
    monkeypatch.undo()
    monkeypatch.setattr(limits, "MOST_BYTES", 100_000)
    assert refused(built).code == "oversize"
    names = contents(built)
    monkeypatch.undo()
    names |= {f"files/{n:064x}": b"" for n in range(1_100)}
    assert refused(packed(tmp_path / "many.zip", names)).code == "oversize"


def test_a_bomb_is_stopped_before_it_fills_memory(built: Path, tmp_path: Path) -> None:
    import zipfile

    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("release.json", bytes(64 * 1_024 * 1_024))
    assert file.stat().st_size < 100_000
    assert refused(file).code == "oversize"


def test_what_is_no_zip_or_not_there(tmp_path: Path) -> None:
    text = tmp_path / "text.zip"
    text.write_text("hello")
    assert refused(text).code == "torn"
    assert refused(tmp_path / "no.zip").code == "missing"
    assert refused(packed(tmp_path / "empty.zip", {})).code == "torn"
    os.mkdir(tmp_path / "folder")
    assert refused(tmp_path / "folder").code == "torn"


def test_a_zip_of_a_method_that_nobody_needs(tmp_path: Path) -> None:
    # Their errors are no zip's errors, and what they unpack to may need all memory.
    file = tmp_path / "foreign.zip"
    for method in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        with zipfile.ZipFile(file, "w", method) as out:
            out.writestr("release.json", b"{}" * 500)
        data = bytearray(file.read_bytes())
        assert refused(file).code == "torn"
        data[60:70] = bytes(10)
        file.write_bytes(data)
        assert refused(file).code == "torn"
