"""Hall parts as a gateway would publish them, for tests of what looks at them."""

import time
from typing import Any

EPOCH = 7
AGENCIES = (
    "Disdukcapil",
    "Kantor Imigrasi",
    "BPJS Kesehatan",
    "DPMPTSP",
    "Samsat",
    "Badan Pertanahan Nasional",
)
QUEUES = (
    ("A", "Kependudukan", 0),
    ("B", "Paspor", 1),
    ("C", "Jaminan kesehatan", 2),
    ("E", "Perizinan", 3),
)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def site(epoch: int = EPOCH, counters: int = 6, **changes: Any) -> dict[str, Any]:
    """Give the site part of a mall."""
    return {
        "epoch": epoch,
        "name": "Mal Pelayanan Publik Contoh",
        "zone": "Asia/Jakarta",
        "counter_word": "loket",
        "demo": True,
        "insecure_lan": False,
        "queues": [
            {
                "q": q,
                "name": name,
                "agency": AGENCIES[a],
                "walk_in": True,
                "online": "",
                "phone": "",
            }
            for q, name, a in QUEUES
        ],
        "counters": [
            {
                "counter": n,
                "place": f"Lantai {1 + n // 9}",
                "agency": AGENCIES[(n // 2) % len(AGENCIES)],
                "queues": ["A"],
                "kind": "desk",
            }
            for n in range(1, counters + 1)
        ],
        "notices": [],
        **changes,
    }


def empty_line(
    epoch: int = EPOCH, rev: int = 1, counters: int = 6, **changes: Any
) -> dict[str, Any]:
    """Give the line part of a hall that has just opened."""
    return {
        "epoch": epoch,
        "rev": rev,
        "utc_ms": now_ms(),
        "day": "2026-11-21",
        "queues": [
            {
                "q": q,
                "open": True,
                "waiting": 0,
                "priority": 0,
                "wait_s": None,
                "next": None,
                "issued": 0,
                "closing": "",
                "held": None,
            }
            for q, _, _ in QUEUES
        ],
        "counters": [counter(n) for n in range(1, counters + 1)],
        "calls": [],
        "break": None,
        "notices": [],
        "full": False,
        "outside": 0,
        "ask_in": [],
        "clock": None,
        **changes,
    }


def counter(number: int, state: str = "idle", ticket: str = "", **changes: Any) -> dict[str, Any]:
    """Give one counter of a line part."""
    return {
        "counter": number,
        "state": state,
        "ticket": ticket,
        "since_ms": now_ms() - 240_000,
        "priority": False,
        "by": "",
        "boards": [f"counter-{number:02}"],
        "shown": True,
        **changes,
    }


def call(ticket: str, number: int, age_s: float = 0, **changes: Any) -> dict[str, Any]:
    """Give one call of a line part, `age_s` seconds old."""
    at_ms = now_ms() - int(age_s * 1000)
    return {
        "ticket": ticket,
        "counter": number,
        "at_ms": at_ms,
        "times": 1,
        "priority": False,
    } | changes


def busy_line(epoch: int = EPOCH, rev: int = 2, **changes: Any) -> dict[str, Any]:
    """Give the line part of a busy hall: A012 is called to counter 3, whose display lags."""
    line = empty_line(epoch, rev)
    figures = {
        "A": (14, 2, [1500, 2100], "A013", 26),
        "B": (3, 0, [300, 600], "B008", 10),
        "C": (0, 0, None, None, 5),
        "E": (0, 0, None, None, 0),
    }
    for queue in line["queues"]:
        waiting, priority, wait_s, following, issued = figures[queue["q"]]
        queue |= {"waiting": waiting, "priority": priority, "wait_s": wait_s}
        queue |= {"next": following, "issued": issued}
    line["queues"][3]["open"] = False
    line["counters"] = [
        counter(1, "serving", "A011"),
        counter(2, "serving", "A010", priority=True),
        counter(3, "called", "A012", shown=False),
        counter(4, "idle"),
        counter(5, "paused"),
        counter(6, "closed", shown=None, boards=[]),
    ]
    line["calls"] = [
        call("A012", 3, 40, times=2),
        call("A011", 1, 240),
        call("A010", 2, 420, priority=True),
        call("B007", 4, 600),
        call("A009", 1, 800),
        call("C005", 5, 1200),
        call("A008", 2, 1500),
    ]
    return line | changes


def troubled_line(epoch: int = EPOCH, rev: int = 3) -> dict[str, Any]:
    """Give the line part of a full hall with a held agency and a queue closed for today."""
    line = busy_line(epoch, rev, full=True, outside=4, ask_in=["A013", "A014"])
    line["queues"][1]["held"] = {"since_ms": now_ms() - 1_800_000, "reason": "sistem pusat mati"}
    line["queues"][0] |= {"open": False, "closing": "carry", "wait_s": None}
    return line


def facilities(epoch: int = EPOCH) -> dict[str, Any]:
    """Give a facilities part with a sensor in each condition."""
    now = now_ms()

    def sensor(n: int, place: str, **changes: Any) -> dict[str, Any]:
        return {
            "board": f"dispenser-{n:02}",
            "sensor": "sanitizer",
            "place": place,
            "level_pct": 63,
            "battery_mv": 3710,
            "at_ms": now - 20_000,
            "every_s": 30,
            "status": "fresh",
            "doses": None,
            "alerts": [],
        } | changes

    return {
        "epoch": epoch,
        "sensors": [
            sensor(1, "Pintu masuk"),
            sensor(2, "Loket 1 dan 2", level_pct=8, alerts=["level_low"]),
            sensor(3, "Musala", sensor="soap", status="stale", at_ms=now - 900_000, level_pct=41),
            sensor(4, "Ruang laktasi", status="away", at_ms=now - 7_200_000, battery_mv=3120),
            sensor(5, "Lantai 2", status="none", at_ms=None, level_pct=None, battery_mv=None),
        ],
        "alerts": [
            {"board": "dispenser-02", "place": "Loket 1 dan 2", "code": "level_low", "part": ""}
        ],
    }


def boards(epoch: int = EPOCH) -> dict[str, Any]:
    """Give a boards part with a board in each condition."""
    now = now_ms()

    def board(name: str, role: str, **changes: Any) -> dict[str, Any]:
        return {
            "board": name,
            "role": role,
            "counter": None,
            "place": "",
            "state": "ready",
            "seen_ms": now - 4_000,
            "fw": "0.1.0",
            "rssi_dbm": -61,
            "free_bytes": 61_440,
            "reconnects": 0,
            "bad": {},
            "settings_wanted": 3_735_928_559,
            "settings_applied": 3_735_928_559,
            "hw": "counter_led",
            "caps": [],
            "minor": 0,
            "reset": "power_on",
            "alerts": {},
            "addresses": ["192.168.1.31"],
            "dropped": 0,
            "flash_failures": 0,
            "boots": 1,
            "readies": 1,
            "twins": 0,
            "ahead": 0,
            "shown": True,
        } | changes

    return {
        "epoch": epoch,
        "refused": [{"who": "192.168.1.33", "n": 12, "last_ms": now - 3_000}],
        "disbelieved": None,
        "boards": [
            board("counter-01", "counter", counter=1, place="Lantai 1, kiri"),
            board("counter-02", "counter", counter=2, bad={"bad_payload": 3, "denied": 1}),
            board("counter-03", "counter", counter=3, state="lost", seen_ms=now - 95_000),
            board("dispenser-01", "dispenser", place="Pintu masuk", state="sleeping"),
            board(
                "counter-04",
                "counter",
                counter=4,
                state="never",
                seen_ms=None,
                fw=None,
                rssi_dbm=None,
                free_bytes=None,
                reconnects=None,
            ),
        ],
    }
