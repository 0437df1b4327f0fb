"""A change over many boards: one, a few, all; what stops it, what it waits for, what it skips."""

import json
import random

import pytest

from firmware.wire import codec
from firmware.wire.codec import MAX_HALL_BYTES
from gateway.fleet import staging as st
from gateway.fleet.plan_json import fitting, from_json, read_said, shown, to_json
from gateway.fleet.staging import Plan, Row, Said
from gateway.fleet.update_words import in_words


def _plan(boards: int, stages: tuple[int, ...] = (1, 5), in_service: bool = True) -> Plan:
    rows = [Row(f"b-{n:02}", 7, "1.0") for n in range(boards)]
    plan = Plan("p1", st.FIRMWARE, "1.0", 7, st.FIRMWARE, rows, stages, in_service)
    for row in rows:
        plan.hear_ready(row.board, True)
        plan.hear_number(row.board, 3)
    return plan


def _offered(plan: Plan, elapsed_ms: int = 1_000, open_now: bool = False) -> list[str]:
    return [o.row.board for o in plan.step(elapsed_ms, open_now) if not o.cancel]


def _says(plan: Plan, board: str, state: str, got: int = 0, why: str = "") -> None:
    row = next(row for row in plan.rows if row.board == board)
    plan.hear_said(row.name_after, Said(row.offer, state, got, 100, why))


def _succeeds(plan: Plan, board: str) -> None:
    _says(plan, board, st.LOADING, 50)
    _says(plan, board, st.LOADED)
    plan.hear_ready(board, False)
    _says(plan, board, st.TRIAL)
    _says(plan, board, st.COMMITTED)
    plan.hear_number(board, 7)
    plan.hear_ready(board, True)


def _states(plan: Plan) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in plan.rows:
        found[row.state] = found.get(row.state, 0) + 1
    return found


def test_one_then_five_then_all_with_a_bound() -> None:
    plan = _plan(20)
    assert _offered(plan) == ["b-00"]
    assert _offered(plan) == []
    _succeeds(plan, "b-00")
    assert _offered(plan) == [f"b-{n:02}" for n in range(1, 6)]
    for n in range(1, 5):
        _succeeds(plan, f"b-{n:02}")
        assert _offered(plan) == []  # the stage is whole before the next begins
    _succeeds(plan, "b-05")
    assert len(_offered(plan)) == st.AT_ONCE_MOST
    assert (plan.stage, plan.state) == (2, st.RUNNING)
    while plan.state == st.RUNNING:
        for row in plan.rows:
            if row.state == st.OFFERED:
                _succeeds(plan, row.board)
        plan.step(1_000, False)
    assert _states(plan) == {st.COMMITTED: 20}
    assert (plan.state, plan.is_over) == (st.DONE, True)


def test_a_large_first_stage_still_goes_one_by_one() -> None:
    plan = _plan(5, (3,))
    assert _offered(plan) == ["b-00"]
    _succeeds(plan, "b-00")
    assert _offered(plan) == ["b-01"]


def test_without_stages_all_go_at_once_within_the_bound() -> None:
    assert len(_offered(_plan(20, ()))) == st.AT_ONCE_MOST


@pytest.mark.parametrize("missing", ["word", "number", "ready"])
def test_committed_is_said_and_seen(missing: str) -> None:
    plan = _plan(2)
    _offered(plan)
    _says(plan, "b-00", st.TRIAL)
    plan.hear_ready("b-00", False)
    if missing != "word":
        _says(plan, "b-00", st.COMMITTED)
    if missing != "number":
        plan.hear_number("b-00", 7)
    if missing != "ready":
        plan.hear_ready("b-00", True)
    assert _offered(plan) == []
    assert plan.rows[0].state != st.COMMITTED


@pytest.mark.parametrize("how", [st.ROLLED_BACK, st.FAILED, st.REFUSED])
def test_it_stops_by_itself_and_the_others_are_called_back(how: str) -> None:
    plan = _plan(20, (1, 5))
    _offered(plan)
    _succeeds(plan, "b-00")
    _offered(plan)
    _says(plan, "b-01", st.LOADING, 10)
    _says(plan, "b-02", st.TRIAL)
    _says(plan, "b-03", how, why="crash")
    orders = plan.step(1_000, False)
    assert sorted(o.row.board for o in orders if o.cancel) == ["b-01", "b-04", "b-05"]
    assert not [o for o in orders if not o.cancel]
    assert (plan.state, plan.why, plan.rows[3].why) == (st.STOPPED, "b-03", "crash")
    assert not plan.is_over  # one is on trial: it judges itself
    _succeeds(plan, "b-02")
    assert plan.rows[2].state == st.COMMITTED
    assert plan.is_over
    assert plan.step(60_000, False) == []
    # Whoever looked at it goes on without that one: the stage is filled up by others.
    plan.go()
    assert _offered(plan) == ["b-01", "b-04", "b-05", "b-06"]
    plan.step(1_000, False)
    assert plan.rows[3].state == how


