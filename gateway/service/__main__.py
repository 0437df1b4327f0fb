"""`python -m gateway.service`: the gateway process of a hall. Ends with 78 on wrong settings."""

import gc
import logging
import signal
import sys
from types import FrameType

from firmware.wire import codec, topics, words
from gateway.bus import Door
from gateway.config import EXIT_CONFIG, USER_GATEWAY, ConfigError, Settings
from gateway.domain.site import SiteBoard
from gateway.facility import Readings
from gateway.fleet.denied import DeniedSocket
from gateway.fleet.register import Register
from gateway.fleet.secrets import service_secret
from gateway.journal import JournalError
from gateway.service import machine_clock
from gateway.service.committer import Committer
from gateway.service.fleet_changes import FleetChanges
from gateway.service.listening import Listening
from gateway.service.parts import Parts
from gateway.service.service import Service
from gateway.service.site_file import SiteFile
from gateway.service.snapshot_keeper import SnapshotKeeper
from gateway.service.start import HallIsOpen, lock_writer, open_hall
from gateway.service.timekeeping import start_clock
from gateway.service.writer import Writer

_log = logging.getLogger("gateway")

# The command line is the writer of a stopped hall for a moment, which may be when we start.
_LOCK_WITHIN_S = 10.0
# Young garbage of a press is freed by counting; cycles are few, so are looked for seldom.
_GC_THRESHOLDS = (50_000, 20, 20)


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.from_env()
        with lock_writer(settings, _LOCK_WITHIN_S):
            _run(settings)
    except (ConfigError, HallIsOpen) as e:
        print(f"gateway: {e}", file=sys.stderr)
        return EXIT_CONFIG
    except JournalError as e:
        print(f"gateway: {e}", file=sys.stderr)
        return 1
    return 0


def _run(settings: Settings) -> None:
    register = Register(settings)
    _, system_ms = machine_clock.read()
    site_file = SiteFile(settings.site)
    writer, journal = open_hall(settings, register, system_ms, site_file.read)
    clock = start_clock(writer)
    mono_ms, utc_ms = clock.now()
    if settings.demo:
        _make_demo(settings, writer, register, utc_ms)
        writer.commit(utc_ms)
    state: dict[str, object] = {"s": words.LOST, "epoch": writer.epoch}
    door = Door(
        "127.0.0.1",
        settings.mqtt_port,
        USER_GATEWAY,
        service_secret(settings.paths, USER_GATEWAY),
        (topics.ALL_UP,),
        (topics.GW_STATE, codec.encode(state, codec.MAX_DOWN_BYTES)),
    )
    readings = Readings()
    listening = Listening(writer, readings)
    parts = Parts(
        writer.epoch, writer.faces, writer.presence, readings, settings.demo,
        settings.insecure_lan, listening.refusals,
    )  # fmt: skip
    fleet = FleetChanges(register.apply)
    door.watch(fleet.fileno(), fleet.woken)
    denied = DeniedSocket(settings.paths.denied_socket)

    def hear_broker() -> None:
        _, now_ms = clock.now()
        for who, what, detail in denied.read():
            listening.broker_said(who, what, detail, now_ms)

    door.watch(denied.fileno(), hear_broker)
    committer = Committer(journal)
    door.watch(committer.fileno(), committer.woken)
    service = Service(door, writer, committer, listening, parts, fleet, site_file.changed, clock)
    snapshots = SnapshotKeeper(settings, journal, mono_ms)
    writer.fleet_changed = True  # the broker's files may be older than the journal
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    # What was replayed stays: collecting it again and again would hold presses up.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    _log.info("epoch %d: %d boards, day %s", writer.epoch, len(writer.hall.boards), writer.hall.day)
    try:
        while not stopping:
            service.turn()
            snapshots.look(machine_clock.read()[0])
    finally:
        snapshots.close()
        committer.close()
        fleet.close()
        state = {"s": words.GONE, "epoch": writer.epoch}
        door.close((topics.GW_STATE, codec.encode(state, codec.MAX_DOWN_BYTES)))
        denied.close()
        site_file.close()
        journal.close()


def _make_demo(settings: Settings, writer: Writer, register: Register, utc_ms: int) -> None:
    from gateway.fleet.demo import make_demo_boards

    def add(board: SiteBoard, secret_hash: str) -> str | None:
        why = writer.add_board(board.id, board.role, board.counter, utc_ms)
        if why is None:
            register.keep(board.id, secret_hash)
        return why

    known = {b.id: (b.role, b.counter or None) for b in writer.hall.boards.values()}
    for problem in make_demo_boards(settings, writer.hall.site.boards, known, add, register.keep):
        _log.error("%s", problem)


if __name__ == "__main__":
    sys.exit(main())
