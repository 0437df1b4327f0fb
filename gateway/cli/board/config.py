"""`loket board config ID`: what settings a board was sent, which it applied, and where they belong.

Nothing is set here: every setting has one place already, and this names it.
"""

import argparse
import json
from typing import TYPE_CHECKING, Any

from gateway.cli.board.hall_view import Look, looking, now
from gateway.cli.board.said import fail
from gateway.cli.language import language
from gateway.fleet.doctor.tell import clean
from gateway.fleet.flash.wifi import kept_wifi

if TYPE_CHECKING:
    from gateway.cli.board import SubParsers

_SITE = "in_site"
_FIXED = "in_all"
_NETWORK = "by_network"
_BROKER = "by_broker"
_SECRETS = "by_secrets"
# A setting -> where it belongs, and for the site file its name there.
PLACES: dict[str, tuple[str, str]] = {
    "labels": (_FIXED, ""),
    "brightness": (_FIXED, ""),
    "counter": (_SITE, "counter"),
    "queues": (_SITE, "queues"),
    "next_lock_ms": (_SITE, "next_lock_ms"),
    "every_s": (_SITE, "reading_every_s"),
    "utc_offset_min": (_SITE, "zone"),
    "word": (_SITE, "counter_word"),
    "head": (_SITE, "ticket_head"),
    "names": (_SITE, "name"),
    "foot": (_SITE, "ticket_foot"),
    "url": (_SITE, "visitor_url"),
    "wifi": (_NETWORK, ""),
    "host": (_BROKER, ""),
    "port": (_BROKER, ""),
    "tls": (_BROKER, ""),
    "ca": (_BROKER, ""),
    "secret": (_SECRETS, ""),
    "id": ("by_rename", ""),
    "role": ("by_retiring", ""),
}
WORDS = {
    "id": {
        "no_tls": "tanpa TLS",
        "unknown": "{board} tidak terdaftar: `loket board list` menunjukkan papan yang ada",
        "sent": "Dikirim: revisi {wanted}. Dipakai: revisi {applied}.",
        "not_yet": "Pengaturan itu BELUM dipakai papan: lihat `loket board doctor {board}`.",
        "closed": "Ruang layanan tertutup: yang dipakai papan tidak diketahui.",
        "network": "Broker untuk papan: {host}:{port} ({tls}). Pengaturan jaringan no. {link}.",
        "kept": "Jaringan yang disimpan ruang layanan untuk papan: {names}.",
        _SITE: "`{name}` ada di berkas ruang layanan ({file}), sebagai {there}",
        _FIXED: "`{name}` sama di semua papan dan tidak dapat diubah",
        _NETWORK: "`{name}` diubah dengan `loket update network`, atau lewat kabel dengan"
        " `loket board flash`",
        _BROKER: "`{name}` diubah dengan `loket update broker`, atau lewat kabel dengan"
        " `loket board flash`",
        _SECRETS: "`{name}` diganti dengan `loket update secrets`, dan tidak pernah ditampilkan",
        "by_rename": "`{name}` diubah dengan `loket board rename`",
        "by_retiring": "`{name}` diubah dengan `loket board retire` lalu `loket board add`",
        "nothing": "tidak ada pengaturan bernama `{name}`; yang ada: {names}",
        "nowhere": "di sini tidak ada yang diubah",
    },
    "en": {
        "no_tls": "no TLS",
        "unknown": "{board} is not registered: `loket board list` shows which are",
        "sent": "Sent: revision {wanted}. Applied: revision {applied}.",
        "not_yet": "The board has NOT applied them yet: see `loket board doctor {board}`.",
        "closed": "The hall is closed: what the board has applied is not known.",
        "network": "Broker for boards: {host}:{port} ({tls}). Network settings no. {link}.",
        "kept": "Networks that the hall keeps for boards: {names}.",
        _SITE: "`{name}` stands in the site file ({file}), as {there}",
        _FIXED: "`{name}` is the same on all boards and cannot be changed",
        _NETWORK: "`{name}` is changed with `loket update network`, or over the cable with"
        " `loket board flash`",
        _BROKER: "`{name}` is changed with `loket update broker`, or over the cable with"
        " `loket board flash`",
        _SECRETS: "`{name}` is changed with `loket update secrets`, and never shown",
        "by_rename": "`{name}` is changed with `loket board rename`",
        "by_retiring": "`{name}` is changed with `loket board retire` and `loket board add`",
        "nothing": "there is no setting `{name}`; there are: {names}",
        "nowhere": "nothing is changed here",
    },
}
_TEXT_MOST = 100


def add_to(commands: "SubParsers") -> None:
    """Add `config`; it sets `run`."""
    config = commands.add_parser("config", help="show a board's settings and where they belong")
    config.add_argument("id", metavar="ID")
    config.add_argument("--set", metavar="NAME=VALUE", help="tells where that setting is changed")
    config.add_argument("--json", action="store_true", help="print what it was sent as JSON")
    config.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a board's settings; 0, or 1 with the reason."""
    words = WORDS[language(args)]
    with looking() as look:
        if args.set is not None:
            return fail(belongs(args.set.partition("=")[0], words, str(look.settings.site)))
        sent = _sent(look, args.id)
        row = next((r for r in look.view.rows() if r.get("board") == args.id), {})
        hall, net = look.hall(), look.view.board(args.id, *now())
    if sent is None:
        return fail(words["unknown"].format(board=args.id))
    if args.json:
        applied = row.get("settings_applied")
        print(json.dumps({"board": args.id, "sent": sent, "applied": applied}))
        return 0
    print(f"{args.id}")
    for name, value in sent.items():
        if name != "rev":
            print(f"  {name} = {_shown(value)}")
    wanted, applied = int(sent["rev"]), net.settings_applied
    has = "-" if applied is None else f"{applied:08x}"
    print(words["sent"].format(wanted=f"{wanted:08x}", applied=has))
    if not look.open:
        print(words["closed"])
    elif applied != wanted:
        print(words["not_yet"].format(board=args.id))
    if hall is not None and hall.host:
        tls = "TLS" if hall.tls else words["no_tls"]
        link = "-" if net.link is None else net.link
        print(words["network"].format(host=hall.host, port=hall.port, tls=tls, link=link))
    names = [clean(ssid, 32) for ssid, _ in kept_wifi(look.settings.paths)]
    if names:
        print(words["kept"].format(names=", ".join(names)))
    return 0


def belongs(name: str, words: dict[str, str], site: str) -> str:
    """Give in words where a setting is changed."""
    where, there = PLACES.get(name, ("nothing", ""))
    shown = clean(name, 40)
    text = words[where].format(name=shown, file=site, there=there, names=", ".join(PLACES))
    return f"{words['nowhere']}: {text}"


def _sent(look: Look, board: str) -> dict[str, Any] | None:
    """Give what the gateway sends this board, made from the journal as the gateway makes it."""
    from gateway.fleet.settings import board_config
    from gateway.journal import reading
    from gateway.service.snapshot import restore

    paths = look.settings.paths
    if not paths.journal.exists():
        return None
    with reading(paths.journal) as events:
        hall = restore(paths, events)
    record = hall.boards.get(board)
    if record is None:
        return None
    content: dict[str, Any] = json.loads(board_config(hall, record))
    return content


def _shown(value: object) -> str:
    return clean(json.dumps(value, ensure_ascii=False), _TEXT_MOST)
