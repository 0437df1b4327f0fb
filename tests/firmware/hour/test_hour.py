"""Every role lives through an hour's traffic in 64 KB of heap, and its memory does not grow."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from boards.image import build_image, write_romfs
from firmware.wire import topics
from tests.boards.scripted import make_flash
from tests.firmware.hour.partner import Partner
from tests.firmware.hour.traffic import TRAFFIC
from tests.support.release import offer_of

HEAP_KB = 64
MAX_GROWTH_BYTES = 512
HOUR_MS = 3_600_000


def made(role: str, folder: Path) -> tuple[Path, Path]:
    """Give a board with this role: its firmware as a ROMFS, and its flash."""
    folder.mkdir()
    image = build_image(role, "virtual", folder / "image")
    write_romfs(image, folder / "image.romfs")
    return folder / "image.romfs", make_flash(folder, f"{role}-01", role, 1)


@contextmanager
def partner_of(
    romfs: Path, flash: Path, heap_kb: int = HEAP_KB, file: str = "settings.json"
) -> Iterator[Partner]:
    """Give the world of a board; what it said at its end is added to what goes wrong."""
    with (flash.parent / "stderr").open("wb") as stderr:
        partner = Partner(romfs, flash, flash.name, heap_kb, stderr, file)
        try:
            yield partner
        except AssertionError as why:
            raise AssertionError(f"{why}\n{(flash.parent / 'stderr').read_text()}") from None
        finally:
            partner.close()


def live_an_hour(role: str, folder: Path, heap_kb: int = HEAP_KB) -> Partner:
    """Let a board with this role live for an hour; its `looks` are one for each six minutes."""
    romfs, flash = made(role, folder)
    settings = json.loads((flash / "settings.json").read_text())
    settings["parts"]["power"] = {"sleeps": False}  # asleep it would have no memory at all
    if role == "dispenser":
        settings["parts"]["keys"] = {"dose": {"pin": 27}}
    (flash / "settings.json").write_text(json.dumps(settings))
    with partner_of(romfs, flash, heap_kb) as partner:
        TRAFFIC[role](partner)
        partner.every(HOUR_MS // 10, lambda: partner.do("look"))
        partner.run(HOUR_MS + 1_000)
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
    romfs, flash = made("ticket", tmp_path / "board")
    settings = json.loads((flash / "settings.json").read_text())
    (flash / "settings.json").write_text(json.dumps({**settings, "role": "selftest"}))
    ended = pytest.raises(AssertionError, match="the board has ended")
    with partner_of(romfs, flash) as partner, ended:
        partner.run(HOUR_MS)
    said = (flash.parent / "stderr").read_text()
    keys = settings["parts"]["keys"]
    assert "matrix: ok" in said, said
    assert f"{len(keys)} failed" in said, said
    assert partner.published[topics.UP_ACK] == 1
    assert topics.UP_EVENT not in partner.published, "it serves nobody"


NETWORK = json.dumps({"wifi": [{"ssid": "Mal Baru", "password": "rahasia"}]}).encode()


def offer_network(partner: Partner) -> None:
    """Offer another network in a minute."""
    offer = offer_of("u1", partner.board, NETWORK, kind="link")
    partner.blobs[offer["sha"]] = NETWORK
    partner.at(60_000, lambda: partner.say(topics.DN_UPDATE, offer))


def test_new_settings_are_fetched_tried_and_kept_in_64_kb(tmp_path: Path) -> None:
    romfs, flash = made("counter", tmp_path / "board")
    with partner_of(romfs, flash) as partner:
        TRAFFIC["counter"](partner)
        offer_network(partner)
        with pytest.raises(AssertionError, match="the board has ended"):
            partner.run(120_000)  # to restart
        assert [told["st"] for told in partner.updates] == ["loading", "loaded", "trial"]
    with partner_of(romfs, flash, file="settings.new") as partner:  # as the loader does
        TRAFFIC["counter"](partner)
        partner.run(60_000)
        assert [told["st"] for told in partner.updates] == ["committed"]
    assert json.loads((flash / "settings.json").read_text())["wifi"][0]["ssid"] == "Mal Baru"


def test_a_board_too_short_of_memory_for_an_update_says_so_and_serves_on(tmp_path: Path) -> None:
    romfs, flash = made("ticket", tmp_path / "board")
    with partner_of(romfs, flash) as partner:
        TRAFFIC["ticket"](partner)
        offer_network(partner)
        partner.run(100_000)
        assert [(told["st"], told["why"]) for told in partner.updates] == [("refused", "no_memory")]
        before = partner.published[topics.UP_EVENT]
        partner.run(140_000)
        assert partner.published[topics.UP_EVENT] > before
