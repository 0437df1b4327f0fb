"""The harness itself: both interpreters run this, and async tests are really awaited."""

import asyncio
import sys

from tests.firmware.pure import expect


def test_runs_on_this_interpreter():
    assert sys.implementation.name in ("cpython", "micropython")


async def test_async_functions_are_awaited():
    seen = []

    async def later():
        await asyncio.sleep(0)
        seen.append(1)

    task = asyncio.create_task(later())
    await expect.until(lambda: seen)
    await task


def test_raises_gives_the_exception():
    error = expect.raises(ValueError, int, "x")
    assert isinstance(error, ValueError)
    expect.raises(AssertionError, expect.raises, ValueError, int, "1")
