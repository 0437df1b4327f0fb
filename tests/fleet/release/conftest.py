"""A release of this project's firmware, built once, and ways to spoil it."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from gateway.fleet.release import SigningKey, build_release

KEY = SigningKey(bytes(range(32)))
TRUSTED = {KEY.public_hex: "maker"}


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a release's zip; nobody changes it."""
    return build_release(tmp_path_factory.mktemp("built"), "1.2.3", 7, KEY)


def contents(file: Path) -> dict[str, bytes]:
    """Give what a zip holds, by name."""
    with zipfile.ZipFile(file) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist()}


def packed(file: Path, names: dict[str, bytes]) -> Path:
    """Write a zip of these names."""
    with zipfile.ZipFile(file, "w") as out:
        for name, data in names.items():
            out.writestr(name, data)
    return file


def signed(names: dict[str, bytes], content: dict[str, Any], key: SigningKey = KEY) -> None:
    """Put `content` in as the release.json, signed anew."""
    text = json.dumps(content).encode()
    names["release.json"] = text
    names["release.sig"] = f"{key.sign(text)} {key.public_hex}\n".encode()
