"""`loket board flash`: a blank module on a USB cable becomes a board of the hall."""

import argparse
import getpass
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.asking import settings_of_hall
from gateway.cli.board.said import fail
from gateway.cli.language import language, said
from gateway.config import ConfigError, Settings
from gateway.ports import served_board

if TYPE_CHECKING:
    from gateway.cli.board import SubParsers
    from gateway.cli.board.flash_hall import CliHall
    from gateway.cli.board.flash_plan import Plan
    from gateway.cli.board.flash_screen import Screen
    from gateway.fleet.flash.ports import UsbPort
    from gateway.fleet.flash.texts import FlashError
    from gateway.fleet.flash.wish import FlashWish

_PASSWORD = "LOKET_WIFI_PASSWORD"


def add_to(commands: "SubParsers") -> None:
    """Add `flash`."""
    flash = commands.add_parser("flash", help="put firmware and settings on a board at USB")
    flash.add_argument("id", nargs="?", metavar="ID", help="such as counter-03")
    flash.add_argument("--all", action="store_true", help="every board at USB, side by side")
    flash.add_argument("--ids", metavar="ID,ID", help="with --all: which (else those of the site)")
    flash.add_argument("--port", metavar="PORT", help="such as /dev/ttyACM0")
    flash.add_argument("--kind", metavar="KIND", help="such as counter_led (else the site's)")
    flash.add_argument("--counter", type=int, metavar="N", help="the counter it is mounted at")
    flash.add_argument("--spare", action="store_true", help="it has no counter yet")
    flash.add_argument(
        "--wifi", action="append", metavar="SSID",
        help=f"a network, at most two; the password is asked for, or in {_PASSWORD}",
    )  # fmt: skip
    flash.add_argument("--keep", action="store_true", help="keep these networks for the next ones")
    flash.add_argument("--host", help="where the board finds the broker (else this computer)")
    flash.add_argument("--ca", type=Path, metavar="FILE", help="certificate that signed the broker")
    flash.add_argument(
        "--interpreter", type=Path, metavar="FILE", help="write this MicroPython first (.uf2, .bin)"
    )
    flash.add_argument("--drive", type=Path, metavar="FOLDER", help="the board's BOOTSEL drive")
    flash.add_argument("--release", default="", metavar="VERSION", help="see `loket release list`")
    flash.add_argument("--erase", action="store_true", help="delete everything on it first")
    flash.add_argument("--no-wait", action="store_true", help="do not wait for its hello")
    flash.set_defaults(run=run_flash)


def run_flash(args: argparse.Namespace) -> int:
    """Flash one board or a tray of them; 0 once each of them is ready, else 1."""
    if bool(args.id) == args.all:
        return fail(
            said(
                "sebutkan papannya: ID atau --all, salah satu",
                "say which board: an ID or --all, one of them",
            )
        )
    if args.all and (args.port or args.counter is not None or args.spare):
        return fail(
            said(
                "--all memakai semua port, dan loket dari berkas site",
                "--all takes every port, and counters from the site file",
            )
        )
    # Ctrl-C at a question: the board that blinks meanwhile goes on as it was.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return _flash(args)
    except KeyboardInterrupt:
        from gateway.fleet.flash.texts import flash_error

        print(file=sys.stderr)
        return _told(flash_error("stopped"))
    finally:
        signal.signal(signal.SIGINT, before)


def _flash(args: argparse.Namespace) -> int:
    from gateway.cli.board.flash_hall import CliHall
    from gateway.cli.board.flash_plan import Planner
    from gateway.cli.board.flash_screen import Screen
    from gateway.fleet.flash.texts import FlashError

    settings = settings_of_hall()
    settings.paths.make()
    try:
        planner = Planner(settings)
        base = _base(args, settings)
        if args.all:
            chosen = _tray(args, settings, planner.open_ids())
        else:
            planner.plan(args.id, args.kind, args.counter, args.spare)  # before anybody is asked
            chosen = [(args.id, _port(args, settings))]
        plans = [
            (planner.plan(board, args.kind, args.counter, args.spare), port)
            for board, port in chosen
        ]
    except FlashError as error:
        return _told(error)
    hall = CliHall(settings)
    if not args.no_wait and not hall.is_open():
        text = said(
            "Ruang layanan belum dibuka: papan ditulis, sapaannya tidak ditunggu.",
            "The hall is not open: boards are written, their hello is not waited for.",
        )
        print(text, file=sys.stderr)
        base = replace(base, settle_s=0)
    screen = Screen([plan.board for plan, _ in plans], language(args))
    return _side_by_side(plans, base, settings, hall, screen)


