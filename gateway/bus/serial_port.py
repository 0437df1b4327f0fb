"""One serial line and the session on it: pumps bytes between a board and the broker.

The board speaks MQTT in a session of `firmware/wire/cable.py`; for each session there is one TCP
connection to the broker's plain port. User and secret are the board's; of all that passes only the
name is read under which it connects, so that people are told which board is at which port.
"""

import errno
import os
import secrets
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress

from firmware.wire import cable, topics
from firmware.wire.cable import GATEWAY, Cable
from firmware.wire.frames import Cutter

_READ = selectors.EVENT_READ
_WRITE = selectors.EVENT_WRITE
_BOTH = _READ | _WRITE
_LINE_BYTES = 4_096
# What the broker says is read no faster than the board takes it.
_BROKER_BYTES = 1_024
# A PUBACK alone: nobody waits for it, so it goes with what follows. Else a board would be woken
# for it just before the answer to a press.
_PUBACK = 0x40
_PUBACK_BYTES = 4
_CONNECT = b"\x10"
_CONNECT_HEAD_BYTES = 10  # protocol, its level, flags, keepalive
_PUBACK_WITHIN_MS = 30
_MOST_TEXT = 400
# A board asks again after 200 ms. One gone wild may not wear out the broker's connections.
_SESSIONS_APART_MS = 100

Say = Callable[[str], None]


