"""A real browser on a real console. Skipped, in one line, where there is no chromium."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.console.stand_in import Stage
from tests.console.workshop_stand_in import Workshop, let_in

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
HALL = {"width": 1920, "height": 1080}

# A Chromium without windows to see draws each window's address bar all the same, as pages of
# their own: they took three quarters of all processor time. The last list given counts, so
# those of Playwright's that pages may notice are in ours.
_NO_FEATURES = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "MediaRouter", "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning",
)  # fmt: skip
ARGS = ["--no-sandbox", "--disable-features=" + ",".join(_NO_FEATURES)]

READ_BACK = "willReadFrequently"  # said of tests, which read pixels; pages only draw them

REFUSED = "the server responded with a status of 4"

Open = Callable[..., Page]


def resize(page: Page, size: dict[str, int]) -> None:
    """Load a page anew in a window of another size: half the price of another page."""
    if page.viewport_size != size:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.reload()


def signed_in(cookie: str) -> dict[str, Any]:
    """Give a browser's state with the cookie of a technician."""
    name, _, value = cookie.partition("=")
    about = {"name": name, "value": value, "domain": "127.0.0.1", "path": "/", "expires": -1}
    how = {"httpOnly": True, "secure": False, "sameSite": "Strict"}
    return {"cookies": [about | how], "origins": []}


# Not for the session: while it lasts, Playwright's own event loop runs in this thread, and no
# other test of this worker could use asyncio.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield browser
        browser.close()


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


@pytest.fixture
def connections_break() -> None:
    """Asked for by a test that kills the console: the browser itself reports what it misses."""


@pytest.fixture
def refusals_come() -> None:
    """Asked for by a test in which the console refuses: the browser itself reports each."""


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Gives `open_page(url, size, **context)`; no page may log an error or load from elsewhere."""
    faults: list[str] = []
    contexts = []

    def open_page(url: str, size: dict[str, int] = DESK, **options: Any) -> Page:
        context = browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        home = "/".join(url.split("/")[:3])

        def said(message: Any) -> None:
            if message.type in ("error", "warning") and READ_BACK not in message.text:
                faults.append(f"{message.type}: {message.text}")

        def asked(asked_for: Any) -> None:
            if not asked_for.url.startswith(home + "/"):
                faults.append(f"asked for {asked_for.url}")

        page.on("console", said)
        page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
        page.on("request", asked)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    if "connections_break" in request.fixturenames:
        faults = [fault for fault in faults if "net::ERR_" not in fault]
    if "refusals_come" in request.fixturenames:
        faults = [fault for fault in faults if REFUSED not in fault]
    assert faults == []


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


@pytest.fixture
def open_as_technician(open_page: Open, stage: Stage, cookie: str) -> Open:
    """Gives `open_as_technician(path, size, **context)`: a page of who is signed in."""

    def open_signed_in(path: str, size: dict[str, int] = DESK, **options: Any) -> Page:
        return open_page(stage.url + path, size, storage_state=signed_in(cookie), **options)

    return open_signed_in
