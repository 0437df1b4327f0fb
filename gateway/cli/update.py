"""`loket update ...`: firmware, networks and secrets over the fleet, in stages."""

import argparse
import getpass
import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmware.wire import topics, words
from gateway.cli.language import said, why_of_system
from gateway.cli.workshop import workshop
from gateway.config import ConfigError
from gateway.fleet.update_words import in_words

if TYPE_CHECKING:
    # At run time this name is private to argparse and not subscriptable.
    SubParsers = argparse._SubParsersAction[argparse.ArgumentParser]

# Exit statuses: all that was asked for is done; something failed or was left out; it goes on by
# itself (when service hours are over, or a board that is away comes back).
DONE_WELL, NOT_ALL, GOES_ON = 0, 1, 3

_PART_WITHIN_S = 2.0
_LOOK_EVERY_S = 0.5
_OVER = ("done", "stopped")
_WELL = "committed"
_NEEDLESS = "wired"  # why a board is left out of a change that is none for it
_ENDED = (_WELL, "rolled_back", "refused", "failed", "skipped")
_BAR_CHARS = 20

# What becomes of a plan, and of a board in it.
_STATES = {
    "waiting": ("menunggu", "waiting"),
    "running": ("berjalan", "running"),
    "stopped": ("dihentikan", "stopped"),
    "done": ("selesai", "done"),
    "offered": ("ditawarkan", "offered"),
    "loading": ("memuat", "loading"),
    "loaded": ("termuat", "loaded"),
    "trial": ("sedang dicoba", "trial"),
    "committed": ("terpasang", "committed"),
    "rolled_back": ("kembali ke yang lama", "rolled back"),
    "refused": ("ditolak", "refused"),
    "failed": ("gagal", "failed"),
    "skipped": ("dilewati", "skipped"),
}
_KINDS = {
    "link": "jaringan",
    "secret": "rahasia",
    "replace": "penggantian",
    "rename": "ganti nama",
}


def add_parser(subparsers: "SubParsers") -> None:
    """Add `update` with its own sub-commands; they set `run`."""
    update = subparsers.add_parser(
        "update", help="bring firmware, networks and secrets to the boards, in stages"
    )
    commands = update.add_subparsers(dest="update_command", required=True, metavar="COMMAND")
    status = commands.add_parser("status", help="show how far the update is")
    status.add_argument("--json", action="store_true", help="print it as JSON")
    status.set_defaults(run=run_status)
    start = commands.add_parser("start", help="bring a release to the boards")
    start.add_argument("version", metavar="VERSION", help="of `loket release list`")
    _staged(start, run_start)
    for name, ask, what in (
        ("stop", "update_stop", "stop: boards that have not restarted yet stay as they are"),
        ("go", "update_go", "go on after a stop, without the boards that failed"),
    ):
        one = commands.add_parser(name, help=what)
        one.add_argument("--no-wait", action="store_true", help="do not watch it")
        one.set_defaults(run=run_simple, ask=ask)
    network = commands.add_parser("network", help="move boards to another Wi-Fi network")
    network.add_argument(
        "--wifi",
        metavar="SSID",
        action="append",
        required=True,
        help="its name, at most two; passwords are asked for (or read from standard input)",
    )
    _staged(network, run_network)
    broker = commands.add_parser("broker", help="tell boards another address of the broker")
    broker.add_argument("--host", metavar="ADDRESS")
    broker.add_argument("--port", type=int, metavar="PORT")
    broker.add_argument("--tls", action=argparse.BooleanOptionalAction)
    broker.add_argument("--ca", type=Path, metavar="FILE", help="its certificate's CA, as PEM")
    _staged(broker, run_broker)
    secrets = commands.add_parser("secrets", help="give boards new secrets")
    _staged(secrets, run_secrets)


def run_status(args: argparse.Namespace) -> int:
    """Print how far the plan is; the statuses are those of a finished watch."""
    plan = _plan()
    if args.json:
        print(json.dumps(plan))
    elif plan is None:
        print(
            said(
                "Tidak ada pembaruan yang berjalan, dan belum pernah ada.",
                "No update is under way, and none was before.",
            )
        )
    else:
        for line in _lines(plan):
            print(line)
    return DONE_WELL if plan is None else _status(plan)


def run_start(args: argparse.Namespace) -> int:
    """Start an update and watch it."""
    return _begin(args, "update_start", version=args.version)


def run_simple(args: argparse.Namespace) -> int:
    """Stop an update, or go on with it and watch."""
    return _begin(args, args.ask)


