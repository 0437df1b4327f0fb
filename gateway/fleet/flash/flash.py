"""`flash()`: from whatever hangs at a port to a board that has greeted its hall.

Order matters: nothing is written before all that can be judged is judged; the board's old secret
ends with its registration; what starts the firmware comes last; and anything may be interrupted and
simply be run again.
"""

import json
import logging
import time
from contextlib import nullcontext

from boards.catalog import CatalogError, Kind, load_kind
from gateway.config import ConfigError, Paths
from gateway.fleet.flash import interpreter, onboard, provision, sync
from gateway.fleet.flash.cable import Cable
from gateway.fleet.flash.firmware import Firmware, firmware_files
from gateway.fleet.flash.ports import UsbPort
from gateway.fleet.flash.recognise import Board, judge_chip, judge_interpreter, look_at
from gateway.fleet.flash.repl import BoardRaised, Repl
from gateway.fleet.flash.texts import FlashError, flash_error
from gateway.fleet.flash.wish import Flashed, FlashWish, Hall, Report, Stopping
from gateway.fleet.secrets import new_secret

MAIN = "/main.py"
BOOT = "/boot.json"
SLOTS = ("a", "b")
_LOOK_EVERY_S = 0.5
_HEARD_CHARS = 200
_log = logging.getLogger(__name__)


def flash(
    wish: FlashWish, port: UsbPort, paths: Paths, hall: Hall, report: Report, stopping: Stopping
) -> Flashed:
    """Make the board at `port` what is wished, and wait until it has greeted the hall.

    `report(step, done, of)` tells of progress; its steps are those of texts.STEPS, and of
    texts.PLEASE where a person has to do something. Raises FlashError, also for what nobody
    expected: whoever has a tray or a queue of boards goes on with the others.
    """
    try:
        return _flash(wish, port, paths, hall, report, stopping)
    except FlashError:
        raise
    except BoardRaised as error:
        raise flash_error("board_error", why=error) from error
    except ConfigError as error:
        raise flash_error("hall", why=error) from error
    except Exception as error:
        _log.error("%s at %s", wish.board, port.device, exc_info=error)
        raise flash_error("fault", why=f"{type(error).__name__}: {error}") from error


def _flash(
    wish: FlashWish, port: UsbPort, paths: Paths, hall: Hall, report: Report, stopping: Stopping
) -> Flashed:
    kind = _kind(wish.kind)
    report("port", 0, 1)
    if wish.interpreter is not None:
        # A module that waits in its bootloader has a drive and no port.
        with Cable(paths, port, stopping) if port.device else nullcontext():
            port = interpreter.write(wish, port, kind, report, stopping)
    with Cable(paths, port, stopping) as cable:
        repl = cable.reach(report, wish.reset_s)
        try:
            report("recognise", 0, 1)
            board = look_at(repl)
            _leave_others(wish, board, hall)
            judge_chip(board, kind)
            role = wish.role or kind.role
            firmware = firmware_files(paths, role, kind.kind, board.chip, wish.release)
            judge_interpreter(board, firmware.mpy, firmware.least)
            wish = provision.with_networks(wish, board)
            provision.check_way(wish, kind, board.chip)
            if wish.erase:
                sync.remove(repl, [path for path in board.files if path.count("/") == 1])
                board = look_at(repl)
            slot = board.boot.get("slot")
            slot = slot if slot in SLOTS else SLOTS[0]
            report("register", 0, 1)
            secret, is_new = _secret(wish, role, board, hall)
            written, skipped = _write(repl, wish, kind, board, firmware, slot, secret, report)
            report("restart", 0, 1)
            life = hall.life(wish.board)
            repl.leave(onboard.RESET)
        except BaseException:
            repl.resume()  # what was refused goes on as it was
            raise
        if wish.settle_s:
            if provision.uses_usb(kind):
                cable.let_go()  # it is the board's way to the hall: the bridge takes it now
            line = None if provision.uses_usb(kind) else cable
            _settle(wish, hall, (life, secret), line, report, stopping)
    return Flashed(
        wish.board, cable.port.device, board.chip, firmware.version, written, skipped, is_new,
        ready=wish.settle_s > 0,
    )  # fmt: skip


def _kind(name: str) -> Kind:
    try:
        return load_kind(name)
    except CatalogError as error:
        raise flash_error("bad_kind", why=error) from error


