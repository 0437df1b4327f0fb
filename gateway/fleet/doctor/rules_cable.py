"""Rules about the cable, and about what the board's own files and lines say. Pure."""

from collections.abc import Iterator

from gateway.fleet.cable import facts as cable
from gateway.fleet.cable.facts import CableFacts
from gateway.fleet.doctor import lines
from gateway.fleet.doctor.facts import Facts
from gateway.fleet.doctor.finding import ATTENTION, OK, TROUBLE, Figure, Finding, Word

# docs/firmware.md, "On a real board", and the format that mpy-cross writes for it.
OLDEST_MICROPYTHON = (1, 26)
MPY = 6
_VIRTUAL = "linux"  # a virtual board: MicroPython's unix port, one version behind
_OLDEST_VIRTUAL = (1, 24)
# Starts in a row without an accepted hello (boot.json), and starts within ten minutes.
CRASHES = 3
BOOTS = 4
_SEEN_WITHIN_MS = 60_000
_SELF_TEST = "selftest"
_WOKE = "sleep"  # why a board started, as it says in its `up/about`


def works(facts: Facts) -> bool:
    """Tell whether the hall heard the board just now: then it is neither stuck nor cut off."""
    return facts.net is not None and facts.net.state == "ready" and is_heard_lately(facts)


def is_heard_lately(facts: Facts) -> bool:
    """Tell whether the hall heard the board within a minute, whatever its state is now."""
    ago_ms = None if facts.net is None else facts.net.seen_ago_ms
    return ago_ms is not None and ago_ms < _SEEN_WITHIN_MS


