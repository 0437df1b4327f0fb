"""Every refusal of the contract's table can happen, for its reason, and no other one does.

`ALLOWED` is that table; bad_payload, not_allowed and unknown_board may answer anything, and
unknown_counter whatever is asked of a counter. tests/domain/test_life.py uses it as well.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.domain import reasons as r
from gateway.domain.site import MAX_BOARDS, Person, Slots
from tests.domain.world import OFFICE, World, at, small_site

_SMALL = small_site(per_link_per_day=1)
_A, _B, _C = _SMALL.queues
# Two appointments an hour at queue A; three numbers in all at queue B, for appointments too.
HALL = replace(
    _SMALL, queues=(replace(_A, slots=Slots(60, 2)), replace(_B, slots=Slots(60, 2)), _C)
)
_HAND = {r.NO_TICKET, r.WRONG_STATE}
ALLOWED: dict[str, set[str]] = {
    "hello": set(),
    "next": {
        r.NOBODY_WAITING,
        r.PAUSED,
        r.ON_BREAK,
        r.CLOSED,
        r.HELD,
        r.LIMIT_REACHED,
        r.UNKNOWN_QUEUE,
        r.WRONG_STATE,
    },
    "recall": _HAND,
    "start": _HAND,
    "done": _HAND,
    "no_show": _HAND,
    "park": _HAND,
    "transfer": _HAND | {r.UNKNOWN_QUEUE, r.UNKNOWN_SERVICE},
    "undo": {r.TOO_LATE, r.WRONG_STATE},
    "reinstate": {r.UNKNOWN_TICKET, r.WRONG_STATE, r.BUSY, r.HELD},
    "pause": {r.WRONG_STATE},
    "resume": {r.WRONG_STATE},
    "help": {r.WRONG_STATE},  # rule 10: any order with `has`
    "take": {
        r.UNKNOWN_QUEUE,
        r.UNKNOWN_SERVICE,
        r.UNKNOWN_TICKET,
        r.CLOSED,
        r.QUOTA_REACHED,
        r.LIMIT_REACHED,
        r.NOT_SCREENED,
        r.WALK_IN_CLOSED,
    },
    "paper": {r.UNKNOWN_TICKET, r.WRONG_STATE},
    "offline": {r.NOT_LEASED, r.DUPLICATE},
    "rate": {r.NOTHING_TO_RATE},
    "count": set(),
    "correct": set(),
    "screen": set(),
    "touch": set(),
    # Consoles only; the contract says "as above".
    "call": {r.UNKNOWN_TICKET, r.WRONG_STATE, r.BUSY, r.PAUSED, r.ON_BREAK, r.CLOSED, r.HELD},
    "cancel": {r.UNKNOWN_TICKET, r.WRONG_STATE},
    "check_in": {
        r.UNKNOWN_TICKET,
        r.WRONG_STATE,
        r.TOO_EARLY,
        r.TOO_LATE,
        r.CLOSED,
        r.QUOTA_REACHED,
    },
    "set_class": {r.UNKNOWN_TICKET, r.WRONG_STATE},
    "book": {
        r.UNKNOWN_QUEUE,
        r.UNKNOWN_SERVICE,
        r.CLOSED,
        r.QUOTA_REACHED,
        r.LIMIT_REACHED,
        r.TOO_EARLY,
        r.TOO_LATE,
    },
    "catch_up": {r.UNKNOWN_QUEUE, r.UNKNOWN_SERVICE, r.DUPLICATE, r.QUOTA_REACHED},
    "lease": set(),
    "open": {r.WRONG_STATE},
    "close": {r.WRONG_STATE},
    "break_start": {r.WRONG_STATE, r.UNKNOWN_COUNTER, r.UNKNOWN_AGENCY},
    "break_end": {r.WRONG_STATE, r.UNKNOWN_COUNTER, r.UNKNOWN_AGENCY},
    "queue_close": {r.UNKNOWN_QUEUE, r.WRONG_STATE},
    "queue_open": {r.UNKNOWN_QUEUE, r.WRONG_STATE},
    "hold": {r.UNKNOWN_AGENCY, r.WRONG_STATE},
    "hold_end": {r.UNKNOWN_AGENCY, r.WRONG_STATE},
    "ask_in": {r.UNKNOWN_TICKET, r.WRONG_STATE},
    "settings": {r.WRONG_STATE},
    "claim": {r.WRONG_STATE},
    "release": {r.WRONG_STATE},
    "board_add": {r.DUPLICATE, r.UNKNOWN_COUNTER, r.QUOTA_REACHED},
    "board_secret": {r.UNKNOWN_BOARD},
    "board_retire": {r.UNKNOWN_BOARD},
    "board_cmd": {r.UNKNOWN_BOARD},
    "site_load": {r.WRONG_STATE},
    "tick": set(),
    "clock": set(),
    "clock_accept": {r.WRONG_STATE},
}
ANYTIME = {r.BAD_PAYLOAD, r.NOT_ALLOWED, r.UNKNOWN_BOARD, r.UNKNOWN_COUNTER}


def as_many_boards_as_may_be(w: World) -> None:
    for n in range(len(w.hall.boards), MAX_BOARDS):
        w.ok("board_add", board=f"more-{n}", role="ticket")


def called(w: World) -> None:
    w.take()
    w.press("next")


def serving(w: World) -> None:
    called(w)
    w.press("start")


def ended(w: World) -> None:
    called(w)
    w.press("done")


def touched_since(w: World) -> None:
    ended(w)
    w.press("reinstate", counter=2, ticket="A001")


def printing(w: World) -> None:
    w.take(has_printer=True)


def two_ktp(w: World) -> None:
    w.take(service="ktp")
    w.take(service="ktp")


def all_of_b(w: World) -> None:
    for _ in range(3):
        w.take("B")


def paused(w: World) -> None:
    w.take()
    w.press("pause")


def closed(w: World) -> None:
    w.take()
    w.ok("close", counter=1)


def on_break(w: World) -> None:
    w.take()
    w.ok("break_start")


def counter_on_break(w: World) -> None:
    w.take()
    w.ok("break_start", counter=1)


def waiting(w: World) -> None:
    w.take()


def eight_of_a_visit(w: World) -> None:
    w.take()
    for _ in range(7):
        w.take(visit="A001")


def missed_long_ago(w: World) -> None:
    called(w)
    w.press("no_show")
    w.wait(30 * 60 + 1)


def held(w: World) -> None:
    w.take()
    w.ok("hold", agency="duk")


def unscreened(w: World) -> None:
    w.ok("site_load", site=replace(w.hall.site, screening=True))


def not_sari(w: World) -> None:
    w.take()
    people = (Person("sari", "officer", queues=("B",)),)
    w.ok("site_load", site=replace(w.hall.site, people=people))
    w.ok("claim", counter=1, by="sari")


def called_and_held(w: World) -> None:
    ended(w)
    w.ok("hold", agency="duk")


def closed_for_the_day(w: World) -> None:
    w.take()
    w.ok("queue_close", queue="A", how="carry")


def in_b(w: World) -> None:
    w.take("B")


def claimed(w: World) -> None:
    w.ok("claim", counter=1, by="sari")


def handed_in(w: World) -> None:
    w.ok("lease", board="ticket-01", queues=("A",))
    w.ok("offline", **LEASED)


def booked(w: World) -> None:
    w.ok("book", **TEN, service="ktp", link=f"{w.hall.booked}")


def fully_booked(w: World) -> None:
    booked(w)
    booked(w)


def come(w: World) -> None:
    booked(w)
    w.now = at("09:40")
    w.ok("check_in", ticket="#1")


def missed(w: World) -> None:
    booked(w)
    w.now = at("09:00", "2026-11-24")


def queue_closed(w: World) -> None:
    booked(w)
    w.now = at("09:40")
    w.ok("queue_close", queue="A", how="carry")


def no_numbers_left(w: World) -> None:
    w.ok("book", queue="B", slot_ms=at("10:00"))
    all_of_b(w)
    w.now = at("09:40")


def nothing(w: World) -> None:
    pass


B1: dict[str, object] = {"source": "counter-01"}
T1: dict[str, object] = {"source": "ticket-01"}
LEASED: dict[str, object] = {**T1, "ticket": "A700", "queue": "A", "age_ms": 5}
TEN: dict[str, object] = {"queue": "A", "slot_ms": at("10:00")}
Case = tuple[str, Callable[[World], None], dict[str, object], str]
CASES: list[Case] = [
    ("next", nothing, B1, r.NOBODY_WAITING),
    ("next", paused, B1, r.PAUSED),
    ("next", on_break, B1, r.ON_BREAK),
    ("next", counter_on_break, B1, r.ON_BREAK),
    ("next", closed, B1, r.CLOSED),
    ("next", held, {**B1}, r.HELD),
    ("next", not_sari, {**B1}, r.LIMIT_REACHED),
    ("next", waiting, {**B1, "queue": "Z"}, r.UNKNOWN_QUEUE),
    ("next", waiting, {**B1, "queue": "B"}, r.UNKNOWN_QUEUE),
    ("next", waiting, {**B1, "has": "A001"}, r.WRONG_STATE),
    ("next", called, {**B1, "has": ""}, r.WRONG_STATE),
    ("next", waiting, {"counter": 9}, r.UNKNOWN_COUNTER),
    ("next", waiting, {}, r.UNKNOWN_COUNTER),
    ("next", waiting, T1, r.UNKNOWN_COUNTER),
    ("next", waiting, {"source": "counter-99"}, r.UNKNOWN_BOARD),
    *[
        (name, nothing, B1, r.NO_TICKET)
        for name in ("recall", "start", "done", "no_show", "park", "transfer")
    ],
    *[(name, serving, B1, r.WRONG_STATE) for name in ("recall", "start", "no_show")],
    *[(name, called, {**B1, "has": "A009"}, r.WRONG_STATE) for name in ("done", "park", "help")],
    ("done", called, {**B1, "services": ["ktp", "nikah"]}, r.BAD_PAYLOAD),
    ("transfer", called, {**B1, "queue": "Z"}, r.UNKNOWN_QUEUE),
    ("transfer", called, {**B1, "queue": "A"}, r.WRONG_STATE),
    ("transfer", called, {**B1, "queue": "B", "service": "nikah"}, r.UNKNOWN_SERVICE),
    ("transfer", called, {**B1, "queue": "B", "service": "kk"}, r.UNKNOWN_SERVICE),
    ("park", called, {**B1, "for_min": 0}, r.BAD_PAYLOAD),
    ("undo", nothing, B1, r.WRONG_STATE),
    ("undo", touched_since, B1, r.WRONG_STATE),
    ("reinstate", nothing, {**B1, "ticket": "A001"}, r.UNKNOWN_TICKET),
    ("reinstate", waiting, {**B1, "ticket": "A001"}, r.WRONG_STATE),
    ("reinstate", called, {"source": "counter-02", "ticket": "A001"}, r.WRONG_STATE),
    ("reinstate", called, {**B1, "ticket": "A001"}, r.BUSY),
    ("call", nothing, {"counter": 1, "ticket": "A001"}, r.UNKNOWN_TICKET),
    ("call", ended, {"counter": 1, "ticket": "A001"}, r.WRONG_STATE),
    ("call", called, {"counter": 2, "ticket": "A001"}, r.WRONG_STATE),
    ("call", called, {"counter": 1, "ticket": "A001"}, r.BUSY),
    ("call", paused, {"counter": 1, "ticket": "A001"}, r.PAUSED),
    ("call", on_break, {"counter": 1, "ticket": "A001"}, r.ON_BREAK),
    ("call", closed, {"counter": 1, "ticket": "A001"}, r.CLOSED),
    ("pause", paused, B1, r.WRONG_STATE),
    ("pause", closed, B1, r.WRONG_STATE),
    ("resume", nothing, B1, r.WRONG_STATE),
    ("open", nothing, {"counter": 1}, r.WRONG_STATE),
    ("close", closed, {"counter": 1}, r.WRONG_STATE),
    ("claim", claimed, {"counter": 1, "by": "sari"}, r.WRONG_STATE),
    ("claim", nothing, {"counter": 1}, r.BAD_PAYLOAD),
    ("release", nothing, {"counter": 1}, r.WRONG_STATE),
    ("take", nothing, {**T1, "queue": "Z"}, r.UNKNOWN_QUEUE),
    ("take", nothing, {**T1, "queue": "A", "service": "nikah"}, r.UNKNOWN_SERVICE),
    ("take", nothing, {**T1, "queue": "B", "service": "ktp"}, r.UNKNOWN_SERVICE),
    ("take", nothing, {**T1, "queue": "A", "cls": "vip"}, r.BAD_PAYLOAD),
    ("take", nothing, {**T1, "queue": "C"}, r.WALK_IN_CLOSED),
    ("take", nothing, {**T1, "queue": "A", "service": "jkn"}, r.WALK_IN_CLOSED),
    ("take", nothing, {"queue": "A", "visit": "A009"}, r.UNKNOWN_TICKET),
    ("take", ended, {"queue": "A", "visit": "A001"}, r.UNKNOWN_TICKET),
    ("take", eight_of_a_visit, {"queue": "A", "visit": "A001"}, r.LIMIT_REACHED),
    ("take", nothing, {"queue": "A", "services": ["ktp", "nikah"]}, r.UNKNOWN_SERVICE),
    ("take", nothing, {"queue": "A", "services": ["paspor", "ktp"]}, r.UNKNOWN_SERVICE),
    ("take", nothing, {"queue": "A", "services": ["ktp", "ktp"]}, r.BAD_PAYLOAD),
    ("take", nothing, {"queue": "A", "services": ["ktp", "jkn"]}, r.WALK_IN_CLOSED),
    ("take", unscreened, {**T1, "queue": "A"}, r.NOT_SCREENED),
    ("take", two_ktp, {**T1, "queue": "A", "service": "ktp"}, r.QUOTA_REACHED),
    ("take", all_of_b, {**T1, "queue": "B"}, r.QUOTA_REACHED),
    ("paper", nothing, {**T1, "ticket": "A001", "ok": True}, r.UNKNOWN_TICKET),
    ("paper", printing, {"source": "hall-01", "ticket": "A001", "ok": True}, r.UNKNOWN_TICKET),
    ("paper", waiting, {**T1, "ticket": "A001", "ok": True}, r.WRONG_STATE),
    ("paper", waiting, {**T1, "ticket": "A001", "ok": False}, r.WRONG_STATE),
    ("offline", nothing, {**T1, "ticket": "A701", "queue": "A", "age_ms": 5}, r.NOT_LEASED),
    ("offline", handed_in, LEASED, r.DUPLICATE),
    ("book", nothing, {**TEN, "queue": "Z"}, r.UNKNOWN_QUEUE),
    ("book", nothing, {**TEN, "service": "nikah"}, r.UNKNOWN_SERVICE),
    ("book", nothing, {**TEN, "queue": "C"}, r.CLOSED),
    ("book", fully_booked, TEN, r.QUOTA_REACHED),
    (
        "book",
        fully_booked,
        {"queue": "A", "slot_ms": at("11:00"), "service": "ktp"},
        r.QUOTA_REACHED,
    ),
    ("book", booked, {"queue": "A", "slot_ms": at("11:00"), "link": "0"}, r.LIMIT_REACHED),
    ("book", nothing, {"queue": "A", "slot_ms": at("10:00", "2027-11-23")}, r.TOO_EARLY),
    ("book", nothing, {"queue": "A", "slot_ms": at("09:00")}, r.TOO_LATE),
    ("book", nothing, {"queue": "A", "slot_ms": at("10:01")}, r.BAD_PAYLOAD),
    ("check_in", booked, {"ticket": "#1"}, r.TOO_EARLY),
    ("check_in", missed, {"ticket": "#1"}, r.TOO_LATE),
    ("check_in", come, {"ticket": "#1"}, r.WRONG_STATE),
    ("check_in", queue_closed, {"ticket": "#1"}, r.CLOSED),
    ("check_in", no_numbers_left, {"ticket": "#1"}, r.QUOTA_REACHED),
    ("cancel", come, {"ticket": "#1"}, r.WRONG_STATE),
    ("catch_up", nothing, {"queue": "Z"}, r.UNKNOWN_QUEUE),
    ("catch_up", nothing, {"queue": "A", "service": "nikah"}, r.UNKNOWN_SERVICE),
    ("catch_up", called, {"queue": "A", "ticket": "A001"}, r.DUPLICATE),
    ("catch_up", all_of_b, {"queue": "B"}, r.QUOTA_REACHED),
    ("lease", nothing, {"board": "ticket-09"}, r.UNKNOWN_BOARD),
    ("lease", nothing, {"board": "counter-01"}, r.NOT_ALLOWED),
    ("rate", nothing, {"source": "rating-01", "score": 4}, r.NOTHING_TO_RATE),
    ("rate", called, {"source": "rating-01", "score": 5}, r.BAD_PAYLOAD),
    ("count", nothing, {"source": "hall-01", "count_in": -1}, r.BAD_PAYLOAD),
    ("correct", nothing, {"inside": -1}, r.BAD_PAYLOAD),
    ("touch", nothing, {"source": "gate-01", "n": 0}, r.BAD_PAYLOAD),
    ("cancel", nothing, {"ticket": "A001"}, r.UNKNOWN_TICKET),
    ("cancel", called, {"ticket": "A001"}, r.WRONG_STATE),
    ("cancel", ended, {"ticket": "A001"}, r.WRONG_STATE),
    ("check_in", nothing, {"ticket": "A001"}, r.UNKNOWN_TICKET),
    ("check_in", waiting, {"ticket": "A001"}, r.WRONG_STATE),
    ("check_in", waiting, {"ticket": "A001", "reason": "x"}, r.WRONG_STATE),
    ("check_in", ended, {"ticket": "A001"}, r.WRONG_STATE),
    ("check_in", missed_long_ago, {"ticket": "A001"}, r.TOO_LATE),
    ("set_class", nothing, {"ticket": "A001", "cls": "elderly"}, r.UNKNOWN_TICKET),
    ("set_class", waiting, {"ticket": "A001", "cls": ""}, r.WRONG_STATE),
    ("set_class", waiting, {"ticket": "A001", "cls": "vip"}, r.BAD_PAYLOAD),
    ("set_class", called, {"ticket": "A001", "cls": "elderly"}, r.WRONG_STATE),
    ("break_start", on_break, {}, r.WRONG_STATE),
    ("break_start", counter_on_break, {"counter": 1}, r.WRONG_STATE),
    ("break_start", nothing, {"counter": 9}, r.UNKNOWN_COUNTER),
    ("break_end", nothing, {}, r.WRONG_STATE),
    ("break_end", nothing, {"counter": 1}, r.WRONG_STATE),
    ("break_end", nothing, {"counter": 9}, r.UNKNOWN_COUNTER),
    ("next", held, B1, r.HELD),
    ("next", closed_for_the_day, B1, r.CLOSED),
    ("call", held, {"counter": 1, "ticket": "A001"}, r.HELD),
    ("call", closed_for_the_day, {"counter": 1, "ticket": "A001"}, r.CLOSED),
    ("reinstate", called_and_held, {**B1, "ticket": "A001"}, r.HELD),
    ("break_start", nothing, {"agency": "pajak"}, r.UNKNOWN_AGENCY),
    ("break_end", nothing, {"agency": "pajak"}, r.UNKNOWN_AGENCY),
    ("queue_close", nothing, {"queue": "Z"}, r.UNKNOWN_QUEUE),
    ("queue_close", waiting, {"queue": "A"}, r.WRONG_STATE),
    ("queue_close", closed_for_the_day, {"queue": "A", "how": "serve"}, r.WRONG_STATE),
    ("queue_close", nothing, {"queue": "A", "how": "wait"}, r.BAD_PAYLOAD),
    ("queue_open", nothing, {"queue": "Z"}, r.UNKNOWN_QUEUE),
    ("queue_open", nothing, {"queue": "A"}, r.WRONG_STATE),
    ("hold", nothing, {"agency": "pajak"}, r.UNKNOWN_AGENCY),
    ("hold", held, {"agency": "duk"}, r.WRONG_STATE),
    ("hold_end", nothing, {"agency": "pajak"}, r.UNKNOWN_AGENCY),
    ("hold_end", nothing, {"agency": "duk"}, r.WRONG_STATE),
    ("ask_in", nothing, {"ticket": "A001"}, r.UNKNOWN_TICKET),
    ("ask_in", waiting, {"ticket": "A001"}, r.WRONG_STATE),
    ("settings", nothing, {"change": {"site": {"capacity": -1}}}, r.BAD_PAYLOAD),
    ("settings", in_b, {"change": {"counters": {"2": {"queues": ["A"]}}}}, r.WRONG_STATE),
    ("board_add", nothing, {"board": "counter-01", "role": "counter", "counter": 1}, r.DUPLICATE),
    ("board_add", nothing, {"board": "x", "role": "counter", "counter": 9}, r.UNKNOWN_COUNTER),
    ("board_add", as_many_boards_as_may_be, {"board": "x", "role": "ticket"}, r.QUOTA_REACHED),
    ("board_add", nothing, {"board": "x", "role": "counter"}, r.UNKNOWN_COUNTER),
    ("board_add", nothing, {"board": "x", "role": "rating"}, r.UNKNOWN_COUNTER),
    ("board_add", nothing, {"board": "x", "role": "ticket", "counter": 9}, r.UNKNOWN_COUNTER),
    ("board_add", nothing, {"board": "x", "role": "chef"}, r.BAD_PAYLOAD),
    ("board_add", nothing, {"board": "", "role": "ticket"}, r.BAD_PAYLOAD),
    (
        "board_add",
        nothing,
        {"board": "x", "role": "counter", "counter": 1, "spare": True},
        r.BAD_PAYLOAD,
    ),
    ("board_secret", nothing, {"board": "x"}, r.UNKNOWN_BOARD),
    ("board_retire", nothing, {"board": "x"}, r.UNKNOWN_BOARD),
    ("board_cmd", nothing, {"board": "x", "cmd": "identify"}, r.UNKNOWN_BOARD),
    ("site_load", nothing, {}, r.BAD_PAYLOAD),
    ("clock", nothing, {"clock": "fast"}, r.BAD_PAYLOAD),
    ("clock_accept", nothing, {}, r.WRONG_STATE),
    ("fly", nothing, {}, r.BAD_PAYLOAD),
]


@pytest.mark.parametrize(("name", "before", "fields", "why"), CASES)
def test_refused(
    name: str, before: Callable[[World], None], fields: dict[str, object], why: str
) -> None:
    w = World(HALL)
    before(w)
    assert w.no(name, **fields) == why
    if name in ALLOWED:
        assert why in ALLOWED[name] | ANYTIME


def test_undo_is_too_late_after_its_time() -> None:
    w = World()
    called(w)
    w.wait(w.hall.site.undo_s + 0.001)
    assert w.refused("undo") == r.TOO_LATE


def test_not_screened() -> None:
    w = World(small_site(screening=True))
    assert w.no("take", **T1, queue="A") == r.NOT_SCREENED


def test_closed_by_the_hours() -> None:
    w = World(small_site(OFFICE), now=at("08:00"))
    w.take()
    w.now = at("07:59", "2026-11-24")
    assert w.refused("next") == r.CLOSED  # somebody was carried, but service has not begun
    w.now = at("15:01", "2026-11-24")
    assert w.no("take", source="ticket-01", queue="A") == r.CLOSED
    assert w.press("next")["ticket"] == "A001"  # who sits in the hall is served
    w.press("done")
    assert w.refused("next") == r.CLOSED


def test_every_refusal_of_the_table_has_its_case() -> None:
    shown: dict[str, set[str]] = {}
    for name, _, _, why in CASES:
        shown.setdefault(name, set()).add(why)
    shown["undo"].add(r.TOO_LATE)  # the three tests above
    shown["take"] |= {r.CLOSED, r.NOT_SCREENED}
    missing = {
        name: whys - shown.get(name, set())
        for name, whys in ALLOWED.items()
        if whys - shown.get(name, set())
    }
    # `has` is one guard for all orders at a counter; the site's own refusals have their own file.
    assert missing == {"site_load": {r.WRONG_STATE}}
