"""The words and times of the contract that a board needs; words.py has them and all others.

Apart from the rest because a board keeps every name that it loads in its memory.
"""

CONTRACT_MINOR = 0

# A board's lifecycle (`up/state`), and the gateway's (`gw/state`).
INIT = "init"
READY = "ready"
SLEEPING = "sleeping"
GONE = "gone"
LOST = "lost"
GATEWAY_STATES = (READY, GONE, LOST)

# The `st` of a receipt.
ACCEPTED = "accepted"
LATE = "late"
REFUSED = "refused"
NOBODY_WAITING = "nobody_waiting"  # the `why` of a `next` that could call nobody

# The `state` of a counter's face: nobody in hand, called, being served, ...
FACE_PAUSED = "paused"
FACE_STATES = ("idle", "called", "serving", FACE_PAUSED, "break", "closed")

# Timing of the contract's rules 1, 3 and 10.
ORDER_GIVE_UP_MS = 5_000  # rule 1: an order is resent at most this long
BEAT_EVERY_MS = 2_000  # gw/beat
BEATS_MISSED = 3  # this many missed beats: the gateway is lost
HEALTH_EVERY_MS = 30_000  # up/health, with jitter
NEXT_LOCK_MS = 1_500  # rule 10: `next` is locked this long after a call
