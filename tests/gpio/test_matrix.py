"""The small matrix: the last call, blinking when it is new, and dots for a gateway that is away."""

from firmware.core.sign import Sign
from gateway.gpio.desk import AWAY_TEXT
from tests.gpio.stand import Scene


def glass(text: str, width: int, dot: bool = False) -> bytes:
    """Give the frame of a text that fits."""
    sign = Sign(width)
    sign.show(text, 0)
    sign.dot(dot, 0)
    frame = sign.render(0)
    assert frame is not None
    return bytes(frame)


def frames(hall: Scene) -> list[bytes]:
    assert hall.pins.matrix is not None
    return hall.pins.matrix.frames


def test_it_shows_the_last_call_and_blinks_when_it_is_new() -> None:
    hall = Scene(width=64)
    hall.open(("A001", 3, 1))
    assert frames(hall)[-1] == glass("A001 3", 64)
    hall.turn(5_000)
    count = len(frames(hall))
    hall.line(("B012", 12, 1), ("A001", 3, 1))
    hall.turn(11_000)
    shown = frames(hall)[count:]
    assert shown[-1] == glass("B012 12", 64)
    assert shown[0] == glass("B012 12", 64)
    assert len([frame for frame in shown if not any(frame)]) == 20  # ten seconds, twice a second
    hall.turn(5_000)
    assert frames(hall)[count:] == shown


def test_a_recall_blinks_too() -> None:
    hall = Scene(width=64)
    hall.open(("A001", 3, 1))
    count = len(frames(hall))
    hall.line(("A001", 3, 2))
    hall.turn(2_000)
    assert bytes(64) in frames(hall)[count:]


def test_no_old_number_while_the_gateway_is_away() -> None:
    hall = Scene(width=32)
    hall.turn(100)
    assert frames(hall)[-1] == glass(AWAY_TEXT, 32, dot=True)
    hall.open(("A1", 3, 1))
    assert frames(hall)[-1] == glass("A1 3", 32)
    hall.state("lost")
    hall.turn(100)
    assert frames(hall)[-1] == glass(AWAY_TEXT, 32, dot=True)
    hall.state()
    hall.turn(100)
    assert frames(hall)[-1] == glass("A1 3", 32)  # it was known before: no blinking
    hall.line()
    hall.turn(100)
    assert not any(frames(hall)[-1])
