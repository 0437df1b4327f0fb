"""Why a command is refused: the closed list of the contract, as far as the queue's rules give it.

The same words stand in firmware/wire/words.py, which the domain does not import; a test
compares the two.
"""

BAD_PAYLOAD = "bad_payload"
BUSY = "busy"
CLOSED = "closed"
DUPLICATE = "duplicate"
NOBODY_WAITING = "nobody_waiting"
NOTHING_TO_RATE = "nothing_to_rate"
NOT_ALLOWED = "not_allowed"
NOT_LEASED = "not_leased"
NO_TICKET = "no_ticket"
ON_BREAK = "on_break"
PAUSED = "paused"
QUOTA_REACHED = "quota_reached"
TOO_LATE = "too_late"
UNKNOWN_BOARD = "unknown_board"
UNKNOWN_COUNTER = "unknown_counter"
UNKNOWN_QUEUE = "unknown_queue"
UNKNOWN_SERVICE = "unknown_service"
UNKNOWN_TICKET = "unknown_ticket"
WALK_IN_CLOSED = "walk_in_closed"
WRONG_STATE = "wrong_state"