def _base(args: argparse.Namespace, settings: Settings) -> "FlashWish":
    """Give the wish that all boards of this command share."""
    from gateway.fleet.address import address, check_host
    from gateway.fleet.flash.provision import certificate, uses_tls
    from gateway.fleet.flash.wish import FlashWish

    host, port = address(settings)
    if args.host is not None:
        check_host(args.host)
    if args.ca is not None and not uses_tls(settings):
        raise ConfigError(
            "--ca is for a broker with TLS, and this hall's has none: leave it out",
            "--ca untuk broker dengan TLS, dan broker ruang layanan ini tanpa TLS: jangan diberi",
        )
    base = FlashWish(
        board="", kind="", host=args.host or host, port=port, tls=uses_tls(settings),
        ca=certificate(settings, args.ca), wifi=_wifi(args, settings), wifi_named=bool(args.wifi),
        interpreter=args.interpreter, drive=args.drive, erase=args.erase,
        release=args.release, leave_others=args.all and not sys.stdin.isatty(),
    )  # fmt: skip
    return replace(base, settle_s=0) if args.no_wait else base


def _wifi(args: argparse.Namespace, settings: Settings) -> tuple[tuple[str, str], ...]:
    from gateway.fleet.flash.wifi import check_wifi, keep_wifi, kept_wifi

    if not args.wifi:
        if args.keep:
            raise ConfigError(
                "--keep keeps networks that are named: --wifi SSID",
                "--keep menyimpan jaringan yang disebutkan: --wifi SSID",
            )
        return kept_wifi(settings.paths)
    check_wifi(tuple((ssid, "") for ssid in args.wifi))  # before anybody is asked
    networks = []
    for number, ssid in enumerate(args.wifi):
        # The second network's is LOKET_WIFI_PASSWORD_2.
        password = os.environ.get(_PASSWORD if not number else f"{_PASSWORD}_{number + 1}")
        if password is None:
            if not sys.stdin.isatty():
                name = _PASSWORD if not number else f"{_PASSWORD}_{number + 1}"
                raise ConfigError(
                    f"the password of {ssid!r} is not known: put it into {name}",
                    f"kata sandi {ssid!r} tidak diketahui: isikan ke {name}",
                )
            password = getpass.getpass(f"Wi-Fi {ssid}: ")
        networks.append((ssid, password))
    check_wifi(tuple(networks))
    if args.keep:
        keep_wifi(settings.paths, tuple(networks))
    return tuple(networks)


# Which port is which.


def _port(args: argparse.Namespace, settings: Settings) -> "UsbPort":
    from gateway.fleet.flash.ports import UsbPort, find_ports, one_port
    from gateway.fleet.flash.texts import flash_error

    found = find_ports()
    if args.port is None and args.interpreter is not None and not found:
        # A module without MicroPython may have a drive only.
        return UsbPort("")
    if args.port is not None or len(found) < 2 or not sys.stdin.isatty():
        return one_port(args.port)
    print(said("Ada beberapa papan:", "There are several boards:"), file=sys.stderr)
    for number, port in enumerate(found, 1):
        user = port.in_use_by or served_board(settings.paths, port.device)
        used = f"  ({user})" if user else ""
        told = f"  {number}  {port.device}  {port.product} {port.serial_number}{used}"
        print(told, file=sys.stderr)
    while True:
        answer = _asked(said("Nomor berapa? ", "Which number? "))
        if not answer:
            raise flash_error("stopped")
        if answer.isdigit() and 1 <= int(answer) <= len(found):
            port = found[int(answer) - 1]
            question = said(
                f"Papan di {port.device} sedang berkedip. Ini papannya? [y/t] ",
                f"The board at {port.device} is blinking. Is it this one? [y/n] ",
            )
            if _blinking(port, settings, partial(_asked, question)).lower()[:1] in ("y", ""):
                return port


