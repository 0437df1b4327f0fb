"""`loket` in this process: a quarter of a second cheaper than a process for each command."""

import io
import os
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from gateway.cli import main


def loket(env: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """Do what the command line says and give what it printed.

    Of this environment's settings it knows none, only those in `env`; its words are English.
    """
    out, err = io.StringIO(), io.StringIO()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOKET_")}
    with (
        patch.dict(os.environ, kept | {"LC_ALL": "en_GB.UTF-8"} | env, clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            status = main(list(words))
        except SystemExit as wrong_words:  # argparse's way to refuse them
            status = int(wrong_words.code or 0)
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())