def test_after_a_failed_first_one_another_is_the_first() -> None:
    plan = _plan(4)
    _offered(plan)
    _says(plan, "b-00", st.FAILED, why="hash")
    plan.step(1_000, False)
    plan.go()
    assert _offered(plan) == ["b-01"]


def test_never_in_service_hours_unless_told() -> None:
    plan = _plan(3, (1,), in_service=False)
    assert _offered(plan, open_now=True) == []
    assert (plan.state, plan.why) == (st.WAITING, st.HOURS)
    assert _offered(plan, open_now=False) == ["b-00"]
    _says(plan, "b-00", st.LOADING, 10)
    # The doors open meanwhile: what has not restarted yet waits for the evening.
    orders = plan.step(1_000, True)
    assert [(o.row.board, o.cancel) for o in orders] == [("b-00", True)]
    assert _states(plan) == {st.WAITING: 3}
    assert plan.step(3_600_000, True) == []
    assert _offered(plan, open_now=False) == ["b-00"]
    assert plan.rows[0].offer == "p1-2"  # another offer: the first one was called off
    plan.in_service = True
    assert _offered(plan, open_now=True) == []
    assert plan.state == st.RUNNING


def test_what_was_called_back_too_late_still_counts() -> None:
    plan = _plan(2, (1,), in_service=False)
    _offered(plan)
    _says(plan, "b-00", st.LOADED)
    plan.step(1_000, True)
    assert plan.rows[0].state == st.WAITING
    _succeeds(plan, "b-00")  # its restart was faster
    assert plan.rows[0].state == st.COMMITTED


def test_stop_and_go_by_hand() -> None:
    plan = _plan(3)
    _offered(plan)
    plan.stop()
    assert [o.cancel for o in plan.step(1_000, False)] == [True]
    assert (plan.state, plan.why) == (st.STOPPED, st.BY_HAND)
    assert plan.step(1_000, False) == []
    plan.go()
    assert _offered(plan) == ["b-00"]


def test_boards_that_are_away_are_offered_when_they_come() -> None:
    plan = _plan(3, (1,))
    plan.hear_ready("b-00", False)
    assert _offered(plan) == ["b-01"]
    assert plan.rows[0].why == st.ABSENT
    _succeeds(plan, "b-01")
    assert _offered(plan) == ["b-02"]
    _succeeds(plan, "b-02")
    assert _offered(plan) == []
    plan.hear_ready("b-00", True)
    assert _offered(plan) == ["b-00"]
    _succeeds(plan, "b-00")
    plan.step(1_000, False)
    assert plan.state == st.DONE


