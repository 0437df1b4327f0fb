"""A board as the contract sees it: its life, its orders and facts, what comes down to it.

Pure: messages, edges and the time come in by calls; what a board needs from around it are the
methods of `uplink.Host`. The role (roles/base.py) decides what presses mean and what is shown.
"""

from firmware.core.config import FILE as CONFIG_FILE
from firmware.core.config import Config, read_config
from firmware.core.face import LIVE, LOST, FaceKeeper, GatewayWatch
from firmware.core.outbox import Outbox
from firmware.core.press import FAILED, SEND, Order
from firmware.core.ticks import NEVER
from firmware.core.uplink import Host, Uplink
from firmware.wire import board_topics as topics
from firmware.wire import board_words as words
from firmware.wire.codec import (
    MAX_BOOT,
    MAX_DOWN_BYTES,
    MAX_INT,
    BadPayload,
    decode,
    read_choice,
    read_int,
    read_str,
)
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Data = bytes | memoryview

_STS = (words.ACCEPTED, words.LATE, words.REFUSED)
_TOUCH_EVERY_MS = const(600_000)  # each report is a write to flash
SELF_TEST_FILE = "self_test"  # the next start is one; holds the order's id, empty: it is none
_SCATTER_MS = words.HEALTH_EVERY_MS // 5  # boards started together shall not report together


