"""What every test may ask for."""

import pytest

from tests.support.chromium import chromium_path


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of the machine's Chromium; a machine without it skips the browser tests."""
    if path := chromium_path():
        return path
    pytest.skip("browser tests need Chromium: `sudo apt-get install chromium`")
