"""The program in a real hall: a broker, a gateway and Blinka's board without hardware."""

import threading
from collections.abc import Iterator

import pytest

from gateway.config import DEMO_SITE
from gateway.gpio.blinka import BlinkaPins
from gateway.gpio.order import BY, REASON
from gateway.gpio.program import run
from tests.gpio.conftest import WIRING
from tests.gpio.conftest import Board as BlinkaBoard
from tests.support.rig import Board, Rig, stop
from tests.support.tools import wait_for

CHIME, STATUS, STOP, STOP_LAMP = 4, 3, 2, 0


class Program:
    """The program in a thread of this process."""

    def __init__(self, rig: Rig) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=run, args=(rig.settings, BlinkaPins(WIRING), self._stopping.is_set)
        )
        self._thread.start()

    def end(self) -> None:
        """End it; it must do so at once."""
        self._stopping.set()
        self._thread.join(5)
        assert not self._thread.is_alive()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A hall where consoles ask who somebody is; who stops a part of it starts it again."""
    folder = tmp_path_factory.mktemp("gpio")
    text = DEMO_SITE.read_text()
    assert "sign_in = false" in text
    site = folder / "site.toml"
    site.write_text(text.replace("sign_in = false", "sign_in = true"))
    with Rig(folder / "home", site) as rig:
        yield rig


@pytest.fixture
def rig(hall: Rig) -> Iterator[Rig]:
    """That hall, which all of a test's clients leave in the end."""
    yield hall
    hall.close_clients()


def _steady(board: BlinkaBoard) -> bool:
    def quiet() -> bool:
        # So many looks at the key are longer than the dark half of a slow blink.
        rises, reads = board.rises(STATUS), board.reads
        wait_for(lambda: board.reads > reads + 50, what="the program to go on")
        return bool(board.level(STATUS)) and board.rises(STATUS) == rises

    return wait_for(quiet, what="a steady status lamp")


def _hold(board: BlinkaBoard, until: str) -> None:
    rises = board.rises(STOP_LAMP)
    board.levels[STOP] = False
    try:
        if until == "lit":
            wait_for(lambda: board.rises(STOP_LAMP) > rises, what="the key's lamp to be lit")
        else:
            wait_for(lambda: not board.level(STOP_LAMP), what="the key's lamp to go out")
    finally:
        board.levels[STOP] = True
    reads = board.reads
    wait_for(lambda: board.reads > reads + 8, what="the program to see that the key was let go")


def test_a_call_rings_and_the_key_stops_the_hall(rig: Rig, board: BlinkaBoard) -> None:
    ticket = rig.adopt(Board(rig.settings.mqtt_port, "t-1", rig.add_board("t-1", "ticket")))
    counter = rig.adopt(Board(rig.settings.mqtt_port, "c-1", rig.add_board("c-1", "counter", 1)))
    console = rig.client("console")
    for _ in range(2):
        ticket.ask("take", queue="A")
    assert counter.ask("next")["ticket"] == "A001"
    console.wait("gw/hall/line", lambda p: p["calls"])
    program = Program(rig)
    try:
        wait_for(lambda: board.written, what="the pins")
        assert _steady(board)
        assert counter.ask("next")["ticket"] == "A002"
        wait_for(lambda: board.rises(CHIME) == 1, what="the chime")
        assert counter.ask("recall")["ticket"] == "A002"
        wait_for(lambda: board.rises(CHIME) == 2, what="the chime again")
        _hold(board, "lit")
        line = console.wait("gw/hall/line", lambda p: p["break"])
        assert line["break"]["name"] == REASON
        assert counter.ask("next")["why"] == "on_break"
        _hold(board, "dark")
        console.wait("gw/hall/line", lambda p: not p["break"])
        assert board.rises(CHIME) == 2
        assert rig.gateway is not None
        stop(rig.gateway)
        wait_for(lambda: not board.level(STATUS), what="the status lamp to blink")
        rises = board.rises(STOP_LAMP)
        board.levels[STOP] = False
        wait_for(lambda: board.rises(STOP_LAMP) == rises + 3, what="three flashes")
    finally:
        program.end()
    assert [board.level(pin) for pin in (CHIME, STATUS, STOP_LAMP)] == [0, 0, 0]
    assert f'"{BY}"' in rig.settings.paths.journal.read_bytes().decode(errors="replace")
    rig.start_gateway()
    rig.wait_ready()


def test_the_broker_and_the_gateway_may_come_and_go(rig: Rig, board: BlinkaBoard) -> None:
    program = Program(rig)
    try:
        wait_for(lambda: board.written, what="the pins")
        assert _steady(board)
        assert rig.broker is not None
        stop(rig.broker)
        wait_for(lambda: not board.level(STATUS), what="the status lamp to blink")
        rig.start_broker()
        rig.wait_ready()
        assert _steady(board)
    finally:
        program.end()


def test_the_keys_user_may_stop_the_hall_and_nothing_else(rig: Rig) -> None:
    def ask(number: int, **event: object) -> object:
        gpio.publish("up/event", {"key": f"k{number}", **event})
        receipt = gpio.wait("dn/receipt", lambda r: r["key"] == f"k{number}")
        return receipt["st"], receipt.get("why")

    gpio = rig.client("gpio")
    gpio.subscribe("loket/1/gpio/dn/receipt")
    assert ask(1, ev="break_start") == ("accepted", None)
    assert ask(2, ev="break_end") == ("accepted", None)
    wishes: list[dict[str, object]] = [
        {"ev": "next", "counter": 1},
        {"ev": "queue_close"},
        {"ev": "settings", "change": {"site": {"capacity": 1}}},
        {"ev": "board_retire", "board": "c-1"},
        {"ev": "correct", "inside": 1},
    ]
    for n, wish in enumerate(wishes, 3):
        assert ask(n, **wish) == ("refused", "not_allowed"), wish
    eyes = rig.client("cli")
    eyes.subscribe("loket/1/gw/hall/line")
    gpio.publish_raw("loket/1/console/up/event", {"key": "x", "ev": "break_start"})
    gpio.publish_raw("loket/1/gw/hall/line", {"epoch": 1, "rev": 10**9})
    assert ask(99, ev="break_end") == ("refused", "wrong_state")  # none of it was taken
    assert all(payload["rev"] < 10**9 for _, payload in eyes.take() if "rev" in (payload or {}))
