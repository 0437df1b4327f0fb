"""The closed lists of the contract: every word that may stand in a payload's state or reason."""

from firmware.wire.board_words import (
    ACCEPTED,
    BEAT_EVERY_MS,
    BEATS_MISSED,
    CONTRACT_MINOR,
    FACE_PAUSED,
    FACE_STATES,
    GATEWAY_STATES,
    GONE,
    HEALTH_EVERY_MS,
    INIT,
    LATE,
    LOST,
    NEXT_LOCK_MS,
    NOBODY_WAITING,
    ORDER_GIVE_UP_MS,
    READY,
    REFUSED,
    SLEEPING,
)

# What this file gives on, besides its own.
__all__ = (
    "ACCEPTED",
    "BEATS_MISSED",
    "BEAT_EVERY_MS",
    "CONTRACT_MINOR",
    "FACE_PAUSED",
    "FACE_STATES",
    "GATEWAY_STATES",
    "GONE",
    "HEALTH_EVERY_MS",
    "INIT",
    "LATE",
    "LOST",
    "NEXT_LOCK_MS",
    "NOBODY_WAITING",
    "ORDER_GIVE_UP_MS",
    "READY",
    "REFUSED",
    "SLEEPING",
)

CONTRACT_MAJOR = 1

ROLES = ("counter", "ticket", "dispenser", "rating", "hall", "gate", "panel")

# A board's lifecycle (`up/state`).
BOARD_STATES = (INIT, READY, SLEEPING, GONE, LOST)

# The `why` of a refused receipt (and of an accepted `next` that could call nobody).
BAD_PAYLOAD = "bad_payload"
BUSY = "busy"
CLOSED = "closed"
DUPLICATE = "duplicate"
HELD = "held"
LIMIT_REACHED = "limit_reached"
NOTHING_TO_RATE = "nothing_to_rate"
NOT_ALLOWED = "not_allowed"
NOT_LEASED = "not_leased"
NOT_SCREENED = "not_screened"
NO_TICKET = "no_ticket"
ON_BREAK = "on_break"
PAUSED = "paused"
QUOTA_REACHED = "quota_reached"
TOO_EARLY = "too_early"
TOO_LATE = "too_late"
UNKNOWN_AGENCY = "unknown_agency"
UNKNOWN_BOARD = "unknown_board"
UNKNOWN_COUNTER = "unknown_counter"
UNKNOWN_QUEUE = "unknown_queue"
UNKNOWN_SERVICE = "unknown_service"
UNKNOWN_TICKET = "unknown_ticket"
WALK_IN_CLOSED = "walk_in_closed"
WRONG_STATE = "wrong_state"
WHYS = (
    BAD_PAYLOAD,
    BUSY,
    CLOSED,
    DUPLICATE,
    HELD,
    LIMIT_REACHED,
    NOBODY_WAITING,
    NOTHING_TO_RATE,
    NOT_ALLOWED,
    NOT_LEASED,
    NOT_SCREENED,
    NO_TICKET,
    ON_BREAK,
    PAUSED,
    QUOTA_REACHED,
    TOO_EARLY,
    TOO_LATE,
    UNKNOWN_AGENCY,
    UNKNOWN_BOARD,
    UNKNOWN_COUNTER,
    UNKNOWN_QUEUE,
    UNKNOWN_SERVICE,
    UNKNOWN_TICKET,
    WALK_IN_CLOSED,
    WRONG_STATE,
)

# The `state` of a counter's face.
FACE_IDLE, FACE_CALLED, FACE_SERVING, _, FACE_BREAK, FACE_CLOSED = FACE_STATES

# The `class` of a `take`; `priority` when the exact one is not asked.
PRIORITY_CLASSES = ("priority", "elderly", "disabled", "pregnant", "child", "disaster")

# What a board may be asked to do (`dn/cmd`).
IDENTIFY = "identify"
SELF_TEST = "self_test"
RESTART = "restart"
LOOK = "look"
LOG = "log"
BOARD_COMMANDS = (IDENTIFY, SELF_TEST, RESTART, LOOK, LOG)

# Timing of the contract's rules 3 to 5.
LATE_AFTER_MS = 3_000  # rule 4: more than this above the baseline is late
AHEAD_LIMIT_MS = 60_000  # rule 4: a t_ms further ahead of the baseline is bad_payload
BASELINE_WINDOW_MS = 600_000  # rule 4: the baseline is the least difference of this window
COMMAND_TTL_MS = 5_000  # how long a board's order is good
STALE_FACTOR = 3  # a reading older than this many `every_s` is stale
ANSWERS_KEPT = 64  # rule 5: first answers remembered for each board

# What becomes of who waits in a line that closes for the day.
CLOSE_SERVE = "serve"
CLOSE_CARRY = "carry"
CLOSE_EXPIRE = "expire"
CLOSINGS = (CLOSE_SERVE, CLOSE_CARRY, CLOSE_EXPIRE)
