"""A browser for the browser tests: the machine's own Chromium."""

import os
import shutil

from tools.setup.common import SetupError, reason, run, say

NAMES = ("chromium", "chromium-browser", "google-chrome")


def prepare() -> None:
    """See to it that Chromium is there if we may install it; else say in one line what to do."""
    if any(shutil.which(name) for name in NAMES):
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        say("browser tests need Chromium and are skipped: `sudo apt-get install chromium`")
        return
    say("installing Chromium for the browser tests (apt-get install chromium)")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120"]
    run([*apt, "update"], "chromium.log", env)
    done = run([*apt, "install", "--no-install-recommends", "chromium"], "chromium.log", env)
    if done.returncode:
        raise SetupError(
            f"apt-get cannot install chromium ({reason(done.stdout, ('E:',))}): check this "
            "machine's network; all that apt said is in .tools/log/chromium.log"
        )