class Board:
    """One board; give it its role with `attach` before anything else.

    `about` is what `up/about` says of hardware and firmware. For the role: `id`, `config`, `host`.
    `pending` is the order in flight, `handlers` says what is done with a message (topic -> call).
    """

    def __init__(
        self, board_id: str, boot: int, about: "dict[str, Any]", host: Host, now_ms: int
    ) -> None:
        self.id = board_id
        self.up = Uplink(board_id, boot, host)
        self.outbox = Outbox(host.store)
        self.config = Config()
        self.bad = 0  # messages that broke the contract
        self.reconnects = -1  # the first connection is none
        self._boot = boot
        self._about = about
        self.host = host
        self._role: "Any" = None
        self._watch = GatewayWatch(now_ms)
        self._faces = FaceKeeper()
        self._face: "dict[str, Any] | None" = (
            None  # the live face that the role was given, None while there is none
        )
        self._told = ""  # the gateway's status that the role was told
        self.pending = Order()
        self._hello = Order()
        self._health_ms = NEVER
        self._last_cmd = ""
        self._last_answer = ("", "")
        self._utc_ahead_ms: "int | None" = None
        self._touches = 0  # not reported yet
        self._touch_ms = NEVER
        self.handlers = {
            topics.of_board(board_id, topics.DN_RECEIPT): self._take_receipt,
            topics.of_board(board_id, topics.DN_FACE): self._take_face,
            topics.of_board(board_id, topics.DN_CONFIG): self._take_config,
            topics.of_board(board_id, topics.DN_CMD): self._take_cmd,
            topics.GW_STATE: self._take_gateway,
            topics.GW_BEAT: self._take_beat,
        }

    def attach(self, role: "Any", now_ms: int) -> None:
        """Give the board its role, and the role the last settings that flash remembers."""
        self._role = role
        if not role.serves:
            for topic in list(self.handlers):
                if topic not in (topics.GW_STATE, topics.GW_BEAT):
                    del self.handlers[topic]
            self.outbox.due_ms = NEVER
        for leaf in role.listens:
            self.handlers[topics.of_board(self.id, leaf)] = role.heard
        kept = self.host.store.read(CONFIG_FILE)
        if kept:
            self._guard(self._apply_config, kept, now_ms)
        self._settle(now_ms)

    # The link's calls.

    def subscriptions(self) -> "list[str]":
        """Give the topics a board listens to."""
        return list(self.handlers)

    def link_is_up(self, now_ms: int) -> None:
        """Say who we are: the link is up, `init` is said, the subscriptions are confirmed."""
        self.reconnects += 1
        if not self._role.serves:
            self._role.link_is_up(now_ms)
            return
        self.up.about(self._about, self.config.rev)
        seq, data = self.up.event("hello", {}, now_ms)
        self.up.send_event(data)
        self._hello.start("hello", seq, data, now_ms)
        self.up.life(words.READY)
        self._health_ms = now_ms
        self.pending.link_is_up(now_ms)
        self.outbox.link_is_up(now_ms)
        self._role.link_is_up(now_ms)

    def link_is_down(self, now_ms: int) -> None:
        """The link is gone: nothing that is shown may look live."""
        self._health_ms = NEVER
        self.host.life(words.LOST)
        self._watch.gone()
        self._settle(now_ms)

    def message(self, topic: str, data: "Data", retained: bool, now_ms: int) -> None:
        """Take a message, whose bytes are good until this returns; garbage is counted in `bad`
        and otherwise ignored, never raised."""
        handler = self.handlers.get(topic)
        if handler is None:
            self.bad += 1
        elif len(data):
            self._guard(handler, data, now_ms, retained)
        elif topic == topics.GW_STATE:
            self._watch.gone()
            self._settle(now_ms)

    # What roles do.

    def order(self, name: str, fields: "dict[str, Any]", now_ms: int) -> bool:
        """Send an order, or give False because one is in flight. `fields` becomes the event."""
        if self.pending.seq:
            return False
        seq, data = self.up.event(name, fields, now_ms)
        self.up.send_event(data)
        self.pending.start(name, seq, data, now_ms)
        return True

    def fact(self, name: str, fields: "dict[str, Any]", now_ms: int) -> None:
        """Keep a fact, then send it until its receipt. `fields` becomes the event."""
        seq, data = self.up.event(name, fields, now_ms)
        self.outbox.add(self._boot, seq, data, now_ms)

    def wake(self) -> None:
        """Look again what is due: to be called where the hardware, in its own time, calls a role
        and that makes something due."""
        self.host.wake()

    def touched(self, now_ms: int) -> None:
        """Count a touch of a key, to be reported with others: touch points are wiped by count."""
        if not self._touches:
            self._touch_ms = now_ms + _TOUCH_EVERY_MS
        self._touches += 1

    def utc_is(self, utc_ms: int, now_ms: int) -> None:
        """Take the time (UTC) from something that the gateway said just now."""
        self._utc_ahead_ms = utc_ms - now_ms

    def utc_ms(self, now_ms: int) -> "int | None":
        """Give the time (UTC), or None if the gateway has not told it in this life."""
        return None if self._utc_ahead_ms is None else self._utc_ahead_ms + now_ms

    def is_lost(self) -> bool:
        """Tell whether the gateway is known to be lost (not: not heard of yet)."""
        return self._watch.status == LOST

    def restart(self) -> None:
        """Leave in good order and start anew."""
        self.host.restart()

    def rest(self, for_s: int, now_ms: int) -> None:
        """Leave in good order and sleep deeply; what this life knows is forgotten."""
        self._report_touches(now_ms)
        self.outbox.flush()
        self.host.rest(for_s)

    # Time.

    def due_ms(self) -> int:
        """Give when `tick` wants to be called next."""
        return min(
            self.pending.due_ms,
            self._hello.due_ms,
            self.outbox.due_ms,
            self._watch.due_ms,
            self._health_ms,
            self._touch_ms,
            self._role.due_ms,
            self._role.keys_ms,
        )

    def tick(self, now_ms: int) -> None:
        """Do what is due: resend, give up, report, and let the role draw."""
        data = self.pending.data
        what = self.pending.tick(now_ms)
        if what == SEND:
            self.up.send_event(data)
        elif what == FAILED:
            self._role.failed(self.pending.name, now_ms)
        if self._hello.tick(now_ms) == SEND:
            self.up.send_event(self._hello.data)
        for data in self.outbox.tick(now_ms):
            self.up.send_event(data)
        if now_ms >= self._touch_ms:
            self._report_touches(now_ms)
        if now_ms >= self._watch.due_ms:
            self._watch.tick(now_ms)
            self._settle(now_ms)
        if now_ms >= self._health_ms:
            self._say_health(now_ms)
        if now_ms >= self._role.due_ms:
            self._role.tick(now_ms)
        if now_ms >= self._role.keys_ms:
            self._role.watch_keys(now_ms)

    def _report_touches(self, now_ms: int) -> None:
        if self._touches:
            self.fact("touch", {"n": self._touches}, now_ms)
        self._touches = 0
        self._touch_ms = NEVER

    def _say_health(self, now_ms: int) -> None:
        scatter_ms = self.host.scatter(_SCATTER_MS) - _SCATTER_MS // 2
        self._health_ms = now_ms + words.HEALTH_EVERY_MS + scatter_ms
        counters = {
            "reconnects": self.reconnects,
            "dropped": self.outbox.dropped,
            "bad": self.bad,
        }
        self.up.health(counters, now_ms)

    # What comes down.

    def _guard(self, handler: "Callable[..., None]", *args: "Any") -> None:
        try:
            handler(*args)
        except (BadPayload, MemoryError):  # 2 KB of brackets can ask for 100 KB of lists
            self.bad += 1

    def _take_receipt(self, data: "Data", now_ms: int, retained: bool) -> None:
        receipt = decode(data, MAX_DOWN_BYTES)
        boot = read_int(receipt, "boot", 0, MAX_BOOT)
        seq = read_int(receipt, "seq", 1, MAX_INT)
        st = read_choice(receipt, "st", _STS)
        why = "" if receipt.get("why") is None else read_str(receipt, "why", 0, 32)
        if boot == self._boot:
            name = self.pending.settle(seq)
            if name:
                self._role.receipt(name, st, why, receipt, now_ms)
                return
            if self._hello.settle(seq):
                self._role.greeted(st, why, now_ms)
                return
        fact = self.outbox.settle(boot, seq, now_ms)
        if fact:
            self._role.settled(fact, st, why, now_ms)
        else:
            self._role.answered(boot, seq, st, why, now_ms)

    def _take_face(self, data: "Data", now_ms: int, retained: bool) -> None:
        payload = decode(data, MAX_DOWN_BYTES)
        face = self._role.read_face(payload)
        face["epoch"] = read_int(payload, "epoch", 0, MAX_INT)
        face["rev"] = read_int(payload, "rev", 0, MAX_INT)
        self._faces.take(face, self._watch.epoch)
        if not retained:
            self._watch.beat(face["epoch"], now_ms)  # as good a sign of life
        self._settle(now_ms)

    def _take_config(self, data: "Data", now_ms: int, retained: bool) -> None:
        before = self.config.rev
        self._apply_config(data, now_ms)
        if self.config.rev != before:
            self.host.store.write(CONFIG_FILE, data)
            self.up.about(self._about, self.config.rev)

    def _apply_config(self, data: "Data", now_ms: int) -> None:
        payload = decode(data, MAX_DOWN_BYTES)
        config = read_config(payload)
        self._role.read_config(payload)
        self.config = config
        self._role.configured(now_ms)
        if self._told and self._face is None:
            self._role.away(self._told, now_ms)  # in the new words

    def _take_cmd(self, data: "Data", now_ms: int, retained: bool) -> None:
        cmd = decode(data, MAX_DOWN_BYTES)
        cmd_id = read_str(cmd, "id", 1, 64)
        name = read_str(cmd, "name", 1, 32)
        arg = cmd.get("arg")
        if arg is None:
            arg = {}
        if retained:
            answer = ("retained", name)  # rule 7: nothing ordered is retained
        elif cmd.get("boot") is not None and cmd["boot"] != self._boot:
            answer = ("wrong_boot", name)
        elif type(arg) is not dict:
            answer = ("bad_payload", "arg: an object is needed")
        elif cmd_id == self._last_cmd:
            answer = self._last_answer  # a repeat is done once
        else:
            answer = self._obey(cmd_id, name, arg, now_ms)
            self._last_cmd = cmd_id
            self._last_answer = answer
        self.up.ack(cmd_id, answer[0], answer[1])

    def _obey(
        self, cmd_id: str, name: str, arg: "dict[str, Any]", now_ms: int
    ) -> "tuple[str, str]":
        if name == "identify":
            self._role.identify(now_ms)
        elif name == "self_test":
            if not self.host.store.write(SELF_TEST_FILE, cmd_id.encode()):
                return "flash", "the order could not be kept over the restart"
            self.restart()
        else:
            answer: "tuple[str, str]" = self._role.command(name, arg, now_ms)
            return answer
        return "", ""

    def _take_gateway(self, data: "Data", now_ms: int, retained: bool) -> None:
        payload = decode(data, MAX_DOWN_BYTES)
        s = read_choice(payload, "s", words.GATEWAY_STATES)
        epoch = read_int(payload, "epoch", 0, MAX_INT) if s == words.READY else None
        before = self._watch.epoch
        self._watch.state(s, epoch, now_ms)
        if self._role.serves and epoch is not None and epoch != before:
            self.outbox.link_is_up(now_ms)  # what nobody answered while the gateway was away
        self._faces.epoch_is(epoch)
        self._settle(now_ms)

    def _take_beat(self, data: "Data", now_ms: int, retained: bool) -> None:
        payload = decode(data, MAX_DOWN_BYTES)
        self._watch.beat(read_int(payload, "epoch", 0, MAX_INT), now_ms)
        if not retained:
            self.utc_is(read_int(payload, "utc_ms", 0, MAX_INT), now_ms)
        self._settle(now_ms)

    def _settle(self, now_ms: int) -> None:
        # Gives the role what may be shown now, if that is new, and confirms what is on glass.
        status = self._watch.status
        face = self._faces.live(self._watch.epoch) if status == LIVE else None
        if face is None:
            if self._face is not None or status != self._told:
                self._face = None
                self._told = status
                self._role.away(status, now_ms)
        elif face is not self._face:
            self._face = face
            self._told = status
            self._role.face(face, now_ms)
            self.up.shown(face, now_ms)