class Port:
    """An open line. `closed` is set when it has vanished; its owner then lets go of it. `board` is
    the id of the board that is served there, "" while that is not known."""

    def __init__(
        self,
        fd: int,
        broker: tuple[str, int],
        selector: selectors.BaseSelector,
        now_ms: Callable[[], int],
        say: Say,
    ) -> None:
        """`fd` is raw and does not block; `say` takes one line for the log."""
        self.closed = False
        self.board = ""
        self._fd = fd
        self._broker = broker
        self._selector = selector
        self._now_ms = now_ms
        self._say = say
        self._cutter = Cutter()
        self._cutter.text = self._text
        self._heard_ms = now_ms()
        self._unwritten = b""  # to the line
        self._line_waits = False
        self._cable: Cable | None = None
        self._socket: socket.socket | None = None
        self._connecting = 0  # the tag of the board that the broker is being asked for
        self._asked_ms = now_ms() - _SESSIONS_APART_MS
        self._unsent = b""  # to the broker
        self._puback = b""  # from the broker, held back until _puback_ms
        self._puback_ms = cable.NEVER
        self._socket_mask = 0
        selector.register(fd, _READ, self._line_ready)

    @property
    def serves(self) -> bool:
        """Whether a board's session is open."""
        return self._cable is not None

    def due_ms(self) -> int:
        """Give when `tick` has something to do."""
        return min(self._puback_ms, cable.NEVER if self._cable is None else self._cable.due_ms())

    def tick(self, now_ms: int) -> None:
        """Do what is due."""
        if self._cable is not None:
            if now_ms >= self._puback_ms:
                self._to_board(self._cable, b"", now_ms)
            self._cable.tick(now_ms)
            self._after()

    def look(self, now_ms: int) -> None:
        """Tell what a board that is silent for a second has printed; call this now and then."""
        if now_ms - self._heard_ms >= 1_000:
            self._cutter.flush()

    def close(self) -> None:
        """Tell the board, end the session and let go of the line; the owner closes `fd`."""
        if self.closed:
            return
        if self._cable is not None:
            self._cable.abandon()
            self._write()
        self._let_go("")

    # The line.

    def _line_ready(self, mask: int) -> None:
        if self.closed:
            return
        if mask & _WRITE:
            self._write()
        if self.closed or not mask & _READ:
            return
        try:
            data = os.read(self._fd, _LINE_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._let_go(error.strerror or str(error))
            return
        if not data:
            self._let_go("unplugged")
            return
        self._heard_ms = now_ms = self._now_ms()
        for body in self._cutter.cut(data):
            if self.closed:  # the answer to the one before could not be written
                return
            tag = cable.opens(GATEWAY, body)
            if tag:
                self._asked(tag)
            elif self._cable is not None and not self._cable.ended:
                self._cable.heard(body, now_ms)
            elif len(self._unwritten) < _LINE_BYTES:
                self._unwritten += cable.refusal(GATEWAY, body)
        self._after()

    def _after(self) -> None:
        """Pass on what has come of the session, and what it has to say."""
        end = self._cable
        if end is not None:
            if end.arrived:
                self._to_broker(end)
            if end.ended:
                self._end_session(f"session ended: {end.ended}")
            elif end.due_ms() <= self._heard_ms:
                end.tick(self._heard_ms)
        self._write()
        if self._cable is not None and not self._connecting:
            # A board that is behind is not sent more.
            reads = 0 if self._cable.waiting else _READ
            self._watch_socket(reads | (_WRITE if self._unsent else 0))

    def _write(self) -> None:
        if self.closed:
            return
        end = self._cable
        if end is not None and end.out and not self._line_waits:
            self._unwritten += b"".join(end.out)
            end.out.clear()
        if self._unwritten:
            try:
                size = os.write(self._fd, self._unwritten)
            except BlockingIOError:
                size = 0
            except OSError as error:
                self._let_go(error.strerror or str(error))
                return
            self._unwritten = self._unwritten[size:]
        waits = bool(self._unwritten)
        if waits is not self._line_waits:
            self._line_waits = waits
            self._selector.modify(self._fd, _BOTH if waits else _READ, self._line_ready)

    def _let_go(self, why: str) -> None:
        if self.closed:
            return
        self.closed = True
        self._cutter.flush()
        self._selector.unregister(self._fd)
        self._drop_socket()
        self._cable = None
        self.board = ""
        if why:
            self._say(f"the port is gone: {why}")

    def _text(self, piece: bytes) -> None:
        # What a board prints is its log. What a cut or garbled frame left is not for people.
        try:
            text = piece.decode()
        except UnicodeDecodeError:
            return
        for line in text.splitlines():
            if line and line.isprintable():
                self._say(f"the board says: {line[:_MOST_TEXT]}")

    # The session.

    def _asked(self, tag: int) -> None:
        end = self._cable
        if end is not None and end.peer == tag and not end.ended:
            end.accept(tag)  # it did not hear the first answer
            return
        if self._connecting == tag or self._heard_ms - self._asked_ms < _SESSIONS_APART_MS:
            return
        self._asked_ms = self._heard_ms
        self._end_session("the board has started anew" if end is not None else "")
        self._connecting = tag
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = self._socket.connect_ex(self._broker)
        if code == errno.EINPROGRESS:
            self._watch_socket(_BOTH)
        else:
            self._connected(code)

    def _connected(self, code: int) -> None:
        tag, self._connecting = self._connecting, 0
        end = self._cable = Cable(GATEWAY, secrets.randbelow(0xFFFF) + 1, self._now_ms())
        end.accept(tag)
        if code:
            self._drop_socket()
            end.abandon()
            self._say(f"the broker cannot be reached: {os.strerror(code)}")
        else:
            self._watch_socket(_READ)
            self._say("session opened")
        self._write()
        if code:
            self._cable = None

    def _end_session(self, why: str) -> None:
        if self._socket is not None and why:
            self._say(why)
        self._drop_socket()
        if self._cable is not None:
            if len(self._unwritten) < _LINE_BYTES:
                self._unwritten += b"".join(self._cable.out)  # its last word
            self._cable = None
        self.board = ""
        self._connecting = 0

    # The broker.

    def _socket_ready(self, mask: int) -> None:
        sock, end = self._socket, self._cable
        if sock is None:
            return
        if self._connecting:
            self._connected(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
            return
        if end is None:
            return
        if mask & _WRITE:
            self._to_broker(end)
        if mask & _READ and self._socket is not None:
            try:
                data = sock.recv(_BROKER_BYTES)
            except BlockingIOError:
                return
            except OSError:
                data = b""  # reset: to the board it is an end like any other
            now_ms = self._now_ms()
            if len(data) == _PUBACK_BYTES and data[0] == _PUBACK and not self._puback:
                self._puback, self._puback_ms = data, now_ms + _PUBACK_WITHIN_MS
            elif data or self._puback:
                self._to_board(end, data, now_ms)
            if not data:
                self._say("the broker has ended the connection")
                self._drop_socket()
                end.close()
        self._after()

    def _to_board(self, end: Cable, data: bytes, now_ms: int) -> None:
        end.send(self._puback + data, now_ms)
        self._puback, self._puback_ms = b"", cable.NEVER

    def _to_broker(self, end: Cable) -> None:
        sock = self._socket
        if sock is None:
            end.arrived.clear()
            return
        while end.arrived and len(self._unsent) < _LINE_BYTES:
            piece = end.take(_LINE_BYTES)
            if not self.board:
                self.board = client_id(bytes(piece))
                if self.board:
                    self._say(f"{self.board} is here")
            self._unsent += piece
        try:
            size = sock.send(self._unsent)
        except BlockingIOError:
            size = 0
        except OSError:
            return  # reading tells of it
        self._unsent = self._unsent[size:]

    def _watch_socket(self, mask: int) -> None:
        if mask == self._socket_mask or self._socket is None:
            return
        if not mask:
            self._selector.unregister(self._socket)
        elif self._socket_mask:
            self._selector.modify(self._socket, mask, self._socket_ready)
        else:
            self._selector.register(self._socket, mask, self._socket_ready)
        self._socket_mask = mask

    def _drop_socket(self) -> None:
        if self._socket is not None:
            self._watch_socket(0)
            with suppress(OSError):  # unread, it would take the board's last word with it
                while self._socket.recv(_LINE_BYTES):
                    pass
            self._socket.close()
            self._socket = None
        self._unsent = self._puback = b""
        self._puback_ms = cable.NEVER


def client_id(data: bytes) -> str:
    """Give the client's id of an MQTT CONNECT with which `data` begins, "" if there is none that
    is a board's."""
    at = 1
    while at < min(4, len(data)) and data[at] & 0x80:  # the length, of up to four bytes
        at += 1
    at += 1 + _CONNECT_HEAD_BYTES
    size = int.from_bytes(data[at : at + 2], "big")
    found = data[at + 2 : at + 2 + size]
    if data[:1] != _CONNECT or len(found) != size:
        return ""
    name = found.decode(errors="replace")
    return name if topics.is_board_id(name) else ""
