"""Why a connection ended, typed by what the caller can do about it."""

_CONNACK_WORDS = {
    1: "the broker does not speak MQTT 3.1.1",
    2: "the broker does not accept this client id",
    3: "the broker is not ready to serve",
    4: "wrong user name or secret",
    5: "this user may not connect: is the board known to this hall, is its secret this hall's?",
}


class LinkError(Exception):
    """The connection has ended; the way out of every kind is to connect again."""


class Refused(LinkError):
    """The broker said no: `code` is the CONNACK return code 1 to 5, or 128 for a subscription.

    Trying again at once is useless: somebody has to change a secret, a rule or a name first,
    so connect again slowly.
    """

    def __init__(self, code: int, what: str = "") -> None:
        words = _CONNACK_WORDS.get(code, "refused by the broker")
        super().__init__("%s (%d)%s" % (words, code, ": " + what if what else ""))
        self.code = code


class Malformed(LinkError):
    """The other side broke MQTT 3.1.1 in the way that the text names."""


class TimedOut(LinkError):
    """The other side did not do in time what the text names."""


class Closed(LinkError):
    """The byte stream could not be opened, broke or ended; the text says which."""


class TooMany(Exception):
    """Not sent: too much is on its way already. The connection stands; try again later."""
