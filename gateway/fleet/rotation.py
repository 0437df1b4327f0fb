"""Giving a board another secret over the air, so that it gets in whatever fails on the way.

The broker knows one secret for each board. While nobody can tell which of two a board has, both
are honoured in turn until it is heard: a board keeps trying, so it gets in within two windows.
Pure: what is heard and how much time has passed is told to a `Rotation`; `asks` is what the
gateway should be asked for.
"""

from dataclasses import dataclass, field

from firmware.wire import codec
from firmware.wire.codec import BadPayload

OLD = "old"
NEW = "new"
_SECRETS = (OLD, NEW)

# A board judges a trial within 120 s of its start; then it starts into its old settings. One that
# is in is heard every 30 s (its health).
WINDOW_MS = 150_000
# The broker's log tells whom it sends away: then the board has the other one. Not before all that
# came from before the change has been told, and not often: anybody can knock in its name.
_SETTLED_MS = 15_000
_KNOCKS_MOST = 8
# One that is away for hours (switched off in between) is waited for with fewer changes.
_SHORT_WINDOWS = 8
_LONG_WINDOW_MS = 600_000
_STEP_MOST_MS = 5_000  # more at once is no waiting but a sleep
_ENDED_AS_BEFORE = ("rolled_back", "refused", "failed", "cancelled")
_HAS_IT = ("loaded", "trial")
_OFFERS_KEPT = 8


@dataclass(slots=True)
class Rotation:
    """One board between two secrets. Of the old one only the hash is known.

    `wanted` is the one that the broker should honour, `honoured` the one that it is known to
    ("" while that is being asked for); `outcome` the one that the board will keep, once it said.
    """

    board: str
    old_hash: str
    old_key: str  # what signs its updates, "" if that is not known
    new_secret: str
    new_hash: str
    new_key: str
    offers: list[str] = field(default_factory=list)  # the ids under which it was offered
    given: bool = False  # the board has asked for the file: it may have the new secret
    loaded: bool = False  # and it said that it has
    wanted: str = OLD
    outcome: str = ""
    turns: int = 0  # how often the other one was tried
    # Heard, not kept.
    honoured: str = OLD
    waited_ms: int = 0  # since it was heard under the honoured secret, or that is honoured
    inside: bool = False  # it was heard under that secret
    knocks: int = 0  # how often the other one was tried because it was sent away

    @property
    def asks(self) -> str:
        """Which secret the gateway is to be asked to honour: old, new, or "" for none."""
        return "" if self.honoured == self.wanted else self.wanted

    @property
    def is_over(self) -> bool:
        """Whether the board has its secret for good and the broker honours that one."""
        return self.outcome != "" and self.honoured == self.outcome

    def of(self, which: str) -> tuple[str, str]:
        """Give the hash and the update key of a secret."""
        return (self.new_hash, self.new_key) if which == NEW else (self.old_hash, self.old_key)

    def hear_offered(self, offer: str) -> None:
        """Take note of the id of an offer under which the new secret travels."""
        if offer not in self.offers:
            self.offers = [*self.offers[-_OFFERS_KEPT + 1 :], offer]

    def hear_given(self, offer: str) -> None:
        """Take note that the board asks for what it was offered."""
        self.given = self.given or offer in self.offers

    def hear_said(self, offer: str, state: str, why: str = "") -> None:
        """Take the board's word on its update (`up/update`), retained or not."""
        if offer not in self.offers or self.outcome:
            return
        already = self.given and (state, why) == ("refused", "already")
        if state == "committed" or already:
            self.outcome = NEW
            self._want(NEW)
        elif state == "refused" and self.given:
            pass  # an offer said twice: what became of the first, it tells or will tell
        elif state in _ENDED_AS_BEFORE and offer == self.offers[-1]:
            self.outcome = OLD
            self._want(OLD)
        elif state in _HAS_IT:
            self.given = self.loaded = True

    def hear_live(self) -> None:
        """Take note of anything that the board itself says now: so it got in."""
        if self.honoured == self.wanted:
            self.waited_ms = 0
            self.inside = True

    def hear_sent_away(self) -> None:
        """Take note that the broker refused somebody of the board's name just now."""
        if not self.given or self.outcome or self.asks or self.inside:
            return
        if self.waited_ms >= _SETTLED_MS and self.knocks < _KNOCKS_MOST:
            self.knocks += 1
            self._want(OLD if self.wanted == NEW else NEW)

    def hear_gone(self) -> None:
        """Take note that the board left, or was lost: with the new secret it starts its trial."""
        self.waited_ms = 0
        self.inside = False
        if self.loaded and self.wanted == OLD and not self.outcome:
            self._want(NEW)

    def hear_honoured(self, which: str) -> None:
        """Take note that the broker honours one of the secrets from now on."""
        self.honoured = which
        self.waited_ms = 0
        self.inside = False

    def step(self, elapsed_ms: int) -> None:
        """Let time pass: a board that is not heard under one secret may have the other."""
        if not self.given or self.outcome or self.asks:
            return
        self.waited_ms += min(elapsed_ms, _STEP_MOST_MS)
        if self.waited_ms >= (WINDOW_MS if self.turns < _SHORT_WINDOWS else _LONG_WINDOW_MS):
            self.turns += 1
            self._want(OLD if self.wanted == NEW else NEW)

    def _want(self, which: str) -> None:
        if self.wanted != which:
            self.wanted = which
            self.waited_ms = 0


_TEXTS = ("board", "old_hash", "old_key", "new_secret", "new_hash", "new_key")
_KEPT = (*_TEXTS, "offers", "given", "loaded", "wanted", "outcome", "turns")


def to_json(rotation: Rotation) -> dict[str, object]:
    """Give what `from_json` needs after a restart."""
    return {name: getattr(rotation, name) for name in _KEPT}


def from_json(kept: dict[str, object]) -> Rotation:
    """Give the rotation that `to_json` gave; raises BadPayload for anything else.

    Which secret the broker honours is not known any more, and asked for once again.
    """
    board, *secrets = (codec.read_str(kept, name, 0, 256) for name in _TEXTS)
    old_hash, old_key, new_secret, new_hash, new_key = secrets
    rotation = Rotation(board, old_hash, old_key, new_secret, new_hash, new_key)
    rotation.offers = codec.read_strs(kept, "offers", _OFFERS_KEPT, 64)
    rotation.given = codec.read_bool(kept, "given")
    rotation.loaded = codec.read_bool(kept, "loaded")
    rotation.wanted = codec.read_choice(kept, "wanted", _SECRETS)
    rotation.outcome = codec.read_choice(kept, "outcome", ("", *_SECRETS))
    rotation.turns = codec.read_int(kept, "turns", 0, codec.MAX_INT)
    rotation.honoured = ""
    if not rotation.board:
        raise BadPayload("board", "is missing")
    return rotation
