"""`loket board doctor [ID]`: what is wrong, what shows it, and what to do next.

Over the cable where a board is plugged in, over the network where a hall is open; it says which.
Ends with 0 if all is well, with 1 if there is something to do.
"""

import argparse
import json
import textwrap
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gateway.cli.asking import settings_of_hall
from gateway.cli.board.hall_view import Look, looking, now
from gateway.cli.language import language
from gateway.config import ConfigError
from gateway.fleet.cable import facts as cable
from gateway.fleet.cable.facts import CableFacts
from gateway.fleet.doctor import OK, Facts, NetFacts, as_dict, diagnose, via
from gateway.fleet.doctor.facts import OPEN
from gateway.ports import who_has

if TYPE_CHECKING:
    from gateway.cli.board import SubParsers

_WIDTH = 80
_INDENT = "    "
_ASK_WITHIN_S = 3.0
_OURS = "gateway."  # modules of a hall's processes
_NO_CABLE = (cable.NO_PORT, cable.SEVERAL)
# Findings about the gateway or about strangers: told once, not with every board.
_OF_HALL = (
    "hall_closed", "broker_down", "writer_silent", "clock_doubted", "somebody_refused",
    "somebody_disbelieves",
)  # fmt: skip
WORDS = {
    "id": {
        "trouble": "MASALAH",
        "attention": "PERHATIAN",
        "ok": "BAIK",
        "next": "Langkah berikutnya:",
        "via_cable": "{board}: diperiksa lewat kabel ({port})",
        "via_network": "{board}: diperiksa lewat jaringan",
        "via_both": "{board}: diperiksa lewat kabel ({port}) dan jaringan",
        "via_register": "{board}: ruang layanan tertutup, hanya daftar papan yang dilihat",
        "via_none": "{board}: tidak ada di kabel, dan tidak dikenal lewat jaringan",
        "no_cable": "Tidak ada papan yang terlihat di kabel.",
        "board": "Papan",
        "hall": "Ruang layanan",
        "well": "{n} papan baik.",
        "none": "Belum ada papan terdaftar: `loket board add ID --role PERAN`.",
    },
    "en": {
        "trouble": "TROUBLE",
        "attention": "ATTENTION",
        "ok": "WELL",
        "next": "Next step:",
        "via_cable": "{board}: looked at over the cable ({port})",
        "via_network": "{board}: looked at over the network",
        "via_both": "{board}: looked at over the cable ({port}) and the network",
        "via_register": "{board}: the hall is closed, only the register was looked at",
        "via_none": "{board}: not at a cable, and not known over the network",
        "no_cable": "No board is seen at a cable.",
        "board": "Board",
        "hall": "Hall",
        "well": "{n} boards are well.",
        "none": "No boards are registered yet: `loket board add ID --role ROLE`.",
    },
}

Row = dict[str, Any]


