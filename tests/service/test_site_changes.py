"""Settings that change under a running hall, and the boards that they leave behind."""

import json
from dataclasses import replace
from typing import Any

from gateway.domain.site import Site
from tests.service.conftest import Desk


def _without_counter(site: Site, number: int) -> Site:
    return replace(site, counters=tuple(c for c in site.counters if c.number != number))


def _shown(desk: Desk, board: str) -> Any:
    face = desk.writer.faces.republish(desk.writer.hall, board, desk.utc_ms)
    assert face is not None
    return json.loads(face.payload)


def test_a_board_whose_counter_is_dropped_shows_closed_until_the_counter_is_back(
    desk: Desk,
) -> None:
    before = desk.writer.hall.site
    assert desk.writer.load_site(_without_counter(before, 2), desk.utc_ms) is None
    desk.commit()
    (face,) = desk.faces("counter-02")
    assert (face["state"], face["text"], face["lamp"]) == ("closed", "TUTUP", "red")
    assert desk.press("counter-02", 1, "next")["why"] == "unknown_counter"
    desk.restart()
    assert _shown(desk, "counter-02")["state"] == "closed"
    assert desk.writer.load_site(before, desk.utc_ms) is None
    desk.commit()
    assert desk.faces("counter-02")[0]["state"] == "idle"
