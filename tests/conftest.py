"""What every test may ask for."""

import shutil

import pytest

from tools.setup.chromium import NAMES


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of the machine's Chromium; a machine without it skips the browser tests."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    pytest.skip("browser tests need Chromium: `sudo apt-get install chromium`")
