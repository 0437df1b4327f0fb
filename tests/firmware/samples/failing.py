"""Not tests, but what the harness must report as failed: test_harness_reports.py runs this."""

import asyncio
import sys


def test_a_passes():
    pass


def test_b_assertion():
    assert not sys, "one is not two"


async def test_c_async():
    await asyncio.sleep(0)
    raise ValueError("raised late")


def test_d_memory():
    kept = []
    while True:
        kept.append(bytearray(1000))


def test_e_passes_after_all_that():
    print("said by a test")


def test_f_dies():
    sys.exit(3)


def test_g_never_reached():
    pass
