"""What pytest offers and MicroPython has not: expecting an exception, waiting for a condition."""

import asyncio
import gc

_COLLECTS = hasattr(gc, "mem_free")


def collect():
    """Free memory where it is scarce; on CPython it would take a tenth of a second each time."""
    if _COLLECTS:
        gc.collect()


def raises(kind, function, *args):
    """Give the exception of type `kind` that `function(*args)` raises; fail if it raises none."""
    try:
        got = function(*args)
    except kind as e:
        return e
    raise AssertionError("no %s, but %r" % (kind.__name__, got))


async def raises_async(kind, awaitable):
    """Give the exception of type `kind` that awaiting raises; fail if it raises none."""
    try:
        got = await awaitable
    except kind as e:
        return e
    raise AssertionError("no %s, but %r" % (kind.__name__, got))


async def until(condition, timeout_ms=5_000):
    """Wait for a truthy answer of `condition()` and give it; fail after `timeout_ms`."""
    for _ in range(timeout_ms // 5):
        answer = condition()
        if answer:
            return answer
        await asyncio.sleep(0.005)
    raise AssertionError("waited %d ms in vain" % timeout_ms)
