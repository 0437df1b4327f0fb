"""Every topic of the contract: built and taken apart here and nowhere else."""

PREFIX = "loket/1/"

# Names below the prefix that no board may take: they belong to the gateway and to consoles.
RESERVED_IDS = ("gw", "console", "cli", "probe")
MAX_ID_CHARS = 32

# Topics of one board, below `loket/1/<board>/`.
UP_STATE = "up/state"
UP_ABOUT = "up/about"
UP_EVENT = "up/event"
UP_FACE = "up/face"
UP_ACK = "up/ack"
UP_READING = "up/reading"  # plus /<sensor>
UP_ALERT = "up/alert"  # plus /<code>
UP_HEALTH = "up/health"
UP_UPDATE = "up/update"
UP_WANT = "up/want"
DN_RECEIPT = "dn/receipt"
DN_FACE = "dn/face"
DN_LEASE = "dn/lease"
DN_CMD = "dn/cmd"
DN_CONFIG = "dn/config"
DN_UPDATE = "dn/update"
DN_CHUNK = "dn/chunk"

# What the broker keeps of a board; retiring a board clears each of them.
RETAINED_OF_BOARD = (UP_STATE, UP_ABOUT, UP_FACE, UP_UPDATE, DN_FACE, DN_LEASE, DN_CONFIG)

GW_STATE = PREFIX + "gw/state"
GW_BEAT = PREFIX + "gw/beat"
HALL_PARTS = ("site", "line", "facilities", "boards")

# What the gateway subscribes to: everything that boards and consoles say.
ALL_UP = PREFIX + "+/up/#"
# What a console subscribes to.
ALL_HALL = PREFIX + "gw/hall/+"


def of_board(board: str, leaf: str) -> str:
    """Give the full topic of `leaf` (such as UP_EVENT) for a board, a console or the CLI."""
    return PREFIX + board + "/" + leaf


def reading(board: str, sensor: str) -> str:
    """Give the topic of a board's latest reading of one sensor."""
    return PREFIX + board + "/" + UP_READING + "/" + sensor


def alert(board: str, code: str) -> str:
    """Give the topic of one of a board's own troubles."""
    return PREFIX + board + "/" + UP_ALERT + "/" + code


def hall_part(part: str) -> str:
    """Give the topic of one part of the hall's state, for consoles and displays."""
    return PREFIX + "gw/hall/" + part


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