def add_to(commands: "SubParsers") -> None:
    """Add `doctor`; it sets `run`."""
    doctor = commands.add_parser("doctor", help="tell what is wrong with a board and what to do")
    doctor.add_argument(
        "id", metavar="ID", nargs="?", help="without: the board at the cable, or all"
    )
    doctor.add_argument("--port", help="the board's port, such as /dev/ttyACM0")
    doctor.add_argument(
        "--stop",
        action="store_true",
        help="look into the board at the cable: stops and restarts it",
    )
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    doctor.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the findings; 0 if all is well, 1 if there is something to do."""
    seen = cable_facts(args.port, stop=args.stop)
    board = args.id or seen.board
    with looking(beat=True) as look:
        anywhere = args.port is None and look.open
        # Without a word of which board is meant, and without a cable, every one is looked at.
        every = anywhere and not board and seen.state == cable.NO_PORT
        # Who asks for a board by name need not have it at hand.
        named = anywhere and args.id is not None and seen.state in _NO_CABLE
        found = _all(look) if every else [_one(look, board, None if named else seen)]
    if args.json:
        print(json.dumps(found))
    else:
        _print(found, language(args), every=every)
    return int(any(f["level"] != OK for entry in found for f in entry["findings"]))


def cable_facts(port: str | None, *, stop: bool) -> CableFacts:
    """Give what the cable tells of the board at `port`, or at the only port there is."""
    from gateway.fleet.cable.line import find_ports
    from gateway.fleet.cable.probe import probe

    paths = settings_of_hall().paths
    if port is None:
        # Boards that the hall itself has on a wire serve there: they are left alone if not told.
        free = [name for name in find_ports() if stop or not _is_ours(name)]
        if len(free) != 1:
            state = cable.SEVERAL if free else cable.NO_PORT
            return _without_port(CableFacts(state, ports=tuple(free)))
        port = free[0]
    # With a hall, its bridge of wired boards lets go of the port while it is looked into.
    seen = probe(port, stop=stop, paths=paths if paths.journal.exists() else None)
    return _without_port(seen)


def _is_ours(port: str) -> bool:
    found = who_has(port)
    return found is not None and found[0].startswith(_OURS)


def _without_port(seen: CableFacts) -> CableFacts:
    if seen.state == cable.NO_PORT:
        from gateway.fleet.cable.usb import without_port

        return replace(seen, detail=", ".join(without_port()))
    return seen


def _one(look: Look, board: str, seen: CableFacts | None) -> Row:
    if seen is None and look.line is not None and board:
        # The workshop has heard for longer than we looked: of updates, and what the board says.
        answer: Row = {}
        with suppress(ConfigError):
            answer = look.line.ask("doctor", _ASK_WITHIN_S, board=board)
        if isinstance(answer.get("findings"), list):
            return {"board": board, "via": "network", "port": "", "findings": answer["findings"]}
    other = seen is not None and seen.board not in ("", board)
    facts = Facts(
        board=board,
        cable=replace(_only_port(seen), board=seen.board) if seen and other else seen,
        hall=look.hall(),
        net=_net(look, board) if board else None,
        secret_fits=None if other else _secret_fits(look, seen),
    )
    found = [as_dict(finding) for finding in diagnose(facts)]
    port = seen.port if seen is not None else ""
    return {"board": board, "via": via(facts), "port": port, "findings": found}


def _all(look: Look) -> list[Row]:
    hall = look.hall()
    entries: list[Row] = []
    of_hall: dict[str, dict[str, object]] = {}
    # What a silent writer said last of its boards is no news.
    alive = hall is None or hall.state == OPEN
    for row in look.view.rows() if alive else ():
        board = str(row.get("board"))
        facts = Facts(board=board, hall=hall, net=_net(look, board))
        found = [as_dict(finding) for finding in diagnose(facts)]
        of_hall.update({str(f["code"]): f for f in found if f["code"] in _OF_HALL})
        left = [f for f in found if f["code"] not in _OF_HALL]
        entries.append({"board": board, "via": "network", "port": "", "findings": left})
    if not entries or of_hall:
        found = list(of_hall.values()) or [as_dict(f) for f in diagnose(Facts(hall=hall))]
        entries.insert(0, {"board": "", "via": "network", "port": "", "findings": found})
    return entries


def _net(look: Look, board: str) -> NetFacts | None:
    if look.open:
        return look.view.board(board, *now())
    if not look.settings.paths.journal.exists():
        return None
    from gateway.service.register_view import registered_boards

    row = next((b for b in registered_boards(look.settings) if b["id"] == board), None)
    if row is None:
        return NetFacts(registered=False, retired=_was_registered(look, board))
    counter = row["counter"]
    return NetFacts(
        registered=True,
        role=str(row["role"]),
        counter=counter if isinstance(counter, int) else None,
        spare=row.get("spare") is True,
    )


def _was_registered(look: Look, board: str) -> bool:
    from gateway.journal import read_events

    retired = read_events(look.settings.paths.journal, ("board_retired",))
    return any(body.get("board") == board for body in retired)


def _secret_fits(look: Look, seen: CableFacts | None) -> bool | None:
    if seen is None or not seen.secret or not look.settings.paths.journal.exists():
        return None
    from gateway.fleet.secrets import board_hashes, is_secret_of

    known = board_hashes(look.settings.paths).get(seen.board)
    return None if known is None else is_secret_of(seen.secret, known)


def _only_port(seen: CableFacts) -> CableFacts:
    # Another board than the one asked for: of the cable counts that it is the wrong one.
    return CableFacts(state=cable.RUNNING, port=seen.port)


def _print(found: list[Row], lang: str, *, every: bool) -> None:
    words = WORDS[lang]
    well = 0
    for entry in found:
        told = [f for f in entry["findings"] if not every or f["level"] != OK]
        if every and not told:
            well += bool(entry["board"])
            continue
        name = entry["board"] or words["hall" if every else "board"]
        print(words[f"via_{entry['via']}"].format(board=name, port=entry["port"]))
        for finding in told:
            _print_finding(finding, words, lang)
        print()
    if every:
        print(words["no_cable"])
        if any(entry["board"] for entry in found):
            print(words["well"].format(n=well))
        elif not any(entry["findings"] for entry in found):
            print(words["none"])


def _print_finding(finding: Row, words: dict[str, str], lang: str) -> None:
    print(f"  {words[str(finding['level'])]}: {finding[f'title_{lang}']}")
    for text in (finding[f"evidence_{lang}"], f"{words['next']} {finding[f'next_{lang}']}"):
        print(
            textwrap.fill(
                str(text), _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT,
                break_on_hyphens=False, break_long_words=False,
            )
        )  # fmt: skip