def run_network(args: argparse.Namespace) -> int:
    """Start a change of network and watch it."""
    from gateway.fleet.flash.wifi import check_wifi

    check_wifi(tuple((ssid, "") for ssid in args.wifi))  # before anybody is asked
    networks = tuple((ssid, _password(ssid)) for ssid in args.wifi)
    check_wifi(networks)
    wifi = [{"ssid": ssid, "password": password} for ssid, password in networks]
    return _begin(args, "link_start", wifi=wifi)


def run_broker(args: argparse.Namespace) -> int:
    """Start a change of the broker's address and watch it."""
    fields: dict[str, Any] = {"host": args.host, "port": args.port, "tls": args.tls}
    if args.ca is not None:
        try:
            fields["ca"] = args.ca.read_text()
        except (OSError, UnicodeDecodeError) as error:
            why = why_of_system(error) if isinstance(error, OSError) else "PEM?"
            raise ConfigError(
                f"{args.ca} cannot be read: {why}", f"{args.ca} tidak terbaca: {why}"
            ) from error
    if args.port is not None and not 1 <= args.port <= 65_535:
        raise ConfigError(
            f"--port is {args.port}; a port from 1 to 65535 is needed",
            f"--port berisi {args.port}; perlu port dari 1 sampai 65535",
        )
    if args.host is not None:
        from gateway.fleet.address import check_host

        check_host(args.host)
    given = {name: value for name, value in fields.items() if value is not None}
    if not given:
        raise ConfigError(
            "nothing would change: give --host, --port, --tls or --ca",
            "tidak ada yang berubah: beri --host, --port, --tls atau --ca",
        )
    return _begin(args, "link_start", **given)


def run_secrets(args: argparse.Namespace) -> int:
    """Start new secrets and watch it."""
    return _begin(args, "secret_start")


