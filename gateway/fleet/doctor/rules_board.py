"""Rules about a board as the hall hears it: its life, alerts, settings, health, update. Pure."""

from collections.abc import Iterator

from gateway.fleet.cable.facts import REPL
from gateway.fleet.doctor.facts import Facts
from gateway.fleet.doctor.finding import (
    ATTENTION,
    OK,
    TROUBLE,
    Figure,
    Finding,
    Signal,
    Span,
    Word,
)
from gateway.fleet.doctor.rules_cable import BOOTS, is_heard_lately, works
from gateway.fleet.doctor.table import ALERTS

# docs/bring-up.md asks for -75 dBm where a board will hang; below -80 dBm packets are lost
# (MetaGeek, "WiFi Signal Strength Basics": the minimum for basic connectivity).
SIGNAL_WEAK_DBM = -75
SIGNAL_BAD_DBM = -80
# docs/firmware.md, "Memory and time": the fullest role keeps 4.5 KB of the smallest heap; a message
# of 2 KB takes about 4 KB to read.
MEMORY_LOW_BYTES = 8_192
MEMORY_BAD_BYTES = 4_096
RECONNECTS = 4  # within ten minutes
_MESSAGES_BAD = 3  # one may be a reset's
_ORDERS_REFUSED = 3  # one may have come while it was busy, or in a self-test that failed
_AHEAD_AT_LEAST = 2
# An update moves at least each second while it loads, and a trial is over in 120 s.
_STUCK_MS = {"loading": 120_000, "loaded": 900_000, "trial": 180_000}
_STARTS_WITHIN_MS = 120_000
_URGENT = ("printer_silent", "paper_out", "cover_open", "sensor_fault", "not_leased")


def life(facts: Facts) -> Iterator[Finding]:
    """Whether the board is there."""
    net = facts.net
    if net is None or not net.registered or not net.state:
        return
    ago = Span(net.seen_ago_ms)
    if net.state == "never":
        yield Finding("never_seen", TROUBLE)
    elif _looked_into(facts):
        pass  # it is away because it was looked into
    elif net.state == "lost" and net.wired:
        yield Finding("cable_lost", TROUBLE, {"ago": ago})
    elif net.state == "lost":
        yield Finding("lost", TROUBLE, {"ago": ago, "signal": Signal(net.rssi_dbm)})
    elif net.state == "gone":
        yield Finding("gone", ATTENTION, {"ago": ago})
    elif net.state == "init" and (net.seen_ago_ms or 0) > _STARTS_WITHIN_MS:
        yield Finding("starting", ATTENTION, {"ago": ago})


def alerts(facts: Facts) -> Iterator[Finding]:
    """What the board itself complains of."""
    net = facts.net
    if net is None:
        return
    low = {reading.sensor: reading for reading in net.readings}
    for code, part in net.alerts.items():
        level = TROUBLE if code in _URGENT else ATTENTION
        if code not in ALERTS:
            yield Finding("alert_other", ATTENTION, {"alert": code, "part": part})
            continue
        figures: dict[str, Figure] = {"part": part or "?"}
        if code == "battery_low":
            volts = [r.battery_mv for r in low.values() if r.battery_mv is not None]
            figures["mv"] = round(min(volts)) if volts else "?"
        elif code == "level_low":
            levels = [r.level_pct for r in low.values() if r.level_pct is not None]
            figures["pct"] = round(min(levels)) if levels else "?"
        yield Finding(code, level, figures)


def readings(facts: Facts) -> Iterator[Finding]:
    """Whether readings come as often as they should, from a board that is there."""
    net = facts.net
    if net is None:
        return
    for reading in net.readings:
        if reading.status == "stale":
            figures: dict[str, Figure] = {
                "sensor": reading.sensor,
                "ago": Span(reading.ago_ms),
                "every": Span(None if reading.every_s is None else reading.every_s * 1_000),
            }
            yield Finding("reading_stale", ATTENTION, figures)
        elif reading.status == "none":
            yield Finding("reading_none", ATTENTION, {"sensor": reading.sensor})


def settings(facts: Facts) -> Iterator[Finding]:
    """Whether it has taken what it was sent, and shows it."""
    net = facts.net
    if net is None or net.state != "ready":
        return
    if net.settings_wanted is not None and net.settings_wanted != net.settings_applied:
        has = "-" if net.settings_applied is None else f"{net.settings_applied:08x}"
        figures = {"wanted": f"{net.settings_wanted:08x}", "applied": has}
        yield Finding("settings_not_applied", ATTENTION, figures)
    if net.shown is False:
        yield Finding("face_not_shown", TROUBLE)


def firmware(facts: Facts) -> Iterator[Finding]:
    """Whether its firmware is what the gateway knows."""
    net, hall = facts.net, facts.hall
    if net is None or hall is None:
        return
    if net.minor is not None and hall.minor is not None and net.minor > hall.minor:
        yield Finding("contract_newer", ATTENTION, {"has": net.minor, "known": hall.minor})
    # Releases are numbered in their order; what runs from source has its version only.
    numbers = net.number and hall.number
    has = (net.number or 0,) if numbers else version_key(net.fw)
    known = (hall.number,) if numbers else version_key(hall.firmware)
    if not has or not known:
        return
    figures = {"has": net.fw, "known": hall.firmware}
    if has < known:
        yield Finding("firmware_old", ATTENTION, figures)
    elif has > known:
        yield Finding("firmware_newer", OK, figures)


