"""`python -m tools.check`: run every linter and type checker, whatever the first ones find."""

import subprocess
import sys
import time

from tools.setup.common import PROJECT, VENV

# Each of these is a package of ours; those that are not written yet are left out.
TYPED = ("gateway", "boards", "web_console", "tools", "tests")
# A chip -> whose stubs, and which configuration: each leaves out the backends of other chips.
FIRMWARE = {"the Pico W": "rp2", "the Pico 2 W": "rp2w2", "the ESP32": "esp32"}


def checks() -> list[tuple[str, list[str]]]:
    """Give the checks as (what it looks for, command), the quick ones first."""
    typed = [name for name in TYPED if any((PROJECT / name).rglob("*.py"))]
    return [
        ("lint", ["ruff", "check", "."]),
        ("format", ["ruff", "format", "--check", "."]),
        ("who may import whom", ["lint-imports"]),
        *(
            (f"types, firmware on {chip}", ["pyright", "-p", f"tools/pyright-{stubs}.json"])
            for chip, stubs in FIRMWARE.items()
        ),
        ("types, everything else", ["mypy", *typed]),
    ]


def main() -> int:
    """Run them all, whatever the first ones find; give 1 if any found something."""
    failed = []
    for name, (program, *words) in checks():
        began_s = time.monotonic()
        print(f"== {name}: {program}", flush=True)
        done = subprocess.run([VENV / "bin" / program, *words], cwd=PROJECT, check=False)
        if done.returncode:
            failed.append(name)
        print(f"   {'FAILED' if done.returncode else 'ok'}, {time.monotonic() - began_s:.1f} s")
    if failed:
        print(f"make check: {', '.join(failed)} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
