"""Jobs at this computer's USB ports, for the console: the same `flash()` as on the command line.

Each job has a thread. What it needs of the hall goes through the workshop's own connection: the
thread leaves its wish here and waits for the receipt.
"""

import json
import logging
import queue
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from boards.catalog import kinds, load_kind
from firmware.wire import codec, topics, words
from firmware.wire.codec import BadPayload
from gateway.config import ConfigError, Settings
from gateway.fleet.address import address
from gateway.fleet.flash.enrolment import check_receipt, enrolment
from gateway.fleet.flash.flash import flash
from gateway.fleet.flash.ports import find_ports, one_port
from gateway.fleet.flash.provision import certificate, uses_tls
from gateway.fleet.flash.recognise import chip_of
from gateway.fleet.flash.texts import PLEASE, STEPS, FlashError, flash_error
from gateway.fleet.flash.wifi import check_wifi, keep_wifi, kept_wifi
from gateway.fleet.flash.wish import FlashWish
from gateway.fleet.secrets import board_hashes, is_secret_of
from gateway.ports import served_board
from gateway.workshop.trade import Answerer, Ask, Heard, Now, Refused, Say, failed
from gateway.workshop.wishes import Wishes

_log = logging.getLogger(__name__)

RUNNING, DONE, FAILED, STOPPED = "running", "done", "failed", "stopped"
JOBS_KEPT = 16
_TURN_EVERY_MS = 200  # while a job runs: for its wishes, and for those who look
_RECEIPT_WITHIN_S = 15.0
_END_WITHIN_S = 3.0

# What to do where nothing better is known.
_AGAIN = (
    "Perbaiki itu, lalu pasang sekali lagi: yang sudah selesai tidak diulang.",
    "Put that right, then flash it once more: what is done is not done again.",
)
_Receipts = queue.SimpleQueue[dict[str, object]]


@dataclass(slots=True)
class _Job:
    number: str
    port: str
    board: str
    stopping: threading.Event = field(default_factory=threading.Event)
    step: str = "port"
    done: int = 0
    of: int = 0
    state: str = RUNNING
    said: tuple[str, str, str, str] = ("", "", "", "")  # text and next step, in id and en
    thread: threading.Thread | None = None

    def told(self) -> dict[str, object]:
        text_id, text_en, next_id, next_en = self.said
        if self.state == RUNNING:
            text_id, text_en = STEPS.get(self.step) or PLEASE[self.step]
        return {
            "job": self.number, "kind": "flash", "port": self.port, "board": self.board,
            "step": self.step, "steps": list(STEPS), "done": self.done, "of": self.of,
            "state": self.state, "text_id": text_id, "text_en": text_en, "next_id": next_id,
            "next_en": next_en,
        }  # fmt: skip


class Jobs:
    """The trade (workshop/trade.py): asks `ports`, `flash`, `flash_stop`; part `jobs`."""

    def __init__(self, settings: Settings, wishes: Wishes) -> None:
        self._wishes = wishes
        self.asks: dict[str, Answerer] = {
            "ports": self._ports,
            "flash": self._flash,
            "flash_stop": self._flash_stop,
        }
        self._settings = settings
        self._jobs: dict[str, _Job] = {}
        self._hall = _Hall(settings)
        self._turn_ms: int | None = None

    # The trade.

    def heard(self, message: Heard, now: Now) -> None:
        """Hear what the hall says of its boards."""
        if not message.board and message.leaf == "hall/boards":
            self._hall.boards(message.payload)

    def turn(self, now: Now) -> list[Say]:
        """Hand on what the jobs wish of the hall; `Wishes` says it."""
        busy = any(job.state == RUNNING for job in self._jobs.values())
        self._turn_ms = now.mono_ms + _TURN_EVERY_MS if busy else None
        self._hall.hand_on(self._wishes)
        return []

    def due_ms(self) -> int | None:
        """Give when the next turn is due."""
        return self._turn_ms

    def part(self) -> tuple[str, dict[str, object]]:
        """Give all jobs, the newest last."""
        return "jobs", {"jobs": [job.told() for job in self._jobs.values()]}

    def close(self) -> None:
        """Stop all jobs, and wait for them a moment."""
        for job in self._jobs.values():
            job.stopping.set()
        for job in self._jobs.values():
            if job.thread is not None:
                job.thread.join(_END_WITHIN_S)

    # Its asks.

    def _ports(self, ask: Ask, now: Now) -> dict[str, object]:
        mine = {job.port: job for job in self._jobs.values() if job.state == RUNNING}
        found = []
        for port in find_ports():
            job = mine.get(port.device)
            found.append(
                {
                    "device": port.device,
                    "product": port.product,
                    "serial_number": port.serial_number,
                    "chip": port.chip,
                    "in_use_by": f"flash {job.board}" if job else port.in_use_by,
                    "serves": served_board(self._settings.paths, port.device),
                }
            )
        return {
            "ports": found,
            "kinds": _kinds(),
            "networks": [ssid for ssid, _ in kept_wifi(self._settings.paths)],
        }

    def _flash(self, ask: Ask, now: Now) -> dict[str, object]:
        device = codec.read_str(ask.fields, "port", 1, 128)
        for job in self._jobs.values():
            if job.state == RUNNING and device == job.port:
                raise _refused(flash_error("claimed", port=device, by=job.board))
        try:
            port = one_port(device)
            wish = self._wish(ask)
        except FlashError as error:
            raise _refused(error) from error
        except ConfigError as error:
            raise Refused("bad_payload", error.text_id, str(error)) from error
        for job in self._jobs.values():
            if job.state == RUNNING and job.board == wish.board:
                raise _refused(flash_error("claimed", port=job.port, by=job.board))
        job = _Job(secrets.token_hex(4), port.device, wish.board)

        def work() -> None:
            def report(step: str, done: int, of: int) -> None:
                job.step, job.done, job.of = step, done, of

            try:
                flash(wish, port, self._settings.paths, self._hall, report, job.stopping.is_set)
                said = (f"{wish.board} siap.", f"{wish.board} is ready.", "", "")
                job.said, job.state = said, DONE
            except FlashError as error:
                job.said = (error.text_id, error.text_en, error.next_id, error.next_en)
                job.state = STOPPED if error.code == "stopped" else FAILED
            except Exception as error:  # noqa: BLE001 - told; else it would hold its port for ever
                _log.exception("the flash of %s ended", wish.board)
                again = failed(error)
                job.said = (again.text_id, again.text_en, *_AGAIN)
                job.state = FAILED

        self._jobs[job.number] = job
        while len(self._jobs) > JOBS_KEPT:
            ended = (number for number, old in self._jobs.items() if old.state != RUNNING)
            del self._jobs[next(ended, job.number)]
        job.thread = threading.Thread(target=work, name=f"flash {wish.board}", daemon=True)
        job.thread.start()
        return {"job": job.number}

    def _flash_stop(self, ask: Ask, now: Now) -> dict[str, object]:
        job = self._jobs.get(codec.read_str(ask.fields, "job", 1, 32))
        if job is None or job.state != RUNNING:
            raise Refused("unknown_job", "Pekerjaan itu tidak ada.", "There is no such job.")
        job.stopping.set()
        return {}

    def _wish(self, ask: Ask) -> FlashWish:
        fields = ask.fields
        board = codec.read_str(fields, "board", 1, topics.MAX_ID_CHARS)
        if not topics.is_board_id(board):
            raise BadPayload("board", "a-z first, then a-z, 0-9, - and _, and no reserved name")
        counter = fields.get("counter")
        host, port = address(self._settings)
        networks = _networks(fields.get("wifi"))
        if networks:
            check_wifi(networks)
            if fields.get("keep") is True:
                keep_wifi(self._settings.paths, networks)
        return FlashWish(
            board=board,
            kind=codec.read_str(fields, "kind", 1, 64),
            host=host,
            port=port,
            counter=None if counter is None else codec.read_int(fields, "counter", 1, 999),
            tls=uses_tls(self._settings),
            ca=certificate(self._settings, None),
            spare=fields.get("spare") is True,
            wifi=networks or kept_wifi(self._settings.paths),
            wifi_named=bool(networks),
            erase=fields.get("erase") is True,
        )


