"""The loop over all programs: start, read, start again, and end them together."""

import os
import selectors
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from gateway.config import EXIT_CONFIG
from gateway.supervise.backoff import Backoff
from gateway.supervise.child import Child
from gateway.supervise.spec import Spec

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# While not all are ready, they are asked this often; afterwards never again.
ASK_EVERY_S = 0.05
TELL_EVERY_S = 20.0
# What a program gets between SIGTERM and SIGKILL.
GRACE_S = 5.0


class CannotStart(Exception):
    """A program says that it can never start with these settings; the text is what it said."""


class _Seat:
    """A program's place: its child while it lives, and when it is due to start while not."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.backoff = Backoff()
        self.child: Child | None = None
        self.due_s = 0.0
        self.ready = False


class Supervisor:
    """Keeps programs running in one folder, with one environment. Use it from the main thread."""

    def __init__(
        self,
        specs: Sequence[Spec],
        env: Mapping[str, str],
        folder: Path,
        say: Callable[[str], None],
        on_ready: Callable[[dict[str, int]], None],
        grace_s: float = GRACE_S,
    ) -> None:
        """`say` gets one line for people; `on_ready` gets the process id of each program.

        It is called when all are ready for the first time, and later at each new start.
        `grace_s` is what a program gets to end by itself.
        """
        self._seats = [_Seat(spec) for spec in specs]
        self._env = dict(env)
        self._folder = folder
        self._say = say
        self._on_ready = on_ready
        self._grace_s = grace_s
        self._opened = False
        self._stopping = False
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Run until SIGINT, SIGTERM or SIGHUP; give back control when all programs have ended.

        Those signals are ignored afterwards: this process has nothing left to do but to end, and
        a second Ctrl-C must not spoil that. Raises CannotStart if a program refuses the settings
        before all were ready.
        """
        wake, waker = os.pipe()
        for end in (wake, waker):
            os.set_blocking(end, False)
        self._selector.register(wake, selectors.EVENT_READ, None)
        self._take_signals(waker)
        try:
            self._keep_running(wake)
        finally:
            self._stop(wake)
            signal.set_wakeup_fd(-1)
            for number in STOP_SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._selector.close()
            os.close(wake)
            os.close(waker)

    def _take_signals(self, waker: int) -> None:
        for number in (*STOP_SIGNALS, signal.SIGCHLD):
            if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue  # nohup: whoever started us wants us to outlive the terminal
            signal.signal(number, self._on_signal)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        # SIGCHLD only has to wake the loop; so does every signal, through the wake-up pipe.
        self._stopping = self._stopping or number in STOP_SIGNALS

    def _keep_running(self, wake: int) -> None:
        tell_s = time.monotonic() + TELL_EVERY_S
        while not self._stopping:
            self._start_due()
            if not self._opened:
                self._ask()
                if time.monotonic() >= tell_s:
                    tell_s += TELL_EVERY_S
                    self._tell()
            self._wait(wake, self._sleep_s())
            self._notice_ends()

    def _start_due(self) -> None:
        now_s = time.monotonic()
        started = False
        for seat in self._seats:
            if seat.child is None and now_s >= seat.due_s:
                self._start(seat)
                started = True
        if started and self._opened:
            self._on_ready(self._pids())

    def _start(self, seat: _Seat) -> None:
        try:
            child = Child(seat.spec, self._env, self._folder)
        except OSError as error:
            delay_s = seat.backoff.delay_s(0)
            seat.due_s = time.monotonic() + delay_s
            self._say(f"{seat.spec.name} cannot be started ({error}); again in {delay_s:g} s")
            return
        seat.child = child
        if child.read_here:
            self._selector.register(child.pipe, selectors.EVENT_READ, child)

    def _ask(self) -> None:
        for seat in self._seats:
            seat.ready = seat.ready or (seat.child is not None and seat.spec.ready())
        if all(seat.ready for seat in self._seats):
            self._opened = True
            self._on_ready(self._pids())

    def _tell(self) -> None:
        waiting = [seat.spec for seat in self._seats if not seat.ready]
        names = " and ".join(spec.name for spec in waiting)
        self._say(f"still waiting for {names}; its log is {waiting[0].log}")

    def _pids(self) -> dict[str, int]:
        return {seat.spec.name: seat.child.pid for seat in self._seats if seat.child is not None}

    def _sleep_s(self) -> float | None:
        waits_s = [seat.due_s - time.monotonic() for seat in self._seats if seat.child is None]
        if not self._opened:
            waits_s.append(ASK_EVERY_S)
        return max(0.0, min(waits_s)) if waits_s else None

    def _wait(self, wake: int, timeout_s: float | None) -> None:
        for key, _ in self._selector.select(timeout_s):
            child = key.data
            if child is None:
                _empty(wake)
            else:
                child.read()
                if not child.pipe_open:
                    self._selector.unregister(child.pipe)

    def _notice_ends(self) -> None:
        for seat in self._seats:
            child = seat.child
            if child is None or not child.ended():
                continue
            self._let_go(seat)
            if self._stopping:
                continue
            if child.exit_status == EXIT_CONFIG and not self._opened:
                raise CannotStart(child.last_words())
            alive_s = time.monotonic() - child.started_s
            delay_s = seat.backoff.delay_s(alive_s)
            seat.due_s = time.monotonic() + delay_s
            ended = f"{seat.spec.name} ended ({child.how_it_ended()})"
            self._say(f"{ended}; starting it again in {delay_s:g} s")

    def _let_go(self, seat: _Seat) -> None:
        child = seat.child
        assert child is not None
        if child.read_here and child.pipe_open:
            self._selector.unregister(child.pipe)
        child.close()
        seat.child = None

    def _stop(self, wake: int) -> None:
        # A second Ctrl-C is heard and changes nothing: all is being ended already.
        self._stopping = True
        self._end([seat for seat in self._seats if not seat.spec.last], wake)
        self._end(self._seats, wake)

    def _end(self, seats: Sequence[_Seat], wake: int) -> None:
        give_up_s = time.monotonic() + self._grace_s
        for seat in seats:
            if seat.child is not None:
                seat.child.signal(signal.SIGTERM)
        while any(seat.child is not None for seat in seats):
            left_s = give_up_s - time.monotonic()
            if left_s <= 0:
                for seat in seats:
                    if seat.child is not None:
                        self._say(f"{seat.spec.name} does not end by itself and is killed")
                        seat.child.signal(signal.SIGKILL)
                give_up_s = time.monotonic() + self._grace_s
                continue
            self._wait(wake, left_s)
            self._notice_ends()


def _empty(pipe: int) -> None:
    try:
        while os.read(pipe, 512):
            pass
    except BlockingIOError:
        pass  # empty: done