def _tray(
    args: argparse.Namespace, settings: Settings, open_ids: list[str]
) -> list[tuple[str, "UsbPort"]]:
    from gateway.fleet.flash.ports import find_ports
    from gateway.fleet.flash.texts import flash_error

    ids = [word.strip() for word in args.ids.split(",")] if args.ids else open_ids
    ports = find_ports()
    if not ports:
        raise flash_error("no_port")
    if not ids:
        raise ConfigError(
            "every board of the site is registered: say which with --ids ID,ID",
            "semua papan di berkas site sudah terdaftar: sebutkan dengan --ids ID,ID",
        )
    if len(set(ids)) != len(ids):
        raise ConfigError("--ids names a board twice", "--ids menyebut satu papan dua kali")
    chosen = []
    for port in ports:
        if not ids:
            break
        board = _which(port, settings, ids) if sys.stdin.isatty() else ids[0]
        if board:
            ids.remove(board)
            chosen.append((board, port))
    return chosen


def _which(port: "UsbPort", settings: Settings, ids: list[str]) -> str:
    while True:
        question = said(
            f"Papan di {port.device} sedang berkedip. ID-nya? [{ids[0]}; - = lewati] ",
            f"The board at {port.device} is blinking. Its id? [{ids[0]}; - = leave it out] ",
        )
        answer = _blinking(port, settings, partial(_asked, question)) or ids[0]
        if answer == "-":
            return ""
        if answer in ids:
            return answer
        print(", ".join(ids), file=sys.stderr)


def _blinking(port: "UsbPort", settings: Settings, ask: Callable[[], str]) -> str:
    """Ask while a board blinks; one that does not answer now does not blink."""
    from gateway.fleet.flash.blink import blinking

    with blinking(settings.paths, port):
        return ask()


def _asked(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        return ""


# Doing it.


def _side_by_side(
    plans: "list[tuple[Plan, UsbPort]]",
    base: "FlashWish",
    settings: Settings,
    hall: "CliHall",
    screen: "Screen",
) -> int:
    stopping = threading.Event()
    well: list[str] = []  # what ends in a way that nobody thought of is no success

    def work(plan: "Plan", port: "UsbPort") -> None:
        from gateway.fleet.flash.flash import flash
        from gateway.fleet.flash.texts import FlashError

        name = plan.board
        wish = replace(
            base, board=name, kind=plan.kind.kind, counter=plan.counter, spare=plan.spare
        )
        try:
            done = flash(
                wish, port, settings.paths, hall,
                lambda step, now, of: screen.report(name, step, now, of), stopping.is_set,
            )  # fmt: skip
            text = said(f"{name} siap", f"{name} is ready")
            if not done.ready:
                text = said(f"{name} sudah ditulis", f"{name} is written")
            counts = said(
                f"{done.written} berkas ditulis, {done.skipped} sudah sama",
                f"{done.written} files written, {done.skipped} were the same",
            )
            screen.end(name, f"{text} ({counts}).")
            well.append(name)
        except FlashError as error:
            text = said(error.text_id, error.text_en)
            text = text if text.startswith(name) else f"{name}: {text}"
            text = text if text.endswith((".", "?", "!")) else f"{text}."
            screen.end(name, f"{text} {said(error.next_id, error.next_en)}".rstrip())

    threads = [threading.Thread(target=work, args=chosen) for chosen in plans]
    # Ctrl-C: each ends where it is, and can be run again.
    before = signal.signal(signal.SIGINT, lambda *_: stopping.set())
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        signal.signal(signal.SIGINT, before)
    return 0 if len(well) == len(plans) else 1


def _told(error: "FlashError") -> int:
    text, then = said(error.text_id, error.text_en), said(error.next_id, error.next_en)
    return fail(f"{text}\n       {then}" if then else text)