def _staged(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    parser.add_argument("--boards", metavar="IDS", help="which, with commas (default: all)")
    parser.add_argument(
        "--stages",
        metavar="SIZES",
        default="1,5",
        help="how many boards first, and next; then all others (default: 1,5)",
    )
    parser.add_argument(
        "--in-service", action="store_true", help="also while the hall serves people"
    )
    parser.add_argument("--no-wait", action="store_true", help="do not watch it")
    parser.set_defaults(run=run, staged=True)


def _begin(args: argparse.Namespace, ask: str, **fields: Any) -> int:
    if getattr(args, "staged", False):
        fields["boards"] = [name for name in (args.boards or "").split(",") if name]
        fields["in_service"] = args.in_service
        try:
            fields["stages"] = [int(size) for size in args.stages.split(",") if size]
        except ValueError:
            raise ConfigError(
                f"--stages is {args.stages!r}; numbers of boards are needed, such as 1,5",
                f"--stages berisi {args.stages!r}; perlu jumlah papan, misalnya 1,5",
            ) from None
    with workshop() as line:
        answer = line.ask(ask, **fields)
    if answer["st"] != words.ACCEPTED:
        text = said(str(answer.get("text_id") or ""), str(answer.get("text_en") or ""))
        print(f"loket: {text or answer.get('why')}", file=sys.stderr)
        return NOT_ALL
    if args.no_wait or ask == "update_stop":
        return run_status(argparse.Namespace(json=False))
    return watch()


def watch() -> int:
    """Show an update as it goes on until nothing moves any more; give the exit status."""
    # Each look is a connection of its own: all commands share one user of the broker, and who
    # watches for an hour must not keep others from stopping what is watched.
    told: dict[str, str] = {}
    bar = _Bar()
    try:
        while True:
            plan = _plan()
            if plan is None:
                raise ConfigError(
                    "the workshop lost the update: see its log",
                    "bengkel kehilangan pembaruan ini: lihat log-nya",
                )
            for line in _news(plan, told):
                bar.clear()
                print(line, flush=True)
            if plan["state"] in _OVER or not _moves(plan):
                bar.clear()
                print(_summary(plan))
                return _status(plan)
            bar.show(plan)
            time.sleep(_LOOK_EVERY_S)
    except KeyboardInterrupt:
        bar.clear()
        print(
            said(
                "\nPembaruan berjalan terus: `loket update status` menunjukkan sampai di mana.",
                "\nThe update goes on by itself: `loket update status` shows how far it is.",
            )
        )
        return GOES_ON


def _plan() -> Any:
    with workshop(topics.fleet_part("update")) as line:
        for _, payload in line.news(_PART_WITHIN_S):
            return json.loads(payload)["plan"]
    return None


def _moves(plan: Any) -> bool:
    # Whether there is anything to watch: not the evening, nor boards that are away.
    if plan["state"] == "waiting":
        return False
    left = [row for row in plan["boards"] if row["state"] not in _ENDED]
    return any(row["why"] != "absent" for row in left) or not left


def _status(plan: Any) -> int:
    if plan["state"] == "done":
        well = all(row["state"] == _WELL or row["why"] == _NEEDLESS for row in plan["boards"])
        return DONE_WELL if well else NOT_ALL
    return NOT_ALL if plan["state"] == "stopped" else GOES_ON


def _news(plan: Any, told: dict[str, str]) -> list[str]:
    lines = []
    for row in plan["boards"]:
        word = f"{row['state']} {row['why']}".strip()
        known = told.get(row["board"])
        told[row["board"]] = word
        # Who waits for its turn is no news, nor is each step of who loads.
        if word != known and (row["state"] in _ENDED or row["why"]):
            lines.append(_row(row))
    return lines


def _lines(plan: Any) -> list[str]:
    return [_row(row) for row in plan["boards"]] + [_summary(plan)]


def _row(row: Any) -> str:
    got = ""
    if row["state"] == "loading" and row.get("size"):
        got = f" {100 * row['got'] // row['size']} %"
    # Of the largest halls' boards the workshop tells the word only.
    texts = row if "why_id" in row else in_words(row["why"])
    why = f": {said(str(texts['why_id']), str(texts['why_en']))}" if row["why"] else ""
    return f"{row['board']:<20} {_state(row)}{got}{why}"


def _state(row: Any) -> str:
    state = str(row["state"])
    return said(*_STATES.get(state, (state, state)))


def _summary(plan: Any) -> str:
    well = sum(row["state"] == _WELL for row in plan["boards"])
    kind = str(plan["kind"])
    name = f"{said(_KINDS.get(kind, kind), kind)} {plan['version']}".strip()
    of = len(plan["boards"])
    text = said(f"{name}: {well} dari {of} papan", f"{name}: {well} of {of} boards")
    text += f", {_state(plan)}"
    if plan["why"]:
        text += f". {said(plan['why_id'], plan['why_en'])}"
        if plan["state"] == "stopped":
            text += " (`loket update go`)"
        elif plan["state"] == "waiting" and plan["why"] == "hours":
            text += said(
                " Sekarang juga: `loket update stop`, lalu sekali lagi dengan --in-service.",
                " At once: `loket update stop`, then once more with --in-service.",
            )
    elif plan["state"] not in _OVER:
        away = [row["board"] for row in plan["boards"] if row["why"] == "absent"]
        if away and not _moves(plan):
            names = ", ".join(away)
            text += said(
                f". Dilanjutkan bila ini sudah kembali: {names}",
                f". It goes on when these are back: {names}",
            )
    return text


class _Bar:
    """A line that is drawn over itself, on a terminal only."""

    def __init__(self) -> None:
        self._drawn = False
        self._tty = sys.stdout.isatty()

    def show(self, plan: Any) -> None:
        if not self._tty:
            return
        rows = plan["boards"]
        parts = [
            1.0 if r["state"] in _ENDED else 0.9 * r["got"] / r["size"] if r.get("size") else 0.0
            for r in rows
        ]
        done = round(_BAR_CHARS * sum(parts) / max(1, len(parts)))
        still = (*_ENDED, "waiting")
        names = [f"{r['board']} {_state(r)}" for r in rows if r["state"] not in still]
        text = f"[{'#' * done}{'.' * (_BAR_CHARS - done)}] {', '.join(names)}"
        most = shutil.get_terminal_size().columns - 1
        print(f"\r\x1b[K{text[:most]}", end="", flush=True)
        self._drawn = True

    def clear(self) -> None:
        if self._drawn:
            print("\r\x1b[K", end="", flush=True)
            self._drawn = False


def _password(ssid: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(said(f"Kata sandi {ssid}: ", f"Password of {ssid}: "))
    line = sys.stdin.readline()
    if not line:
        # Nobody said that the network is open.
        raise ConfigError(
            f"the password of {ssid!r} is not known: give a line of input, empty if it has none",
            f"kata sandi {ssid!r} tidak diketahui: beri satu baris masukan, kosong bila tidak ada",
        )
    return line.rstrip("\n")
