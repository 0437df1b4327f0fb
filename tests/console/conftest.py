"""A real console over a real broker, one for all tests of a worker that leave it as it was."""

from collections.abc import Iterator

import pytest

from tests.console.stand_in import Stage
from tests.console.workshop_stand_in import Workshop, let_in


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


@pytest.fixture(scope="session")
def shared_workshop(shared_stage: Stage) -> Iterator[Workshop]:
    with Workshop(shared_stage) as workshop:
        yield workshop


@pytest.fixture
def workshop(shared_workshop: Workshop, stage: Stage) -> Iterator[Workshop]:
    """A workshop that answers; what it was told to answer is taken back."""
    yield shared_workshop
    shared_workshop.reset()


@pytest.fixture(scope="session")
def cookie(shared_stage: Stage) -> str:
    """The cookie of a signed-in technician, as a browser sends it."""
    return let_in(shared_stage)
