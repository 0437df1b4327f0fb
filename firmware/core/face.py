"""Whether the gateway lives, and which face is live (rule 3 of the contract)."""

from firmware.core.ticks import NEVER
from firmware.wire.board_words import BEAT_EVERY_MS, BEATS_MISSED, READY
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from typing import Any

# Half a second of grace, so that a beat that is a little slow is not a missed one.
LOST_AFTER_MS = BEAT_EVERY_MS * BEATS_MISSED + 500

STARTING = "starting"  # nothing heard yet, and it is too early to say that it is lost
LIVE = "live"
LOST = "lost"


class GatewayWatch:
    """Tells whether the gateway lives, from its state and its beats.

    `epoch` is the one of its latest retained state (None: none, or it is gone); `status` is
    STARTING, LIVE or LOST; `due_ms` is when `tick` wants to be asked next.
    """

    def __init__(self, now_ms: int) -> None:
        self.status = STARTING
        self.epoch: "int | None" = None
        self.due_ms = now_ms + LOST_AFTER_MS

    def state(self, s: str, epoch: "int | None", now_ms: int) -> None:
        """Take `gw/state` into account; an empty one counts as lost."""
        if s == READY and epoch is not None:
            self.epoch = epoch
            self._heard(now_ms)
        else:
            self.gone()

    def beat(self, epoch: int, now_ms: int) -> None:
        """Take a beat into account; one of another epoch proves nothing about this one."""
        if epoch == self.epoch:
            self._heard(now_ms)

    def gone(self) -> None:
        """The link is down, or the gateway said that it goes."""
        self.epoch = None
        if self.status == LIVE:
            self.status = LOST
            self.due_ms = NEVER

    def tick(self, now_ms: int) -> None:
        """Notice that beats have been missed."""
        if now_ms >= self.due_ms:
            self.status = LOST
            self.due_ms = NEVER

    def _heard(self, now_ms: int) -> None:
        self.status = LIVE
        self.due_ms = now_ms + LOST_AFTER_MS


class FaceKeeper:
    """Keeps the latest face of the live epoch, and one that may still become it."""

    def __init__(self) -> None:
        self._face: "dict[str, Any] | None" = None
        self._waiting: "dict[str, Any] | None" = None

    def take(self, face: "dict[str, Any]", live_epoch: "int | None") -> None:
        """Keep a checked face, unless it is out of date.

        A face of the live epoch with the same `rev` is taken again (so that it is confirmed
        again); an older one is ignored. One of another epoch waits: at a connect the broker
        may give it before the gateway's state.
        """
        if face["epoch"] != live_epoch:
            self._waiting = face
            return
        kept = self.live(live_epoch)
        if kept is None or face["rev"] >= kept["rev"]:
            self._face = face

    def epoch_is(self, live_epoch: "int | None") -> None:
        """Let the waiting face come in if it belongs to the epoch that is now live."""
        waiting = self._waiting
        if waiting is not None and waiting["epoch"] == live_epoch:
            self._waiting = None
            self.take(waiting, live_epoch)

    def live(self, live_epoch: "int | None") -> "dict[str, Any] | None":
        """Give the face to show, or None if there is none of the live epoch."""
        face = self._face
        if face is None or face["epoch"] != live_epoch:
            return None
        return face
