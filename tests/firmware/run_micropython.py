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
    __import__(name)
    module = sys.modules[name]
    for test in sorted(dir(module)):
        function = getattr(module, test)
        if not test.startswith("test_") or not callable(function):
            continue
        report({"starts": test})
        text = ""
        try:
            run_test(function)
        except Exception as e:
            out = io.StringIO()
            sys.print_exception(e, out)
            text = out.getvalue()
        report({"test": test, "ok": not text, "text": text})


main(sys.argv[1])
