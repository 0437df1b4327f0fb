"""What can be found out about a board over its cable, without harm to one that is serving."""

import json
import re
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from firmware.wire.frames import Cutter
from gateway.config import Paths
from gateway.fleet.cable import repl
from gateway.fleet.cable.facts import (
    GARBAGE,
    HANGS,
    MISSING,
    NO_PORT,
    OK,
    REPL,
    RUNNING,
    SERVED,
    SEVERAL,
    SILENT,
    TAKEN,
    TORN,
    CableFacts,
)
from gateway.fleet.cable.line import BRIDGES, Line, LineError, find_ports
from gateway.ports import Claimed, claim, served_board

LISTEN_S = 3.0
_PROMPT_S = 1.0
_STOP_S = 2.0
_EXAMINE_S = 2.0
_MOST_LINES = 50
_MOST_CHARS = 400
_GARBAGE_FROM_BYTES = 16
_TEXT_BYTES = frozenset(range(0x20, 0x7F)) | frozenset(b"\t\r\n\x1b\x08\x04\x01")
_MARK = "@@loket@@"
# As firmware/main.read_settings wants them; `parts` is what its hardware is made from.
_NEEDED = ("id", "secret", "role", "host", "port", "parts")
# Runs on the board, of whatever version it is. Settings are sent as they are: whether they are
# torn is seen here.
_EXAMINATION = f"""
import json, os, sys
def text(name, most):
    try:
        with open(name) as f:
            return f.read(most)
    except Exception:
        return None
def there(name):
    try:
        os.stat(name)
        return True
    except OSError:
        return False
d = {{"platform": sys.platform, "version": sys.implementation[1][:3]}}
d["machine"] = getattr(sys.implementation, "_machine", "")
d["mpy"] = getattr(sys.implementation, "_mpy", 0) & 255
d["settings"] = text("/settings.json", 6000)
d["boot"] = text("/boot.json", 2000)
for slot in "ab":
    d[slot] = text("/" + slot + "/manifest", 120)
d["main"] = there("/main.py")
d["source"] = there("/firmware")
d["ca"] = there("/ca.der")
try:
    s = os.statvfs("/")
    d["free"] = s[1] * s[4]
except Exception:
    pass
try:
    import network
    d["wifi"] = network.WLAN(network.STA_IF).status()
except Exception:
    pass
print("{_MARK}" + json.dumps(d) + "{_MARK}")
"""


def probe(
    port: str | None = None,
    *,
    stop: bool = False,
    listen_s: float = LISTEN_S,
    paths: Paths | None = None,
) -> CableFacts:
    """Give what the cable tells of the board at `port`, or at the only one there is.

    A program that runs is interrupted only with `stop`, for about a second; the board then starts
    anew. With the hall's `paths`, its serial bridge lets go of the port for so long; without `stop`
    only if it serves no board there. Takes `listen_s`, twice that for a board that says nothing,
    and a few seconds more at most.
    Never raises for what it finds: a port that is taken, vanishes, is silent or full of noise is a
    fact.
    """
    ports = find_ports()
    facts = CableFacts(NO_PORT, port=port or "", ports=tuple(ports))
    if not port:
        if len(ports) != 1:
            return replace(facts, state=SEVERAL if ports else NO_PORT)
        port = next(iter(ports))
        facts = replace(facts, port=port)
    try:
        with claim(paths, port, gently=not stop) if paths else nullcontext():
            line = Line(port, claimed=paths is not None)
            examiner = _Examiner(facts, line, ports.get(port) in BRIDGES)
            try:
                examiner.run(stop, listen_s)
            except LineError as why:
                return _failed(examiner.facts, why)
            finally:
                line.close()
    except LineError as why:
        failed = _failed(facts, why)
        board = served_board(paths, port) if paths else ""
        return replace(failed, state=SERVED, board=board) if board else failed
    except Claimed as why:
        name, _, pid = why.by.rstrip(")").partition(" (process ")
        return replace(
            facts, state=TAKEN, holder=name, holder_pid=int(pid) if pid.isdigit() else None
        )
    return examiner.facts


def _failed(facts: CableFacts, why: LineError) -> CableFacts:
    name, pid = why.holder or ("", None)
    return replace(
        facts, state=why.state, detail=str(why), group=why.group, holder=name, holder_pid=pid
    )