def port(facts: Facts) -> Iterator[Finding]:
    """How far one gets at the cable."""
    seen = facts.cable
    if seen is None:
        return
    # Where the network tells all that is needed, a cable that does not work is a side matter.
    level = ATTENTION if facts.net is not None and facts.net.state else TROUBLE
    at: dict[str, Figure] = {"port": seen.port or "?", "detail": seen.detail}
    if seen.state == cable.NO_PORT:
        if seen.port:
            there = ", ".join(seen.ports)
            ports = there if there else Word("ports", "none")
            yield Finding("port_not_there", level, {"port": seen.port, "ports": ports})
        if seen.detail:
            yield Finding("no_port", level, {"detail": seen.detail})
        elif not seen.port:
            yield Finding("cable_charges_only", level)
    elif seen.state == cable.SEVERAL:
        ports = ", ".join(seen.ports)
        yield Finding("several_ports", ATTENTION, {"ports": ports, "n": len(seen.ports)})
    elif seen.state == cable.NO_PERMISSION:
        yield Finding("no_permission", level, {**at, "group": seen.group or "dialout"})
    elif seen.state == cable.TAKEN:
        holder = seen.holder or "?"
        yield Finding("port_taken", level, {**at, "holder": holder, "pid": seen.holder_pid})
    elif seen.state == cable.SERVED and facts.board == seen.board:
        yield Finding("served_here", OK, at)
    elif seen.state == cable.GONE:
        yield Finding("port_gone", level, at)
    elif seen.state == cable.GARBAGE:
        yield Finding("garbage", level, at)
    elif seen.state == cable.HANGS and not works(facts):
        yield Finding("hangs", TROUBLE, at)
    elif seen.state == cable.SILENT and not works(facts):
        yield Finding("silent", ATTENTION, {**at, "heard": seen.heard_ms // 1_000})
    if facts.board and seen.board and seen.board != facts.board:
        yield Finding("other_board", ATTENTION, {"port": seen.port, "other": seen.board})


def interpreter(facts: Facts) -> Iterator[Finding]:
    """Whether MicroPython is there, and new enough."""
    seen = facts.cable
    if seen is None:
        return
    oldest = _OLDEST_VIRTUAL if seen.chip == _VIRTUAL else OLDEST_MICROPYTHON
    has, needed = (".".join(map(str, version)) for version in (seen.micropython, oldest))
    if seen.micropython and tuple(seen.micropython[:2]) < oldest:
        yield Finding("interpreter_old", TROUBLE, {"has": has, "needed": needed})
    elif seen.mpy is not None and seen.mpy != MPY:
        figures: dict[str, Figure] = {"has": has or "?", "mpy": seen.mpy, "needed": MPY}
        yield Finding("interpreter_other", TROUBLE, figures)
    if seen.firmware == "":
        yield Finding("no_firmware", TROUBLE, {"port": seen.port, "chip": seen.chip or "?"})


def settings(facts: Facts) -> Iterator[Finding]:
    """Whether the board's settings are there, whole, and for this board."""
    seen = facts.cable
    said = lines.read_lines(_heard(facts))
    if seen is not None and seen.settings == cable.MISSING:
        yield Finding("settings_missing", TROUBLE, {"port": seen.port})
    elif seen is not None and seen.settings == cable.TORN:
        yield Finding("settings_torn", TROUBLE, {"port": seen.port, "detail": seen.detail})
    elif seen is not None and said.settings_torn and not works(facts):
        yield Finding("settings_torn", TROUBLE, {"port": seen.port, "detail": said.settings_torn})
    elif seen is not None and seen.settings_lack:
        yield Finding("settings_lack", TROUBLE, {"names": ", ".join(seen.settings_lack)})
    elif said.settings_fault and not works(facts):
        yield Finding("settings_lack", TROUBLE, {"names": said.settings_fault})
    if seen is not None and seen.role == _SELF_TEST:
        yield Finding("self_test_only", TROUBLE)
    if said.ca_missing or (seen is not None and seen.tls and seen.ca is False):
        yield Finding("ca_missing", TROUBLE)
    if (
        seen is not None
        and seen.role not in ("", _SELF_TEST)
        and facts.net is not None
        and facts.net.role not in ("", seen.role)
    ):
        yield Finding("role_differs", TROUBLE, {"has": seen.role, "needed": facts.net.role})


def crash(facts: Facts) -> Iterator[Finding]:
    """Starts again and again: why."""
    seen, net = facts.cable, facts.net
    said = lines.read_lines(_heard(facts))
    crashes = seen.crashes or 0 if seen is not None else 0
    reset = net.reset if net is not None else ""
    # Who sleeps between two readings wakes with a start: that is none to worry about.
    boots = net.boots if net is not None and reset != _WOKE else 0
    error = said.last_error
    if seen is not None and seen.state == cable.REPL and works(facts):
        crashes = 0
    if said.tracebacks >= 2 or crashes >= CRASHES or (error and boots >= BOOTS):
        n = max(said.tracebacks, crashes, boots)
        yield Finding("crash_loop", TROUBLE, {"n": n, "error": error or "-"})
    elif boots >= BOOTS and reset == "watchdog":
        yield Finding("watchdog", TROUBLE, {"n": boots})
    elif boots >= BOOTS and reset in ("power_on", "brown_out"):
        yield Finding("power_fails", TROUBLE, {"n": boots, "reset": reset})
    elif boots >= BOOTS:
        yield Finding("crash_loop", TROUBLE, {"n": boots, "error": error or reset or "-"})
    elif error and not works(facts) and not said.settings_fault and not said.ca_missing:
        yield Finding("crash_loop", TROUBLE, {"n": said.tracebacks, "error": error})


def wifi(facts: Facts) -> Iterator[Finding]:
    """Why the network is not joined, if the board said or MicroPython was asked."""
    if works(facts):
        return
    seen = facts.cable
    said = lines.read_lines(_heard(facts))
    of_why = {
        lines.PASSWORD: "wifi_password",
        lines.NOT_SEEN: "wifi_not_seen",
        lines.NO_ADDRESS: "wifi_no_address",
        lines.OTHER: "wifi_failed",
    }
    found = dict(said.wifi)
    if not found and not said.link and seen is not None and seen.wifi_status is not None:
        why = lines.why_of_status(seen.wifi_status)
        if why:
            found["/".join(seen.networks) or "?"] = (why, str(seen.wifi_status))
    for why, code in of_why.items():
        named = [name for name, (of_it, _) in found.items() if of_it == why]
        if named:
            status = found[named[0]][1]
            yield Finding(code, TROUBLE, {"network": ", ".join(named), "status": status})
            return  # the first is what can be done something about


def broker(facts: Facts) -> Iterator[Finding]:
    """Why the broker is not reached, or not believed."""
    seen, hall = facts.cable, facts.hall
    if hall is not None and hall.host and seen is not None and seen.host and _elsewhere(facts):
        there, here = f"{seen.host}:{seen.host_port}", f"{hall.host}:{hall.port}"
        yield Finding("wrong_address", TROUBLE, {"has": there, "needed": here})
    if works(facts):
        return
    said = lines.read_lines(_heard(facts))
    at = f"{seen.host}:{seen.host_port}" if seen is not None and seen.host else "?"
    figures: dict[str, Figure] = {"address": at, "said": said.link_words}
    if said.link in (lines.UNREACHABLE, lines.REFUSED_PORT, lines.NO_NAME):
        yield Finding("broker_unreachable", TROUBLE, figures)
    elif said.link == lines.CABLE:
        yield Finding("no_bridge", TROUBLE, figures)
    elif said.link == lines.TLS:
        yield Finding("tls_mismatch", TROUBLE, figures)
    elif said.link == lines.CA:
        yield Finding("ca_wrong", TROUBLE, figures)
    elif said.link == lines.ENDED:
        yield Finding("broker_hangs_up", TROUBLE, figures)


def secret(facts: Facts) -> Iterator[Finding]:
    """Whether the board's secret is the hall's: by the board's lines or by its settings."""
    said = lines.read_lines(_heard(facts))
    if facts.secret_fits is False:
        yield Finding("secret_refused", TROUBLE, {"said": "settings.json"})
    elif said.link == lines.SECRET and facts.secret_fits is None and not works(facts):
        yield Finding("secret_refused", TROUBLE, {"said": said.link_words})


def _heard(facts: Facts) -> tuple[str, ...]:
    printed = facts.cable.lines if facts.cable is not None else ()
    return printed or (facts.net.lines if facts.net is not None else ())


def _elsewhere(facts: Facts) -> bool:
    # Loopback names are one; a name instead of an address may be the same machine, so only
    # addresses are compared.
    seen, hall = facts.cable, facts.hall
    if seen is None or hall is None or works(facts):
        return False
    if seen.host_port is not None and hall.port is not None and seen.host_port != hall.port:
        return True
    both = (seen.host, hall.host)
    return all(_is_address(host) for host in both) and both[0] != both[1]


def _is_address(host: str) -> bool:
    return bool(host) and all(c in "0123456789.:abcdefABCDEF" for c in host)


RULES = (port, interpreter, settings, crash, wifi, broker, secret)
__all__ = ("BOOTS", "RULES", "CableFacts", "works")
