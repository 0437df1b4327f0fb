"""Every test function in a folder named `pure` runs twice: by pytest, and in real MicroPython.

See README.md next to this file. Other test folders get the same by importing the two hooks
into a conftest.py of their own.
"""

import ast
import asyncio
import inspect
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.support import micropython
from tests.support.tools import ROOT

HERE = Path(__file__).parent
PURE = "pure"
RUNNER = HERE / "run_micropython.py"
ASYNC_TIMEOUT_S = 20  # the same inside MicroPython, see run_micropython.py
HEAP_NAME = "MICROPYTHON_HEAP_KB"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "MicroPythonFile | None":
    """Add, next to pytest's own module, one collector that runs the file in MicroPython."""
    if file_path.parent.name == PURE and file_path.match("test_*.py"):
        file: MicroPythonFile = MicroPythonFile.from_parent(parent, path=file_path)
        return file
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run `async def` tests of a `pure` folder on CPython as run_micropython.py does it."""
    if pyfuncitem.path.parent.name != PURE or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    asyncio.run(asyncio.wait_for(pyfuncitem.obj(), ASYNC_TIMEOUT_S))
    return True


class MicroPythonFile(pytest.File):
    """The tests of one file, all run by one MicroPython process when the first is asked for."""

    _results: dict[str, dict[str, Any]] | None = None
    _tail = ""

    def collect(self) -> Iterable["MicroPythonItem"]:
        """Give one item per top-level test function."""
        for node in ast.parse(self.path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
                node.name.startswith("test_")
            ):
                name = f"{node.name}[micropython]"
                item: MicroPythonItem = MicroPythonItem.from_parent(self, name=name)
                yield item

    def _heap_kb(self) -> int:
        for node in ast.parse(self.path.read_text()).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == HEAP_NAME:
                heap_kb: int = ast.literal_eval(node.value)
                return heap_kb
        return micropython.HEAP_KB

    def result(self, test: str) -> tuple[bool, str]:
        """Give whether `test` passed and what it had to say."""
        if self._results is None:
            self._results = {}
            module = ".".join(self.path.relative_to(ROOT).with_suffix("").parts)
            done = micropython.run(RUNNER, module, heap_kb=self._heap_kb())
            said = []
            for line in done.stdout.splitlines():
                if not line.startswith("@@ "):
                    said.append(line)
                    continue
                report = json.loads(line[3:])
                if "starts" in report:
                    said.append(f"-- {report['starts']}")
                else:
                    self._results[report["test"]] = report
            last = "\n".join((said + done.stderr.splitlines())[-30:])
            self._tail = f"MicroPython ended with status {done.returncode} and this:\n{last}"
        if test not in self._results:
            return False, f"{test} gave no result. {self._tail}"
        return self._results[test]["ok"], self._results[test]["text"]


class MicroPythonItem(pytest.Item):
    """One test function, as it went in MicroPython."""

    def runtest(self) -> None:
        """Fail with MicroPython's traceback if the function did."""
        file = self.parent
        assert isinstance(file, MicroPythonFile)
        ok, text = file.result(self.name.removesuffix("[micropython]"))
        if not ok:
            raise MicroPythonFailure(text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show MicroPython's own traceback rather than that of this file."""
        if isinstance(excinfo.value, MicroPythonFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the test as pytest lists it."""
        return self.path, None, self.name


class MicroPythonFailure(Exception):
    """A test that failed inside MicroPython; the text is its traceback."""
