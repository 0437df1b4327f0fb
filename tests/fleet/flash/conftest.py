"""The loader, until it is there."""

from pathlib import Path

import pytest

from gateway.fleet.flash import firmware


@pytest.fixture(autouse=True)
def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not firmware.LOADER.exists():
        file = tmp_path / "loader.py"
        file.write_text(
            "import sys\nsys.path.insert(0, '/a')\nfrom firmware.main import boot\nboot()\n"
        )
        monkeypatch.setattr(firmware, "LOADER", file)
