"""Boards that lie, vanish or break after they committed: a plan ends or stops, whatever they do."""

import json
import random

import pytest

from gateway.fleet import staging as st
from gateway.fleet.plan_json import from_json, to_json
from gateway.fleet.staging import Plan, Row, Said
from gateway.fleet.update_words import in_words


def _plan(boards: int, stages: tuple[int, ...] = (1,)) -> Plan:
    rows = [Row(f"b-{n:02}", 7, "1.0") for n in range(boards)]
    plan = Plan("p1", st.FIRMWARE, "1.0", 7, st.FIRMWARE, rows, stages, in_service=True)
    for row in rows:
        plan.hear_ready(row.board, True)
        plan.hear_number(row.board, 3)
    return plan


def _says(plan: Plan, board: str, state: str, got: int = 0, why: str = "") -> None:
    row = next(row for row in plan.rows if row.board == board)
    plan.hear_said(board, Said(row.offer, state, got, 100, why))


def _commits(plan: Plan, board: str) -> None:
    _says(plan, board, st.LOADED)
    _says(plan, board, st.COMMITTED)
    plan.hear_number(board, 7)


def _restarted(plan: Plan) -> Plan:
    return from_json(json.loads(json.dumps(to_json(plan))))


@pytest.mark.parametrize(
    "lies",
    [
        [(st.LOADING, 10), (st.LOADING, 20)],
        [(st.LOADING, 10), (st.LOADED, 0)],
        [(st.LOADED, 0), (st.TRIAL, 0)],
        [(st.LOADED, 0), (st.LOADING, 10), (st.LOADING, 20)],
        [(st.TRIAL, 0), (st.COMMITTED, 0), (st.LOADING, 10)],
        [(st.LOADING, 10), (st.CANCELLED, 0)],
    ],
    ids=str,
)
def test_what_goes_up_and_down_for_ever_ends_within_hours(lies: list[tuple[str, int]]) -> None:
    plan = _plan(1)
    for n in range(24 * 3_600 // 4):
        plan.step(4_000, False)
        if plan.state == st.STOPPED:
            break
        _says(plan, "b-00", *lies[n % len(lies)])
    assert (plan.state, plan.why, plan.rows[0].state) == (st.STOPPED, "b-00", st.FAILED)


def test_a_load_that_only_counts_up_ends_after_an_hour_in_words() -> None:
    plan = _plan(1)
    plan.step(1_000, False)
    for got in range(1, 3_600 // 5 + 2):
        _says(plan, "b-00", st.LOADING, got)
        orders = plan.step(5_000, False)
        if orders:
            break
        plan = _restarted(plan)
        plan.hear_ready("b-00", True)
    assert [order.cancel for order in orders] == [True]
    assert (plan.rows[0].state, plan.rows[0].why) == (st.FAILED, "endless")
    assert 700 < got < 722
    assert "hour" in str(in_words("endless")["why_en"])


def test_liars_of_any_sort_stall_no_plan() -> None:
    chance = random.Random(8)
    words = (st.LOADING, st.LOADED, st.TRIAL, st.COMMITTED, st.CANCELLED)
    for _ in range(2):
        plan = _plan(1)
        weights = [chance.random() for _ in words]
        for _ in range(24 * 720):
            plan.step(5_000, False)
            if plan.state == st.STOPPED:
                break
            (word,) = chance.choices(words, weights)
            _says(plan, "b-00", word, chance.randrange(1_000))
        assert plan.rows[0].state == st.FAILED


def test_a_word_that_crossed_our_call_back_fails_nobody() -> None:
    plan = _plan(1)
    plan.step(1_000, False)
    plan.stop()
    plan.step(1_000, False)
    plan.go()
    plan.step(1_000, False)
    # The board took the new offer for the one it was loading, and then obeyed the call-back.
    _says(plan, "b-00", st.LOADED)
    _says(plan, "b-00", st.CANCELLED)
    assert plan.rows[0].state == st.WAITING
    for _ in range(5):
        plan.step(5_000, False)
    assert (plan.rows[0].state, plan.rows[0].offer) == (st.OFFERED, "p1-3")


def test_a_board_that_crashes_after_it_committed_stops_the_others() -> None:
    plan = _plan(3, (1, 1))
    plan.step(1_000, False)
    _commits(plan, "b-00")
    plan.step(1_000, False)
    assert plan.rows[1].state == st.OFFERED
    plan.hear_said("b-00", Said("p1-1", st.ROLLED_BACK, 0, 0, "crash"))
    assert (plan.state, plan.why, plan.rows[0].state) == (st.STOPPED, "b-00", st.ROLLED_BACK)
    assert [o.row.board for o in plan.step(1_000, False) if o.cancel] == ["b-01"]


def test_nothing_goes_on_without_a_board_that_is_lost_right_after_it_committed() -> None:
    plan = _plan(3, (1,))
    plan.step(1_000, False)
    _commits(plan, "b-00")
    plan.hear_ready("b-00", False, lost=True)
    assert (plan.step(1_000, False), plan.rows[0].state) == ([], st.TRIAL)
    plan.hear_ready("b-00", True)  # only its network
    assert plan.rows[0].state == st.COMMITTED
    plan.hear_ready("b-00", False, lost=True)
    for _ in range(61):
        assert plan.step(5_000, False) == []
    assert (plan.state, plan.rows[0].why) == (st.STOPPED, "not_back")


def test_a_board_that_is_switched_off_later_or_leaves_in_good_order_is_done() -> None:
    plan = _plan(3, (1,))
    plan.step(1_000, False)
    _commits(plan, "b-00")
    plan.hear_ready("b-00", False)  # it sleeps
    assert len(plan.step(1_000, False)) == 2
    for _ in range(5):
        plan.step(30_000, False)
        for board in ("b-01", "b-02"):
            _says(plan, board, st.LOADING, plan.rows[1].got + 1)
    for _ in range(24):
        plan.step(5_000, False)
    plan.hear_ready("b-00", False, lost=True)
    assert plan.rows[0].state == st.COMMITTED


def test_one_that_comes_and_goes_after_it_committed_stops_it() -> None:
    plan = _plan(2, (1,))
    plan.step(1_000, False)
    _commits(plan, "b-00")
    for _ in range(10):
        plan.hear_ready("b-00", False, lost=True)
        plan.step(1_000, False)
        plan.hear_ready("b-00", True)
    assert (plan.state, plan.rows[0].state) == (st.STOPPED, st.FAILED)


def _lost_while_loading(plan: Plan, boards: int) -> None:
    for n in range(boards):
        plan.step(1_000, False)
        name = f"b-{n:02}"
        _says(plan, name, st.LOADING, 40)
        plan.hear_ready(name, False, lost=True)


def test_loading_does_not_kill_one_board_after_the_other() -> None:
    plan = _plan(20)
    _lost_while_loading(plan, 3)
    assert plan.step(1_000, False) == []
    assert (plan.state, plan.why, plan.rows[0].why) == (st.STOPPED, "b-00", "not_back")
    assert not plan.rows[3].offer


def test_where_the_power_was_cut_all_are_waited_for() -> None:
    plan = _plan(10)
    _lost_while_loading(plan, 3)
    for n in range(3, 7):
        plan.hear_ready(f"b-{n:02}", False, lost=True)
    plan.step(1_000, False)
    assert plan.state == st.RUNNING


def test_without_a_gateway_nothing_is_offered_or_tried() -> None:
    plan = _plan(2)
    plan.step(1_000, False)
    _says(plan, "b-00", st.LOADED)
    assert [o.cancel for o in plan.step(1_000, False, gateway_lost=True)] == [True]
    assert (plan.state, plan.why) == (st.WAITING, st.GATEWAY)
    assert [o.row.board for o in plan.step(1_000, False)] == ["b-00"]
