"""A plan as JSON: kept across a restart, and as pages show it."""

import json
from dataclasses import fields

from firmware.wire import codec
from firmware.wire.codec import MAX_INT, BadPayload
from gateway.fleet.staging import (
    COMMITTED,
    DONE,
    ENDED,
    FAILED,
    LOADED,
    LOADING,
    OFFERED,
    RUNNING,
    STOPPED,
    TRIAL,
    WAITING,
    Plan,
    Row,
    Said,
    check_stages,
)
from gateway.fleet.update_words import in_words

_ROW_STATES = (WAITING, OFFERED, LOADING, LOADED, TRIAL, *ENDED)
_PLAN_STATES = (RUNNING, WAITING, STOPPED, DONE)
_WORD = 200
# What is more to people than a change of a board's link: told by who makes it.
_SORTS = ("secret", "replace", "rename")
# What is left out where the whole would be too long, one after another, of boards in these states.
_QUIET = (WAITING, COMMITTED)
_LEFT_OUT = (
    (_QUIET, ("number", "why_id", "why_en")),
    (_QUIET, ("got", "size")),
    (_ROW_STATES, ("number", "why_id", "why_en")),
    (_ROW_STATES, ("got", "size", "as_board")),
)
# A board's words on `up/update`.
_SAID = (LOADING, LOADED, TRIAL, COMMITTED, "rolled_back", "refused", FAILED, "cancelled")


def read_said(payload: dict[str, object]) -> Said:
    """Give what an `up/update` says; raises BadPayload."""
    got = 0 if payload.get("got") is None else codec.read_int(payload, "got", 0, MAX_INT)
    size = 0 if payload.get("size") is None else codec.read_int(payload, "size", 0, MAX_INT)
    why = "" if payload.get("why") is None else codec.read_str(payload, "why", 0, 64)
    offer = codec.read_str(payload, "id", 1, 64)
    return Said(offer, codec.read_choice(payload, "st", _SAID), got, size, why)


def to_json(plan: Plan) -> dict[str, object]:
    """Give all of a plan that `from_json` needs."""
    kept = {f.name: getattr(plan, f.name) for f in fields(plan) if not f.name.startswith("_")}
    kept["rows"] = [{f.name: getattr(row, f.name) for f in fields(row)} for row in plan.rows]
    return {**kept, "stages": list(plan.stages)}


def from_json(kept: dict[str, object]) -> Plan:
    """Give the plan that `to_json` gave; raises BadPayload for anything else."""
    rows = kept.get("rows")
    data, stages = kept.get("data"), kept.get("stages")
    if not isinstance(rows, list) or not isinstance(data, dict) or not isinstance(stages, list):
        raise BadPayload("rows", "a kept plan with rows, data and stages is needed")
    try:
        sizes = check_stages(stages)
    except ValueError as error:
        raise BadPayload("stages", str(error)) from error
    return Plan(
        codec.read_str(kept, "id", 1, 64),
        codec.read_str(kept, "kind", 1, 32),
        codec.read_str(kept, "version", 0, _WORD),
        codec.read_int(kept, "number", 0, MAX_INT),
        codec.read_str(kept, "maker", 1, 32),
        [_row(row) for row in rows],
        sizes,
        codec.read_bool(kept, "in_service"),
        data,
        codec.read_choice(kept, "state", _PLAN_STATES),
        codec.read_str(kept, "why", 0, _WORD),
        codec.read_int(kept, "stage", 0, 10),
        codec.read_int(kept, "offers_made", 0, MAX_INT),
        codec.read_int(kept, "absent_ms", 0, MAX_INT),
    )


def shown(plan: Plan) -> dict[str, object]:
    """Give a plan as the part `update` has it."""
    return {
        "id": plan.id,
        "kind": plan.maker if plan.maker in _SORTS else plan.kind,
        "version": plan.version,
        "number": plan.number,
        "state": plan.state,
        **_plan_words(plan),
        "in_service": plan.in_service,
        "stage": plan.stage,
        "stages": list(plan.stages),
        "boards": [
            {
                "board": row.board,
                **({"as_board": row.as_board} if row.as_board else {}),
                "number": row.number,
                "state": row.state,
                "got": row.got,
                "size": row.size,
                **in_words(row.why),
            }
            for row in plan.rows
        ],
    }


def fitting(plan: dict[str, object], most_bytes: int) -> dict[str, object]:
    """Give what `shown` gave, short enough: of the largest halls' boards less is told.

    First of those that wait or are done, whose word (`why`) is enough, then of all.
    """
    rows = plan["boards"]
    for states, names in _LEFT_OUT:
        if not isinstance(rows, list) or len(_json({**plan, "boards": rows})) <= most_bytes:
            break
        rows = [
            {k: v for k, v in row.items() if k not in names} if row["state"] in states else row
            for row in rows
        ]
    return {**plan, "boards": rows}


def _json(plan: dict[str, object]) -> str:
    return json.dumps(plan, separators=(",", ":"))


def _plan_words(plan: Plan) -> dict[str, object]:
    # A plan that stopped by itself names the board.
    if not any(plan.why == row.board for row in plan.rows):
        return in_words(plan.why)
    return {
        "why": plan.why,
        "why_id": f"Berhenti: {plan.why} gagal. Lihat papan itu, lalu lanjutkan atau biarkan.",
        "why_en": f"Stopped: {plan.why} failed. Look at that board, then go on or leave it.",
    }


def _row(row: object) -> Row:
    if not isinstance(row, dict):
        raise BadPayload("rows", "a list of objects is needed")
    return Row(
        codec.read_str(row, "board", 1, 64),
        codec.read_int(row, "number", 0, MAX_INT),
        codec.read_str(row, "version", 0, _WORD),
        codec.read_str(row, "as_board", 0, 64),
        codec.read_str(row, "offer", 0, 64),
        codec.read_choice(row, "state", _ROW_STATES),
        codec.read_str(row, "why", 0, _WORD),
        codec.read_int(row, "got", 0, MAX_INT),
        codec.read_int(row, "size", 0, MAX_INT),
        codec.read_bool(row, "said_committed"),
        codec.read_int(row, "spent_ms", 0, MAX_INT),
        codec.read_int(row, "offers", 0, MAX_INT),
        codec.read_int(row, "busy", 0, MAX_INT),
        codec.read_int(row, "unheard", 0, MAX_INT),
        # A plan may have been kept by a Loket that did not count these.
        0 if row.get("lost") is None else codec.read_int(row, "lost", 0, MAX_INT),
        0 if row.get("furthest") is None else codec.read_int(row, "furthest", 0, MAX_INT),
        codec.read_bool(row, "anew"),
        0 if row.get("under_way_ms") is None else codec.read_int(row, "under_way_ms", 0, MAX_INT),
    )
