"""Every role lives through an hour's traffic in 64 KB of heap, and its memory does not grow."""

import json
from pathlib import Path

import pytest

from boards.image import build_image, write_romfs
from firmware.wire import topics
from tests.boards.scripted import make_flash
from tests.firmware.hour.partner import Partner
from tests.firmware.hour.traffic import TRAFFIC

HEAP_KB = 64
MAX_GROWTH_BYTES = 512
HOUR_MS = 3_600_000


def live_an_hour(role: str, folder: Path, heap_kb: int = HEAP_KB) -> Partner:
    """Let a board with this role live for an hour; its `looks` are one for each six minutes."""
    folder.mkdir()
    image = build_image(role, "virtual", folder / "image")
    write_romfs(image, folder / "image.romfs")
    board = f"{role}-01"
    flash = make_flash(folder, board, role, 1)
    settings = json.loads((flash / "settings.json").read_text())
    settings["parts"]["power"] = {"sleeps": False}  # asleep it would have no memory at all
    if role == "dispenser":
        settings["parts"]["keys"] = {"dose": {"pin": 27}}
    (flash / "settings.json").write_text(json.dumps(settings))
    with (folder / "stderr").open("wb") as stderr:
        partner = Partner(folder / "image.romfs", flash, board, heap_kb, stderr)
        try:
            TRAFFIC[role](partner)
            partner.every(HOUR_MS // 10, lambda: partner.do("look"))
            partner.run(HOUR_MS + 1_000)
        except AssertionError as why:
            raise AssertionError(f"{why}\n{(folder / 'stderr').read_text()}") from None
        finally:
            partner.close()
    return partner


@pytest.mark.parametrize("role", sorted(TRAFFIC))
def test_an_hours_traffic_in_64_kb_leaves_as_much_memory_as_before(
    role: str, tmp_path: Path
) -> None:
    partner = live_an_hour(role, tmp_path / role)
    free = [look["free_bytes"] for look in partner.looks]
    assert len(free) == 10
    assert free[0] - free[-1] <= MAX_GROWTH_BYTES, free
    # It did live: it was connected again after each cut, and heard.
    assert partner.connections == 5
    assert partner.published[topics.UP_HEALTH] > 100
    assert partner.published[topics.UP_EVENT] >= 5
    assert partner.looks[-1]["state"] == "ready"


def test_a_self_test_of_a_ticket_board_ends_in_64_kb_though_nobody_presses(tmp_path: Path) -> None:
    image = build_image("ticket", "virtual", tmp_path / "image")
    write_romfs(image, tmp_path / "image.romfs")
    flash = make_flash(tmp_path, "ticket-01", "ticket", 1)
    settings = json.loads((flash / "settings.json").read_text())
    settings["role"] = "selftest"
    (flash / "settings.json").write_text(json.dumps(settings))
    with (tmp_path / "stderr").open("wb") as stderr:
        partner = Partner(tmp_path / "image.romfs", flash, "ticket-01", HEAP_KB, stderr)
        try:
            with pytest.raises(AssertionError, match="the board has ended"):
                partner.run(HOUR_MS)
        finally:
            partner.close()
    said = (tmp_path / "stderr").read_text()
    assert "matrix: ok" in said, said
    assert f"{len(settings['parts']['keys'])} failed" in said, said
    assert partner.published[topics.UP_ACK] == 1
    assert topics.UP_EVENT not in partner.published, "it serves nobody"