def test_who_never_comes_is_skipped_and_listed() -> None:
    plan = _plan(2, (1,))
    plan.hear_ready("b-00", False)
    _offered(plan)
    _succeeds(plan, "b-01")
    for _ in range(st.ABSENT_MOST_MS // 5_000 + 2):
        plan.step(5_000, False)
    assert (plan.rows[0].state, plan.rows[0].why) == (st.SKIPPED, st.ABSENT)
    assert plan.state == st.DONE


def test_a_board_that_goes_while_it_loads_goes_on_with_the_same_offer() -> None:
    plan = _plan(2, (1,))
    _offered(plan)
    _says(plan, "b-00", st.LOADING, 40)
    plan.hear_ready("b-00", False)
    assert plan.rows[0].state == st.WAITING
    assert _offered(plan) == ["b-01"]  # nobody waits for it
    _succeeds(plan, "b-01")
    plan.hear_ready("b-00", True)
    assert _offered(plan) == ["b-00"]
    assert plan.rows[0].offer == "p1-1"


def test_one_that_always_sleeps_before_it_answers_is_left_out() -> None:
    plan = _plan(1)
    offers = 0
    for _ in range(60):
        plan.hear_ready("b-00", True)
        offers += len(_offered(plan))
        plan.hear_ready("b-00", False)
    plan.step(1_000, False)
    assert (offers, plan.rows[0].state, plan.rows[0].why) == (50, st.SKIPPED, "unheard")
    assert plan.state == st.DONE


def test_a_board_that_is_busy_is_asked_again_later() -> None:
    plan = _plan(1)
    _offered(plan)
    _says(plan, "b-00", st.REFUSED, why=st.BUSY)
    assert (plan.rows[0].state, plan.rows[0].why) == (st.WAITING, st.BUSY)
    assert [_offered(plan, 5_000) for _ in range(4)].count(["b-00"]) == 1
    assert plan.state == st.RUNNING


def test_a_board_that_has_it_already_is_done() -> None:
    plan = _plan(1)
    _offered(plan)
    plan.hear_number("b-00", 7)
    _says(plan, "b-00", st.REFUSED, why="already")
    assert plan.rows[0].state == st.COMMITTED


@pytest.mark.parametrize(
    ("state", "after_s", "why"),
    [
        (st.OFFERED, 40, "no_answer"),
        (st.LOADING, 120, "stuck"),
        (st.LOADED, 730, "no_restart"),
        (st.TRIAL, 310, "no_outcome"),
    ],
)
def test_nothing_is_waited_for_for_ever(state: str, after_s: int, why: str) -> None:
    plan = _plan(2)
    _offered(plan)
    if state != st.OFFERED:
        _says(plan, "b-00", state, 10)
    again = 0
    for _ in range(after_s - 15):
        again += len(plan.step(1_000, False))
    assert plan.rows[0].state == state
    for _ in range(30):
        plan.step(1_000, False)
    assert (plan.rows[0].state, plan.rows[0].why) == (st.FAILED, why)
    assert plan.state == st.STOPPED
    assert again == (2 if state == st.OFFERED else 3 if state == st.LOADING else 0)


def test_a_board_that_does_not_come_back_is_told_apart() -> None:
    plan = _plan(1)
    _offered(plan)
    _says(plan, "b-00", st.TRIAL)
    plan.hear_ready("b-00", False)
    for _ in range(301):
        plan.step(1_000, False)
    assert plan.rows[0].why == "not_back"


def test_a_machine_that_slept_fails_nobody() -> None:
    plan = _plan(1)
    _offered(plan)
    _says(plan, "b-00", st.LOADING, 10)
    plan.step(10 * 3_600_000, False)
    assert plan.rows[0].state == st.LOADING


def test_progress_is_what_keeps_a_transfer_alive() -> None:
    plan = _plan(1)
    _offered(plan)
    for got in range(200):
        _says(plan, "b-00", st.LOADING, got)
        assert plan.step(5_000, False) == []
    assert plan.rows[0].state == st.LOADING


def test_words_about_another_offer_are_no_news() -> None:
    plan = _plan(1)
    _offered(plan)
    plan.hear_said("b-00", Said("p0-1", st.FAILED, 0, 0, "hash"))
    plan.hear_said("stranger", Said("p1-1", st.FAILED, 0, 0, "hash"))
    assert (plan.rows[0].state, plan.state) == (st.OFFERED, st.RUNNING)


def test_a_board_may_come_back_under_another_name() -> None:
    plan = _plan(1)
    plan.rows[0].as_board = "c-01"
    _offered(plan)
    _says(plan, "b-00", st.LOADED)
    plan.hear_ready("b-00", False)
    _says(plan, "b-00", st.COMMITTED)  # said as c-01
    plan.hear_number("c-01", 7)
    assert plan.rows[0].state == st.TRIAL
    plan.hear_ready("c-01", True)
    assert plan.rows[0].state == st.COMMITTED


def test_whatever_is_said_in_whatever_order_it_ends_and_never_offers_in_hours() -> None:
    chance = random.Random(5)
    words = (st.LOADING, st.LOADED, st.TRIAL, st.COMMITTED, st.ROLLED_BACK, st.FAILED, "cancelled")
    for _ in range(20):
        plan = _plan(6, chance.choice([(), (1,), (2, 2), (9,)]), in_service=False)
        for _ in range(400):
            board = f"b-{chance.randrange(6):02}"
            pick = chance.random()
            if pick < 0.5:
                _says(plan, board, chance.choice(words[:4] if pick < 0.45 else words), 3)
            elif pick < 0.7:
                plan.hear_ready(board, chance.random() < 0.7)
            elif pick < 0.8:
                plan.hear_number(board, chance.choice([3, 7]))
            hours = chance.random() < 0.2
            orders = plan.step(chance.choice([0, 1_000, 5_000]), hours)
            if hours:
                assert all(order.cancel for order in orders)
            under_way = [r for r in plan.rows if r.state in (st.OFFERED, st.LOADING)]
            assert len(under_way) <= st.AT_ONCE_MOST
            kept = json.loads(json.dumps(to_json(plan)))
            assert to_json(from_json(kept)) == kept
            shown(plan)
            if plan.state == st.STOPPED:
                plan.go()
        for _ in range(2):
            for row in plan.rows:
                if row.state not in st.ENDED:
                    row.state = st.WAITING
                    plan.hear_ready(row.board, False)
            plan.absent_ms = st.ABSENT_MOST_MS
            plan.go()
            plan.step(1_000, False)
        assert plan.state == st.DONE


def test_a_kept_plan_goes_on_where_it_was() -> None:
    plan = _plan(9, (1, 2))
    _offered(plan)
    _succeeds(plan, "b-00")
    _offered(plan)
    again = from_json(json.loads(json.dumps(to_json(plan))))
    for row in again.rows:
        again.hear_ready(row.board, True)
    assert again.step(1_000, False) == []
    _succeeds(again, "b-01")
    _succeeds(again, "b-02")
    assert len(_offered(again)) == st.AT_ONCE_MOST


def test_a_plan_is_shown_in_words_of_both_languages() -> None:
    plan = _plan(2)
    _offered(plan)
    _says(plan, "b-00", st.REFUSED, why="older")
    part = shown(plan)
    assert (part["state"], part["why"]) == (st.STOPPED, "b-00")
    assert "b-00" in str(part["why_id"])
    boards = part["boards"]
    assert isinstance(boards, list)
    assert boards[0]["why_en"].startswith("The board refuses: this firmware is older")
    assert boards[1]["why"] == ""
    assert in_words("word_of_tomorrow")["why_id"] == "word_of_tomorrow"


@pytest.mark.parametrize("stages", [[0], ["1"], [True], [1] * 11, [1_001], [1.0]])
def test_stages_that_are_none_are_refused(stages: list[object]) -> None:
    with pytest.raises(ValueError, match="sizes of stages"):
        st.check_stages(stages)


def test_what_boards_say_is_checked() -> None:
    said = read_said({"id": "x", "st": "loading", "got": 5, "size": 9, "why": ""})
    assert said == Said("x", "loading", 5, 9, "")
    assert read_said({"id": "x", "st": "committed"}) == Said("x", "committed", 0, 0, "")


def _breaks_off(plan: Plan, got: int) -> None:
    _offered(plan)
    _says(plan, "b-00", st.LOADING, got)
    plan.hear_ready("b-00", False)
    plan.step(1_000, False)
    plan.hear_ready("b-00", True)


def test_a_board_that_breaks_down_whenever_it_loads_stops_the_update() -> None:
    plan = _plan(1)
    for _ in range(10):
        _breaks_off(plan, 40)
    assert (plan.rows[0].state, plan.rows[0].why) == (st.FAILED, "stuck")
    assert (plan.state, plan.why) == (st.STOPPED, "b-00")


def test_a_board_whose_load_goes_on_after_each_break_gets_through() -> None:
    plan = _plan(1)
    for got in range(0, 100, 2):
        _breaks_off(plan, got)
        plan = from_json(json.loads(json.dumps(to_json(plan))))
        plan.hear_ready("b-00", True)
        plan.hear_number("b-00", 3)
    _offered(plan)
    _succeeds(plan, "b-00")
    assert plan.rows[0].state == st.COMMITTED


def test_a_plan_of_before_breaks_were_counted_goes_on() -> None:
    kept = json.loads(json.dumps(to_json(_plan(2))))
    for row in kept["rows"]:
        del row["lost"], row["furthest"]
    assert to_json(from_json(kept)) == to_json(_plan(2))


@pytest.mark.parametrize("why", [st.ABSENT, "no_hello"])
def test_a_plan_of_the_largest_hall_can_be_shown(why: str) -> None:
    plan = _plan(1_000)
    for n, row in enumerate(plan.rows):
        row.board, row.version, row.got, row.size = (
            f"dispenser-{n:03}",
            "1.4.0-1a2b3c4d",
            9**6,
            9**6,
        )
        row.state, row.why = (st.WAITING if why == st.ABSENT else st.ROLLED_BACK), why
    plan.rows[0].state, plan.rows[0].why = st.ROLLED_BACK, "crash"
    part = fitting(shown(plan), MAX_HALL_BYTES - 256)
    assert len(codec.encode({"plan": part, "utc_ms": 9**14}, MAX_HALL_BYTES)) <= MAX_HALL_BYTES
    rows = part["boards"]
    assert isinstance(rows, list)
    assert {row["why"] for row in rows} == {why, "crash"}
    plan.rows = plan.rows[:230]
    rows = fitting(shown(plan), MAX_HALL_BYTES - 256)["boards"]
    assert isinstance(rows, list)
    assert "crash" in rows[0]["why_en"]  # where there is room, what is wrong is told in words
