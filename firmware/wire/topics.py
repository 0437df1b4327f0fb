"""Every topic of the contract: built and taken apart here and nowhere else."""

from firmware.wire.board_topics import (
    DN_CMD,
    DN_CONFIG,
    DN_FACE,
    DN_LEASE,
    DN_RECEIPT,
    GW_BEAT,
    GW_STATE,
    PREFIX,
    UP_ABOUT,
    UP_ACK,
    UP_ALERT,
    UP_EVENT,
    UP_FACE,
    UP_HEALTH,
    UP_READING,
    UP_STATE,
    alert,
    of_board,
    reading,
)
from firmware.wire.update_topics import DN_CHUNK, DN_UPDATE, UP_LOG, UP_UPDATE, UP_WANT

# What this file gives on, besides its own.
__all__ = (
    "DN_CHUNK",
    "DN_CMD",
    "DN_CONFIG",
    "DN_FACE",
    "DN_LEASE",
    "DN_RECEIPT",
    "DN_UPDATE",
    "GW_BEAT",
    "GW_STATE",
    "PREFIX",
    "UP_ABOUT",
    "UP_ACK",
    "UP_ALERT",
    "UP_EVENT",
    "UP_FACE",
    "UP_HEALTH",
    "UP_LOG",
    "UP_READING",
    "UP_STATE",
    "UP_UPDATE",
    "UP_WANT",
    "alert",
    "of_board",
    "reading",
)

# Names below the prefix that no board may take: they belong to the gateway and to consoles.
RESERVED_IDS = ("gw", "console", "cli", "gpio", "workshop", "probe")
MAX_ID_CHARS = 32

# The workshop's road: a console asks below its own `up/`, the answer comes below its own `dn/`.
UP_ASK = "up/ask"
DN_ANSWER = "dn/answer"

# What the broker keeps of a board; retiring a board clears each of them.
RETAINED_OF_BOARD = (UP_STATE, UP_ABOUT, UP_FACE, UP_UPDATE, DN_FACE, DN_LEASE, DN_CONFIG)

HALL_PARTS = ("site", "line", "facilities", "boards")
FLEET_PARTS = ("boards", "update", "jobs")

# What the gateway subscribes to: everything that boards and consoles say.
ALL_UP = PREFIX + "+/up/#"
# What a console subscribes to.
ALL_HALL = PREFIX + "gw/hall/+"
ALL_FLEET = PREFIX + "gw/fleet/+"
ALL_LOGS = PREFIX + "gw/fleet/log/+"


def hall_part(part: str) -> str:
    """Give the topic of one part of the hall's state, for consoles and displays."""
    return PREFIX + "gw/hall/" + part


def fleet_part(part: str) -> str:
    """Give the topic of one part of the workshop's state, for consoles."""
    return PREFIX + "gw/fleet/" + part


def fleet_log(board: str) -> str:
    """Give the topic on which the workshop passes on what a board says of its running."""
    return PREFIX + "gw/fleet/log/" + board


def split(topic: str) -> "tuple[str, str, str] | None":
    """Take a topic apart into (sender, leaf, rest), or give None if it is not one of ours.

    `leaf` is one of the constants above without a sensor's or an alert's name, which comes
    as `rest` (empty for all others): `loket/1/d-01/up/reading/soap` gives
    `("d-01", "up/reading", "soap")`.
    """
    if not topic.startswith(PREFIX):
        return None
    parts = topic[len(PREFIX) :].split("/")
    if len(parts) < 3 or not parts[0]:
        return None
    return parts[0], parts[1] + "/" + parts[2], "/".join(parts[3:])


def is_name(text: str) -> bool:
    """Tell whether `text` may name a board or a sensor: a-z, then a-z 0-9 - _, at most 32."""
    if not 0 < len(text) <= MAX_ID_CHARS or not "a" <= text[0] <= "z":
        return False
    return all("a" <= c <= "z" or "0" <= c <= "9" or c in "-_" for c in text)


def is_board_id(text: str) -> bool:
    """Tell whether `text` may be a board's id: a name that is not reserved."""
    return is_name(text) and text not in RESERVED_IDS