class _Hall:
    """The hall as jobs need it (fleet/flash: Hall): threads wait here for what the loop hears."""

    def __init__(self, settings: Settings) -> None:
        self._paths = settings.paths
        self._wished: queue.SimpleQueue[tuple[dict[str, object], _Receipts]] = queue.SimpleQueue()
        self._rows: dict[str, dict[str, Any]] = {}

    # From the loop.

    def boards(self, payload: bytes) -> None:
        with suppress(ValueError, KeyError, TypeError):
            self._rows = {row["board"]: row for row in json.loads(payload)["boards"]}

    def hand_on(self, wishes: Wishes) -> None:
        """Hand what the threads wish to those who say it."""
        while not self._wished.empty():
            event, receipts = self._wished.get()
            wishes.send(event, receipts.put)

    # From the jobs.

    def honours(self, board: str, secret: str) -> bool:
        found = board_hashes(self._paths).get(board)
        return found is not None and is_secret_of(secret, found)

    def enrol(self, wish: FlashWish, role: str, secret: str) -> None:
        receipts: _Receipts = queue.SimpleQueue()
        self._wished.put((enrolment(wish, role, secret, wish.board in self._rows), receipts))
        try:
            receipt = receipts.get(timeout=_RECEIPT_WITHIN_S)
        except queue.Empty:
            raise flash_error("hall", why=f"{_RECEIPT_WITHIN_S:.0f} s") from None
        check_receipt(receipt, wish)

    def life(self, board: str) -> int | None:
        row = self._rows.get(board, {})
        boot = row.get("greeted_boot")
        return boot if row.get("state") == words.READY and isinstance(boot, int) else None

    def show(self, board: str) -> None:
        event: dict[str, object] = {"ev": "board_cmd", "board": board, "cmd": words.IDENTIFY}
        self._wished.put((event, queue.SimpleQueue()))


@cache
def _kinds() -> list[dict[str, str]]:
    """Give what may be put on a board: its kind, role and chip."""
    every = [load_kind(name) for name in kinds()]
    return [
        {"kind": kind.kind, "role": kind.role, "chip": chip_of(kind)}
        for kind in every
        if chip_of(kind)
    ]


def _networks(given: object) -> tuple[tuple[str, str], ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise BadPayload("wifi", "a list of ssid and password is needed")
    networks = []
    for entry in given:
        if not isinstance(entry, dict):
            raise BadPayload("wifi", "a list of ssid and password is needed")
        networks.append(
            (codec.read_str(entry, "ssid", 1, 32), codec.read_str(entry, "password", 0, 63))
        )
    return tuple(networks)


def _refused(error: FlashError) -> Refused:
    return Refused(
        error.code,
        f"{error.text_id} {error.next_id}".strip(),
        f"{error.text_en} {error.next_en}".strip(),
    )
