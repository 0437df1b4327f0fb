"""The firmware as a board's flash gets it: what goes along, and that it runs from there."""

import shutil
from pathlib import Path

import pytest

from boards.image import PROJECT, build_image, modules_of
from boards.virtual.process import BoardProcess
from firmware.wire import topics
from tests.boards.conftest import MakeStage


def test_a_role_takes_along_what_it_imports_and_nothing_of_the_others() -> None:
    names = modules_of("counter", "rp2")
    assert {"firmware.main", "firmware.roles.counter", "firmware.hal.rp2"} <= set(names)
    assert {"firmware.wire.codec", "firmware.drivers.max7219"} <= set(names)
    assert not {"firmware.roles.ticket", "firmware.hal.virtual", "firmware.hal.ports"} & set(names)
    # Large, and for the gateway only.
    assert not {"firmware.wire.events", "firmware.wire.words", "firmware.wire.topics"} & set(names)


def test_an_unknown_role_or_backend_is_named() -> None:
    with pytest.raises(ValueError, match="role is 'juggler'; there are counter, ticket"):
        modules_of("juggler", "rp2")
    with pytest.raises(ValueError, match="backend is 'z80'; there are rp2"):
        modules_of("counter", "z80")


def test_a_board_runs_from_its_compiled_files(stage: MakeStage, tmp_path: Path) -> None:
    image = build_image("counter", "virtual", tmp_path / "image")
    assert image.size_bytes == sum(f.stat().st_size for f in image.folder.rglob("*.mpy"))
    entry = Path("boards", "virtual", "board.py")
    (image.folder / entry).parent.mkdir(parents=True)
    shutil.copy(PROJECT / entry, image.folder / entry)
    made = stage("counter")
    made.boards.append(BoardProcess(made.flash, entry=image.folder / entry))
    assert made.gateway.wait(topics.UP_EVENT)["ev"] == "hello"
