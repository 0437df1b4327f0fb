"""A real console over a real broker, one for all tests of a worker that leave it as it was.

Passwords cost what they should in a console of its own process only, and where a test asks for
`costly_passwords`: in the others a password is what lets one in, not what is tested.
"""

from collections.abc import Iterator

import pytest

from gateway.fleet.people import hash_password
from tests.console.stand_in import Stage
from tests.console.workshop_stand_in import Workshop, let_in


@pytest.fixture(autouse=True)
def cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the hash of a password take next to nothing, in this process."""
    if "costly_passwords" not in request.fixturenames:
        monkeypatch.setattr("gateway.fleet.people._SCRYPT", (256, 8, 1))
        monkeypatch.setattr("web_console.sign_in._NOBODY", hash_password("nobody"))


@pytest.fixture
def costly_passwords() -> None:
    """Leave the hash of a password as it is for everybody."""


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
