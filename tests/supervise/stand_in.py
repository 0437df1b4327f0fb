"""A supervisor over stand-in programs, for tests: `python -m tests.supervise.stand_in PLAN FOLDER`.

PLAN is JSON: a list of {"name", "code", and optionally "mortal", "denied_to", "last", "ready"}:
each program is `python -c code`. It prints a line of JSON for each thing it has to say.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from gateway.supervise.spec import Spec
from gateway.supervise.supervisor import CannotStart, Supervisor


def spec_of(plan: dict[str, Any], folder: Path) -> Spec:
    """Make the spec of one planned program; `ready` names a file that appears when it is."""
    more: dict[str, Any] = {"last": plan.get("last", False)}
    if "ready" in plan:
        more["ready"] = (folder / plan["ready"]).exists
    if plan.get("mortal"):
        more["death_signal"] = signal.SIGTERM
    if "denied_to" in plan:
        more["denied_to"] = Path(plan["denied_to"])
    command = (sys.executable, "-c", plan["code"])
    return Spec(plan["name"], command, folder / f"{plan['name']}.log", **more)


def tell(**fields: object) -> None:
    """Print one line of JSON."""
    print(json.dumps(fields), flush=True)


def main() -> int:
    """Run the plan until told to stop."""
    folder = Path(sys.argv[2])
    specs = [spec_of(plan, folder) for plan in json.loads(sys.argv[1])]
    supervisor = Supervisor(
        specs,
        os.environ,
        folder,
        say=lambda text: tell(say=text),
        on_ready=lambda pids: tell(pids=pids),
        grace_s=1.0,
    )
    try:
        supervisor.run()
    except CannotStart as error:
        tell(cannot=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
