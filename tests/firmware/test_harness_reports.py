"""The harness tells failed from passed, names the culprit, and survives a dying interpreter."""

from pathlib import Path

import pytest

from tests.firmware.conftest import HERE, MicroPythonFile


@pytest.fixture(scope="module")
def sample(request: pytest.FixtureRequest) -> MicroPythonFile:
    path: Path = HERE / "samples" / "failing.py"
    file: MicroPythonFile = MicroPythonFile.from_parent(request.session, path=path)
    return file


def test_collects_every_test_function(sample: MicroPythonFile) -> None:
    names = [item.name for item in sample.collect()]
    assert len(names) == 7
    assert names[2] == "test_c_async[micropython]"


@pytest.mark.parametrize("name", ["test_a_passes", "test_e_passes_after_all_that"])
def test_passed(sample: MicroPythonFile, name: str) -> None:
    assert sample.result(name) == (True, "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("test_b_assertion", "AssertionError: one is not two"),
        ("test_c_async", "ValueError: raised late"),
        ("test_d_memory", "MemoryError"),
        ("test_f_dies", "status 3"),
        ("test_g_never_reached", "-- test_f_dies"),
    ],
)
def test_failed(sample: MicroPythonFile, name: str, words: str) -> None:
    ok, text = sample.result(name)
    assert not ok
    assert words in text