def version_key(text: str) -> tuple[int, ...]:
    """Give a key that orders versions such as 1.10.2; () for what is none."""
    digits = text.partition("+")[0].partition("-")[0].split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in digits):
        return ()
    return tuple(int(part) for part in digits)


def update(facts: Facts) -> Iterator[Finding]:
    """What became of the last update."""
    net = facts.net
    if net is None or net.update is None:
        return
    last = net.update
    figures: dict[str, Figure] = {
        "kind": Word("update", last.kind),
        "version": last.version or "?",
        "why": Word("why", last.why) if last.why else "-",
        "ago": Span(last.ago_ms),
        "st": Word("st", last.st),
        "got": last.got // 1_024,
        "size": -(-last.size // 1_024),
    }
    if last.st in ("rolled_back", "failed", "refused"):
        if last.why != "already":
            yield Finding(f"update_{last.st}", ATTENTION, figures)
    elif last.st in _STUCK_MS:
        stuck = last.ago_ms is not None and last.ago_ms > _STUCK_MS[last.st]
        yield Finding("update_stuck" if stuck else "updating", ATTENTION if stuck else OK, figures)


def health(facts: Facts) -> Iterator[Finding]:
    """Signal, memory, flash, reconnects."""
    net = facts.net
    if net is None:
        return
    if net.flash_failures:
        yield Finding("flash_failing", TROUBLE, {"n": net.flash_failures})
    if net.dropped:
        yield Finding("facts_dropped", ATTENTION, {"n": net.dropped})
    if net.free_bytes is not None and net.free_bytes < MEMORY_LOW_BYTES:
        level = TROUBLE if net.free_bytes < MEMORY_BAD_BYTES else ATTENTION
        figures: dict[str, Figure] = {"free": net.free_bytes, "least": MEMORY_LOW_BYTES}
        yield Finding("memory_low", level, figures)
    if net.rssi_dbm is not None and net.rssi_dbm < SIGNAL_WEAK_DBM:
        level = TROUBLE if net.rssi_dbm < SIGNAL_BAD_DBM else ATTENTION
        figures = {"rssi": round(net.rssi_dbm), "least": SIGNAL_WEAK_DBM}
        yield Finding("signal_weak", level, figures)
    if net.readies >= RECONNECTS and net.boots < BOOTS and net.wired:
        yield Finding("cable_loose", ATTENTION, {"n": net.readies})
    elif net.readies >= RECONNECTS and net.boots < BOOTS:
        figures = {"n": net.readies, "signal": Signal(net.rssi_dbm)}
        yield Finding("reconnects_often", ATTENTION, figures)
    if net.ahead >= _AHEAD_AT_LEAST:
        yield Finding("board_clock", ATTENTION, {"n": net.ahead})


def messages(facts: Facts) -> Iterator[Finding]:
    """What of its messages was not taken."""
    net = facts.net
    if net is None:
        return
    denied, oversize = net.bad.get("denied", 0), net.bad.get("oversize", 0)
    wrong = sum(net.bad.get(name, 0) for name in ("bad_payload", "unknown_topic", "not_allowed"))
    if denied:
        yield Finding("messages_denied", ATTENTION, {"n": denied})
    if oversize:
        yield Finding("messages_oversize", ATTENTION, {"n": oversize})
    if wrong >= _MESSAGES_BAD:
        yield Finding("messages_bad", ATTENTION, {"n": wrong})
    if net.bad.get("order_refused", 0) >= _ORDERS_REFUSED:
        yield Finding("orders_refused", ATTENTION, {"n": net.bad["order_refused"]})


def notes(facts: Facts) -> Iterator[Finding]:
    """What is good to know."""
    if facts.net is not None and facts.net.spare:
        yield Finding("spare", OK)


def well(facts: Facts) -> Finding:
    """Give what is said of a board at which nothing was found."""
    net, seen = facts.net, facts.cable
    rssi = None if net is None else net.rssi_dbm
    free = None if net is None or net.free_bytes is None else net.free_bytes // 1_024
    state = "" if net is None else "init" if _looked_into(facts) else net.state
    fw = (net.fw if net is not None else "") or (seen.firmware if seen is not None else "") or "?"
    figures: dict[str, Figure] = {
        "state": Word("state", state or "unknown"),
        "fw": fw,
        "signal": Signal(rssi),
        "free": "?" if free is None else free,
        "ago": Span(None if net is None else net.seen_ago_ms),
    }
    return Finding("well", OK, figures)


def _looked_into(facts: Facts) -> bool:
    # Over the very cable over which it serves: until a moment ago it did.
    net, seen = facts.net, facts.cable
    away = net is not None and net.wired and net.state in ("lost", "init")
    return away and seen is not None and seen.state == REPL and is_heard_lately(facts)


RULES = (life, alerts, readings, settings, firmware, update, health, messages, notes)
__all__ = ("RULES", "version_key", "well", "works")
