"""A real console over a real broker, one for all tests of a worker that leave it as it was."""

from collections.abc import Iterator

import pytest

from tests.console.stand_in import Stage


@pytest.fixture(scope="session")
def shared_stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


@pytest.fixture
def stage(shared_stage: Stage) -> Iterator[Stage]:
    """A live demo hall's console; whatever a test published is taken back."""
    yield shared_stage
    shared_stage.reset()


@pytest.fixture
def own_stage() -> Iterator[Stage]:
    """A console for one test, which may break it."""
    with Stage() as stage:
        yield stage
