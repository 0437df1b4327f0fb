"""Runs the tests of one file inside MicroPython: `micropython run_micropython.py MODULE`.

Prints one line per test, `@@ {"test": name, "ok": bool, "text": traceback or ""}`; before
each, `@@ {"starts": name}`, so that a crash has a name. See tests/firmware/README.md.
"""

import asyncio
import gc
import io
import json
import sys

ASYNC_TIMEOUT_S = 20


def report(line):
    print("@@ " + json.dumps(line))


def run_test(function):
    gc.collect()
    result = function()
    if hasattr(result, "send"):  # an async test
        asyncio.new_event_loop()  # nothing left of the test before
        asyncio.run(asyncio.wait_for(result, ASYNC_TIMEOUT_S))


def main(name):
    # As on a board: or garbage lies between what stays of the modules.
    gc.threshold(4_096)  # type: ignore[attr-defined]
    __import__(name)
    gc.threshold(-1)  # type: ignore[attr-defined]
    module = sys.modules[name]
    for test in sorted(dir(module)):
        function = getattr(module, test)
        if not test.startswith("test_") or not callable(function):
            continue
        report({"starts": test})
        error = None
        try:
            run_test(function)
        except Exception as e:  # noqa: BLE001 (it is reported)
            error = e
        report({"test": test, "ok": error is None, "text": traceback_of(error) if error else ""})


def traceback_of(error):
    asyncio.new_event_loop()  # the tasks of a failed test may fill the heap: drop them first
    gc.collect()
    out = io.StringIO()
    sys.print_exception(error, out)  # type: ignore[attr-defined]
    return out.getvalue()


main(sys.argv[1])
