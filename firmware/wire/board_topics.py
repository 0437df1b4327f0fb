"""The topics of the contract that a board needs; topics.py has them and all others.

Apart from the rest because a board keeps every name that it loads in its memory.
"""

PREFIX = "loket/1/"

# Topics of one board, below `loket/1/<board>/`.
UP_STATE = "up/state"
UP_ABOUT = "up/about"
UP_EVENT = "up/event"
UP_FACE = "up/face"
UP_ACK = "up/ack"
UP_READING = "up/reading"  # plus /<sensor>
UP_ALERT = "up/alert"  # plus /<code>
UP_HEALTH = "up/health"
DN_RECEIPT = "dn/receipt"
DN_FACE = "dn/face"
DN_LEASE = "dn/lease"
DN_CMD = "dn/cmd"
DN_CONFIG = "dn/config"

GW_STATE = PREFIX + "gw/state"
GW_BEAT = PREFIX + "gw/beat"


def of_board(board: str, leaf: str) -> str:
    """Give the full topic of `leaf` (such as UP_EVENT) for a board, a console or the CLI."""
    return PREFIX + board + "/" + leaf


def reading(board: str, sensor: str) -> str:
    """Give the topic of a board's latest reading of one sensor."""
    return PREFIX + board + "/" + UP_READING + "/" + sensor


def alert(board: str, code: str) -> str:
    """Give the topic of one of a board's own troubles."""
    return PREFIX + board + "/" + UP_ALERT + "/" + code
