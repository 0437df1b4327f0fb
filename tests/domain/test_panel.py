"""What a panel in the hall shows, and that it always fits a board."""

from dataclasses import replace
from typing import Any

import pytest

from firmware.wire import codec
from gateway.domain.panel import NOTICE_CHARS, panel_face
from gateway.domain.site import Agency, Break, Counter, Queue
from tests.domain.world import MONDAY, OFFICE, World, at, small_site


@pytest.fixture
def w() -> World:
    return World()


def face(w: World) -> Any:
    return panel_face(w.hall, w.now)


def notices(w: World) -> list[str]:
    return list(face(w)["notices"])


def test_nothing_to_say(w: World) -> None:
    assert face(w) == {"calls": [], "break": "", "notices": []}


def test_the_last_six_calls_newest_first(w: World) -> None:
    for _ in range(7):
        w.take()
        w.press("next")
    w.press("recall")
    calls = face(w)["calls"]
    assert calls[0] == {"t": "A007", "c": 1, "n": 2}
    assert [call["t"] for call in calls] == [f"A00{n}" for n in (7, 6, 5, 4, 3, 2)]


def test_the_break_of_the_site_and_until_when() -> None:
    w = World(small_site(breaks=(Break("Senam", "site", (0,), 600, 10),)), now=at("10:00"))
    assert face(w)["break"] == "SENAM S.D. 10:10"
    w.now = at("10:10")
    assert face(w)["break"] == ""
    w.ok("break_start", counter=1)
    assert face(w)["break"] == ""  # one counter's is no affair of the hall
    w.ok("break_start")
    assert face(w)["break"] == "ISTIRAHAT"


def test_who_is_asked_in_comes_first_and_is_gone_when_the_hold_is_over() -> None:
    w = World(small_site(capacity=1))
    w.ok("correct", source="hall-01", inside=1)
    w.take("B")
    w.ok("hold", agency="imi")
    w.ok("ask_in", ticket="B001")
    assert notices(w) == [
        "Silakan masuk B001",
        "Ruang penuh, silakan menunggu di luar",
        "Tertunda, nomor tetap berlaku: Imigrasi",
    ]
    w.wait(600)
    assert notices(w)[0] == "Ruang penuh, silakan menunggu di luar"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("serve", "Antrean A ditutup, yang menunggu tetap dilayani"),
        ("carry", "Antrean A ditutup, dilanjutkan pada hari buka berikutnya"),
        ("expire", "Antrean A ditutup untuk hari ini"),
    ],
)
def test_a_closed_queue_and_what_becomes_of_who_waits(w: World, how: str, said: str) -> None:
    w.take()
    w.ok("queue_close", queue="A", how=how)
    assert notices(w) == [said]


def test_all_queues_closed(w: World) -> None:
    w.ok("queue_close")
    assert notices(w) == ["Semua antrean ditutup, yang menunggu tetap dilayani"]


def test_a_large_hall_where_everything_happens_at_once_still_fits_a_board() -> None:
    name = "\U0001f9fe" * 80
    prefixes = [f"{a}{b}X" for a in "ABCDEFGH" for b in "ABCDEFGHIJ"]
    site = replace(
        small_site(OFFICE),
        agencies=tuple(Agency(f"a{n}", name) for n in range(20)),
        services=(),
        queues=tuple(
            Queue(prefix, name, f"a{n % 20}", hours=OFFICE, policy=small_site().queues[0].policy)
            for n, prefix in enumerate(prefixes)
        ),
        counters=tuple(Counter(n, tuple(prefixes[:16])) for n in (1, 2, 3)),
        capacity=1,
    )
    w = World(site)
    w.ok("correct", source="hall-01", inside=1)
    for _ in range(8):
        w.take("AAX")
        w.press("next")
        w.press("recall")
    for _ in range(8):
        w.ok("ask_in", ticket=w.take("AAX"))
    w.ok("break_start", reason='"' * 200)
    shown = face(w)
    assert len(shown["notices"]) == 2
    for prefix in prefixes[1:]:
        w.ok("queue_close", queue=prefix, how="carry")
    closed = notices(w)[2]
    assert closed.startswith("Antrean ABX, ACX, ADX")
    assert closed.endswith(" dll. ditutup, dilanjutkan pada hari buka berikutnya")
    for agency in site.agencies:
        w.ok("hold", agency=agency.id)
    shown = face(w)
    assert len(shown["calls"]) == 6
    assert len(shown["notices"]) == 4
    assert all(len(notice) <= NOTICE_CHARS for notice in shown["notices"])
    largest = {"epoch": codec.MAX_INT, "rev": codec.MAX_INT, **shown}
    assert len(codec.encode(largest, codec.MAX_DOWN_BYTES)) > 1_000  # a test of something large
    assert w.hall.day == MONDAY