def _leave_others(wish: FlashWish, board: Board, hall: Hall) -> None:
    name, secret = board.settings.get("id"), board.settings.get("secret")
    if not wish.leave_others or name == wish.board:
        return
    if isinstance(name, str) and isinstance(secret, str) and hall.honours(name, secret):
        raise flash_error("other_board", has=name, board=wish.board)


def _secret(wish: FlashWish, role: str, board: Board, hall: Hall) -> tuple[str, bool]:
    # The one on the board stays if it is the one that the hall knows it by: an unchanged board is
    # not touched. Else a new one takes the place of any that was valid.
    secret = provision.kept_secret(wish, board)
    if secret and hall.honours(wish.board, secret):
        return secret, False
    secret = new_secret()
    hall.enrol(wish, role, secret)
    return secret, True


def _write(
    repl: Repl,
    wish: FlashWish,
    kind: Kind,
    board: Board,
    firmware: Firmware,
    slot: str,
    secret: str,
    report: Report,
) -> tuple[int, int]:
    files = {f"/{slot}/{path}": data for path, data in firmware.files.items()}
    ends = {
        provision.SETTINGS: provision.settings_of(wish, kind, board, secret),
        **_boot(board, slot),
        MAIN: firmware.main,
    }
    every = {**files, **ends}
    todo = sync.differing(board, every)
    gone = [*sync.stale(board, slot, every), *_leftovers(board)]
    if todo.keys() & files.keys() and MAIN in board.files:
        # Half a firmware shall not start: without this a board waits quietly to be written anew.
        gone.insert(0, MAIN)  # before anything that the old one needs
        todo[MAIN] = firmware.main
    if todo or gone:
        sync.make_room(repl, board, todo, slot, gone)
    for step, chosen in (("files", files), ("settings", ends)):
        some = {path: data for path, data in todo.items() if path in chosen}
        of, done = sum(map(len, some.values())), 0
        report(step, 0, of)

        def passed(size: int, step: str = step, of: int = of) -> None:
            nonlocal done
            done += size
            report(step, done, of)

        sync.write(repl, board, some, slot, passed)
    return len(todo), len(every) - len(todo)


def _boot(board: Board, slot: str) -> dict[str, bytes]:
    # A trial, an update on its way and crashes that were counted end with what is written now.
    now = board.boot.get("now") or {}
    if board.boot.get("slot") == slot and not (isinstance(now, dict) and now.keys() - {"done"}):
        return {}
    return {BOOT: json.dumps({"slot": slot, "now": {}}).encode()}


def _leftovers(board: Board) -> list[str]:
    # Settings on trial, and pieces of what was being written when the power went.
    return [path for path in ("/settings.new", "/boot.json.new") if path in board.files]


def _settle(
    wish: FlashWish,
    hall: Hall,
    former: tuple[int | None, str],
    cable: Cable | None,
    report: Report,
    stopping: Stopping,
) -> None:
    """Wait for the first accepted hello of a new life; raise FlashError with what was heard.

    `former` is the life before, and the secret that the board has now.
    """
    life, secret = former
    report("hello", 0, 0)
    began = time.monotonic()
    heard = b""
    while (passed_s := time.monotonic() - began) < wish.settle_s:
        if stopping():
            raise flash_error("stopped")
        now = hall.life(wish.board)
        if now is not None and now != life:
            if not hall.honours(wish.board, secret):
                # Somebody else made another board of this id meanwhile: that one has greeted.
                raise flash_error("overtaken", board=wish.board)
            hall.show(wish.board)
            return
        if cable is None:
            time.sleep(_LOOK_EVERY_S)
        else:
            heard += cable.listen(_LOOK_EVERY_S)
        report("hello", int(passed_s), int(wish.settle_s))
    raise _not_ready(wish, heard.decode(errors="replace"))


def _not_ready(wish: FlashWish, heard: str) -> FlashError:
    lines = [line.strip() for line in heard.splitlines() if line.strip().isprintable()]
    # A board tries again and again, and says the same each time.
    last = " | ".join(list(dict.fromkeys(filter(None, reversed(lines))))[:3][::-1])
    if len(last) > _HEARD_CHARS:
        last = "…" + last[-_HEARD_CHARS:]
    return flash_error(
        "not_ready",
        board=wish.board,
        within_s=int(wish.settle_s),
        heard_id=f" Kata papan: {last}" if last else "",
        heard_en=f" It said: {last}" if last else "",
    )
