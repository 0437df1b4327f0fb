"""What a workshop would publish and answer, for tests of the technicians' pages."""

from typing import Any

from gateway.fleet.update_words import in_words
from tests.console.samples import now_ms

GLASS = "0" * 64
LIT = "f" * 16 + "0" * 48


def row(board: str, **changes: Any) -> dict[str, Any]:
    """Give one row of the fleet: a counter board that is well."""
    role = board.partition("-")[0]
    return {
        "board": board,
        "role": role if role in ("counter", "ticket", "dispenser", "panel") else "counter",
        "counter": None,
        "place": "",
        "kind": "counter_led",
        "state": "ready",
        "seen_ms": now_ms() - 4_000,
        "fw": "1.4.0",
        "number": 14,
        "slot": "a",
        "chip": "rp2",
        "hw": "Raspberry Pi Pico W",
        "rssi_dbm": -61,
        "free_bytes": 61_440,
        "reconnects": 1,
        "settings_wanted": 812,
        "settings_applied": 812,
        "link_rev": 2,
        "spare": False,
        "stale": False,
        "update": None,
        "alerts": [],
    } | changes


def fleet() -> dict[str, Any]:
    """Give a fleet with a board in each condition; counter-03 is dead, spare-01 may take over."""
    now = now_ms()
    failed = {"kind": "firmware", "number": 15, "version": "1.5.0", "st": "rolled_back"}
    return {
        "boards": [
            row("counter-01", counter=1, place="Lantai 1, kiri"),
            row("counter-02", counter=2, rssi_dbm=-82, settings_applied=811),
            row("counter-03", counter=3, state="lost", seen_ms=now - 540_000, place="Lantai 1"),
            row("counter-04", counter=4, update=failed | in_words("garbled")),
            row("spare-01", role="counter", spare=True),
            row("ticket-01", place="Pintu utama", alerts={"paper_out": ""}, kind="ticket_button"),
            row("dispenser-01", state="sleeping", place="Musala", rssi_dbm=None),
            row("panel-01", state="never", seen_ms=None, fw=None, number=None, free_bytes=None),
        ]
    }


def board(name: str, **changes: Any) -> dict[str, Any]:
    """Give the answer to `board`: its row, its health, what was pressed and what it said."""
    now = now_ms()
    health = [
        [now - (120 - i) * 30_000, 60_000 - 90 * (i % 17), -60 - (i % 9), i // 40, 0]
        for i in range(120)
    ]
    return {
        "board": row(name)
        | {
            "health": health,
            "presses": [
                {"utc_ms": now - 9_000, "ev": "next", "fields": {"has": "A011"}},
                {"utc_ms": now - 60_000, "ev": "recall", "fields": {}},
            ],
            "log": [{"utc_ms": now - 30_000, "text": "settings 812 applied"}],
            "look": None,
        }
        | changes
    }


def look(px: str = LIT) -> dict[str, Any]:
    """Give the answer to `look`."""
    return {"px": px, "w": 32, "h": 8, "digits": None, "lamps": {"next": "off"}}


def findings() -> dict[str, Any]:
    """Give the answer to `doctor`."""
    weak = {
        "code": "signal_weak",
        "level": "attention",
        "title_id": "Sinyal Wi-Fi lemah",
        "title_en": "The Wi-Fi signal is weak",
        "evidence_id": "-82 dBm; di bawah -75 dBm sambungan sering putus.",
        "evidence_en": "-82 dBm; below -75 dBm connections often break.",
        "next_id": "Pindahkan papan atau titik aksesnya.",
        "next_en": "Move the board or the access point.",
    }
    return {"findings": [weak], "via": "network"}


def releases() -> dict[str, Any]:
    """Give the answer to `releases`: one newer, one that runs, one that nobody we trust signed."""
    good = {"ok": True, "why": None, "own": False, "signed_by": "loket"}
    return {
        "releases": [
            good | {"version": "1.4.0", "number": 14},
            good | {"version": "1.5.0", "number": 15},
            {"version": "1.6.0", "number": 16, "ok": False, "why": "unsigned", "own": False}
            | {"signed_by": None},
        ]
    }


def plan(state: str = "running", **changes: Any) -> dict[str, Any]:
    """Give the part `update`: one board done, one loading, others wait."""
    states = [("counter-01", "committed"), ("counter-02", "loading"), ("counter-04", "waiting")]
    boards = [
        {"board": name, "state": of, "got": 4_300, "size": 10_000, "why": None}
        for name, of in states
    ]
    about = {"kind": "firmware", "version": "1.5.0", "number": 15, "state": state, "why": None}
    return {
        "plan": {**about, "stage": 1, "stages": [1, 5], "boards": boards} | changes,
        "utc_ms": now_ms(),
    }


STEPS = ["port", "recognise", "register", "files", "settings", "restart", "hello"]


def ports(*devices: str) -> dict[str, Any]:
    """Give the answer to `ports` with boards at these ports."""
    return {
        "ports": [
            {
                "device": device,
                "product": "Raspberry Pi Pico W",
                "serial_number": f"E66{n}",
                "chip": "rp2",
                "in_use_by": "",
            }
            for n, device in enumerate(devices)
        ],
        "kinds": [
            {"kind": "counter_led", "role": "counter", "chip": "rp2"},
            {"kind": "counter_esp32", "role": "counter", "chip": "esp32"},
            {"kind": "ticket_button", "role": "ticket", "chip": "rp2"},
        ],
        "networks": ["MPP-Papan"],
    }


def site_boards() -> dict[str, Any]:
    """Give the answer to `site_boards`."""
    return {
        "boards": [
            {"board": "counter-05", "role": "counter", "counter": 5, "kind": "counter_led"},
            {"board": "counter-06", "role": "counter", "counter": 6, "kind": "counter_led"},
        ]
    }


def job(name: str, board_name: str, port: str, **changes: Any) -> dict[str, Any]:
    """Give one job of the part `jobs`: writing the firmware, at 40 %."""
    return {
        "job": name,
        "kind": "flash",
        "port": port,
        "board": board_name,
        "step": "files",
        "steps": STEPS,
        "done": 40,
        "of": 100,
        "state": "running",
        "text_id": None,
        "text_en": None,
        "next_id": None,
        "next_en": None,
    } | changes
