"""What the firmware takes: of flash, of memory, and whether an hour's traffic leaves any behind.

`firmware_mpy_kb`: all .mpy files of the kind of board that takes most, but for what it loads only
while it is updated (15 KB more). The others come from letting
each role live through an hour of traffic (tests/firmware/hour) in a heap of 64 KB, its code in a
ROMFS: `role_heap_kb` is the heap in use by the largest role, `heap_growth_bytes` the most that any
role had less of after the last tenth of the hour than after the first, both after a collection.
"""

from tests.bench.results import Result, plain_result
from tests.bench.rigs import folder
from tests.firmware.chips.boards import (
    KINDS,
    MOST_IMAGE_BYTES,
    bytes_without_updates,
    image_of,
)
from tests.firmware.hour.test_hour import HEAP_KB, MAX_GROWTH_BYTES, live_an_hour
from tests.firmware.hour.traffic import TRAFFIC

FIGURES = ("firmware_mpy_kb", "role_heap_kb", "heap_growth_bytes")


def run() -> list[Result]:
    """Compile for every kind of board, and let each role live."""
    with folder() as here:
        sizes = [bytes_without_updates(image_of(name, here / "image" / name)) for name in KINDS]
        free: dict[str, list[int]] = {}
        for role in TRAFFIC:
            looks = live_an_hour(role, here / role).looks
            free[role] = [look["free_bytes"] for look in looks]
    least = min(bytes_ for looks in free.values() for bytes_ in looks)
    growth = max(looks[0] - looks[-1] for looks in free.values())
    return [
        plain_result("firmware_mpy_kb", max(sizes) / 1_024, "KB", MOST_IMAGE_BYTES / 1_024),
        plain_result("role_heap_kb", HEAP_KB - least / 1_024, "KB", HEAP_KB),
        plain_result("heap_growth_bytes", growth, "B", MAX_GROWTH_BYTES + 1),
    ]
