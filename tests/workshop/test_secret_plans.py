"""New secrets over the fleet, with boards that fail, a workshop and a gateway that die."""

import json
from pathlib import Path

import pytest

from gateway.fleet.secrets import change_board_hashes, hash_secret, write_private
from tests.workshop.gatekeeper import Guarded, Trialist


@pytest.fixture
def hall(tmp_path: Path) -> Guarded:
    return Guarded(tmp_path, Trialist("counter-01"), Trialist("counter-02"))


def rotations(hall: Guarded) -> list[str]:
    """Give the boards whose rotation is under way, as it is kept."""
    kept = json.loads((hall.paths.workshop / "rotations.json").read_text())
    return [one["board"] for one in kept["rotations"]]


def all_are_in(hall: Guarded) -> bool:
    """Whether each board is in, with what the broker honours."""
    return all(b.inside and hall.honoured[b.name] == b.secret for b in hall.devices)


def test_each_board_gets_a_secret_of_its_own(hall: Guarded) -> None:
    before = {board.secret for board in hall.devices}
    assert hall.ask("secret_start", boards=[])["st"] == "accepted"
    hall.pass_s(60)
    assert (hall.update["plan"]["kind"], hall.update["plan"]["state"]) == ("secret", "done")
    assert set(hall.states().values()) == {"committed"}
    after = {board.secret for board in hall.devices}
    assert len(before | after) == 4
    assert all_are_in(hall)
    assert rotations(hall) == []
    assert {w["ev"] for w in hall.wishes} == {"board_secret"}
    assert all(wish["same"] for wish in hall.wishes)  # their leases go on
    # No secret is left where it need not be.
    kept = "".join(f.read_text() for f in hall.paths.workshop.iterdir())
    assert not any(secret in kept for secret in before | after)


def test_a_board_that_does_not_get_through_has_its_old_secret_again(hall: Guarded) -> None:
    first, second = hall.devices
    old = first.secret
    first.reaches = False
    hall.ask("secret_start", boards=[])
    hall.pass_s(400)
    assert hall.states() == {"counter-01": "rolled_back", "counter-02": "waiting"}
    assert hall.update["plan"]["state"] == "stopped"
    assert (first.secret, second.link) == (old, 0)
    assert all_are_in(hall)
    assert rotations(hall) == []


@pytest.mark.parametrize(
    ("tells_refused", "addresses", "least_s", "most_s"),
    [
        (True, {}, 120, 130),
        (True, {"counter-01": "192.0.2.1", "counter-02": "192.0.2.2"}, 120, 130),
        # It may have been the other one.
        (True, {"counter-01": "192.0.2.1", "counter-02": "192.0.2.1"}, 145, 155),
        (False, {}, 145, 155),
    ],
)
def test_how_long_a_failed_trial_keeps_a_board_out(
    hall: Guarded, tells_refused: bool, addresses: dict[str, str], least_s: int, most_s: int
) -> None:
    board = hall.devices[0]
    board.reaches, hall.tells_refused, hall.addresses = False, tells_refused, addresses
    hall.ask("secret_start", boards=["counter-01"])
    while board.inside:
        hall.pass_s(1)
    began_ms = hall.now.mono_ms
    while not board.inside:
        hall.pass_s(1)
    assert least_s < (hall.now.mono_ms - began_ms) // 1_000 <= most_s


def test_a_board_that_comes_back_the_next_day_is_in_at_once_where_the_broker_tells(
    hall: Guarded,
) -> None:
    board = hall.devices[0]
    hall.ask("secret_start", boards=["counter-01"])
    while board.ready:
        hall.pass_s(1)
    board.stays = True
    hall.pass_s(12 * 600)  # its turns are ten minutes long by now
    board.stays = False
    came_ms = hall.now.mono_ms
    while not board.inside:
        hall.pass_s(1)
    assert (hall.now.mono_ms - came_ms) // 1_000 <= 30


@pytest.mark.parametrize("dies_after_s", [0, 1, 2, 3, 6])
@pytest.mark.parametrize("reaches", [True, False])
def test_the_workshop_dies_at_any_moment(hall: Guarded, dies_after_s: int, reaches: bool) -> None:
    hall.devices[0].reaches = reaches
    hall.ask("secret_start", boards=["counter-01"])
    hall.pass_s(dies_after_s)
    hall.start("run2")
    hall.pass_s(500)
    assert all_are_in(hall)
    assert rotations(hall) == []
    assert hall.states()["counter-01"] == ("committed" if reaches else "rolled_back")


def test_the_gateway_is_away_meanwhile(hall: Guarded) -> None:
    hall.gateway_is_up = False
    hall.ask("secret_start", boards=["counter-01"])
    hall.pass_s(60)
    hall.gateway_is_up = True
    hall.pass_s(600)
    assert all_are_in(hall)
    assert rotations(hall) == []


def test_a_board_that_is_silent_for_an_hour_gets_in_when_it_is_back(hall: Guarded) -> None:
    board = hall.devices[0]
    hall.ask("secret_start", boards=["counter-01"])
    while board.ready:
        hall.pass_s(1)
    board.stays = True
    hall.pass_s(3_600)
    assert hall.update["plan"]["state"] == "stopped"
    assert rotations(hall) == ["counter-01"]
    board.stays = False
    hall.pass_s(1_300)
    assert all_are_in(hall)
    assert rotations(hall) == []


def test_a_board_that_is_flashed_meanwhile_keeps_what_it_was_given(hall: Guarded) -> None:
    hall.ask("secret_start", boards=["counter-01"])
    while hall.devices[0].ready:
        hall.pass_s(1)
    hall.devices[0].stays = True
    hall.pass_s(20)
    flashed = hash_secret("by cable")
    change_board_hashes(hall.paths, lambda h: h.__setitem__("counter-01", flashed))
    before = len(hall.wishes)
    hall.pass_s(1_000)
    assert len(hall.wishes) == before
    assert rotations(hall) == []


@pytest.mark.parametrize(
    ("boards", "why"), [(["ghost"], "unknown_board"), (None, "bad_payload"), ([3], "bad_payload")]
)
def test_what_cannot_be_is_refused(hall: Guarded, boards: object, why: str) -> None:
    answer = hall.ask("secret_start", boards=boards)
    assert (answer["st"], answer["why"]) == ("refused", why)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"rotations": [3]}', '{"rotations": [{}]}'])
def test_a_torn_file_is_given_up_and_told(
    hall: Guarded, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (hall.paths.workshop / "rotations.json").write_text(text)
    hall.start("run2")
    hall.ask("secret_start", boards=[])
    hall.pass_s(60)
    assert all_are_in(hall)
    assert "rotations.json cannot be read" in caplog.text


def test_a_board_is_not_blamed_for_a_full_disk(
    hall: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []

    def full(file: Path, text: str) -> None:
        if offered:
            raise OSError(28, "No space left on device")
        offered.append(text)
        write_private(file, text)

    with monkeypatch.context() as while_full:
        while_full.setattr("gateway.workshop.secret_plans.write_private", full)
        hall.ask("secret_start", boards=["counter-01"])
        hall.pass_s(300)
        # It is given nothing that a restart would not know of.
        assert hall.devices[0].inside
        assert hall.update["plan"]["state"] == "running"
        assert hall.update["plan"]["boards"][0]["why"] == "disk"
    hall.pass_s(60)
    assert set(hall.states().values()) == {"committed"}
    assert all_are_in(hall)