class _Examiner:
    """Fills `facts` step by step, so that what is known stays when the cable is pulled."""

    def __init__(self, facts: CableFacts, line: Line, bridged: bool) -> None:
        self.facts = replace(facts, state=SILENT)
        self._line = line
        self._bridged = bridged  # a port that is there without a board

    def run(self, stop: bool, listen_s: float) -> None:
        said = self._line.hear_for(listen_s)
        if not said:
            # Who is refused, or reaches nobody, tries again and says so every 2.5 to 5 s.
            said = self._line.hear_until(b"\n", listen_s)
            listen_s *= 2
        self.facts = _heard(self.facts, said, listen_s)
        noisy = self.facts.state == GARBAGE
        if not noisy:
            self._line.say(repl.ASK_PROMPT)
            at_prompt = repl.PROMPT in self._line.hear_until(repl.PROMPT, _PROMPT_S)
            if at_prompt and self._examine():
                repl.leave(self._line, _PROMPT_S)
                return
        if stop:
            self._stop(noisy)

    def _stop(self, noisy: bool) -> None:
        for _ in range(2):
            self._line.say(repl.INTERRUPT)
            # Its traceback, and the prompt: nothing that it said of itself.
            self._line.hear_until(repl.PROMPT, _STOP_S / 2)
            if repl.enter(self._line, _STOP_S / 2) and self._examine():
                repl.restart(self._line)
                return
        if not noisy and not (self._bridged and self.facts.state == SILENT):
            self.facts = replace(self.facts, state=HANGS)

    def _examine(self) -> bool:
        # Twice: noise or a program's last words may stand in the way of the first time.
        for _ in range(2):
            if not repl.enter(self._line, _STOP_S / 2):
                continue
            answer = repl.execute(self._line, _EXAMINATION, _EXAMINE_S)
            told = _told(answer[0]) if answer else None
            if told is not None:
                self.facts = _examined(replace(self.facts, state=REPL), told)
                return True
        return False


def _heard(facts: CableFacts, said: bytes, listen_s: float) -> CableFacts:
    texts: list[bytes] = []
    cutter = Cutter()
    cutter.text = texts.append
    frames = cutter.cut(said)  # of a wired board, which seeks its bridge
    cutter.flush()
    rest = b"".join(texts)
    strange = sum(byte not in _TEXT_BYTES for byte in rest)
    if len(rest) >= _GARBAGE_FROM_BYTES and strange * 4 > len(rest) and not frames:
        state = GARBAGE
        lines: tuple[str, ...] = ()
    else:
        state = RUNNING if said.strip() else SILENT
        texts_seen = rest.decode(errors="replace").splitlines()
        lines = tuple(line[:_MOST_CHARS] for line in texts_seen if line.strip())[-_MOST_LINES:]
    return replace(facts, state=state, lines=lines, heard_ms=round(listen_s * 1_000))


def _told(output: str) -> dict[str, Any] | None:
    parts = output.split(_MARK)
    if len(parts) != 3:
        return None
    try:
        told = json.loads(parts[1])
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _examined(facts: CableFacts, told: dict[str, Any]) -> CableFacts:
    version = told.get("version")
    boot = _object(told.get("boot")) or {}
    now = boot.get("now")
    now = now if isinstance(now, dict) else {}
    slot = boot.get("slot")
    slot = slot if slot in ("a", "b") else ""
    firmware, number = _firmware(told, slot)
    crashes = now.get("crashes", 0)
    return replace(
        _settings(facts, told),
        chip=_text(told.get("platform")),
        machine=_text(told.get("machine")),
        micropython=tuple(part for part in version if isinstance(part, int))
        if isinstance(version, list)
        else (),
        mpy=_number(told.get("mpy")) or None,
        firmware=firmware,
        number=number,
        slot=slot,
        trial="trial" in now if told.get("boot") is not None else None,
        crashes=_number(crashes) if told.get("boot") is not None else None,
        free_flash_bytes=_number(told.get("free")),
        wifi_status=_number(told.get("wifi")),
    )


def _firmware(told: dict[str, Any], slot: str) -> tuple[str, int | None]:
    # Version and number of what starts; "" if nothing does.
    if slot:
        manifest = _text(told.get(slot))
        version = re.search(r"^version (\S+)", manifest, re.MULTILINE)
        number = re.search(r"^number (\d+)", manifest, re.MULTILINE)
        return version[1] if version else "", int(number[1]) if number else None
    # Files without a slot carry no version that could be read without running them.
    return ("?" if told.get("main") and told.get("source") else "", None)


def _settings(facts: CableFacts, told: dict[str, Any]) -> CableFacts:
    text = told.get("settings")
    if not isinstance(text, str):
        return replace(facts, settings=MISSING)
    settings = _object(text)
    if settings is None:
        return replace(facts, settings=TORN)
    parts = settings.get("parts")
    link = parts.get("link") if isinstance(parts, dict) else None
    # A board on a wire has no network; one that is a process has its computer's.
    radio = not isinstance(link, dict) or link.get("driver", "wifi") == "wifi"
    needed = (*_NEEDED, "wifi") if radio and told.get("platform") != "linux" else _NEEDED
    networks = settings.get("wifi")
    return replace(
        facts,
        settings=OK,
        settings_lack=tuple(name for name in needed if name not in settings),
        board=_text(settings.get("id")),
        role=_text(settings.get("role")),
        kind=_text(settings.get("kind")),
        secret=_text(settings.get("secret")),
        host=_text(settings.get("host")),
        host_port=_number(settings.get("port")),
        tls=bool(settings.get("tls")),
        ca=bool(told.get("ca") or settings.get("ca")),
        networks=tuple(
            _text(one.get("ssid"))
            for one in (networks if isinstance(networks, list) else [])
            if isinstance(one, dict)
        ),
    )


def _object(text: object) -> dict[str, Any] | None:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
