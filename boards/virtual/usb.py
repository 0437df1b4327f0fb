"""A virtual board on a USB cable: a serial port for real tools, a LittleFS image for its flash.

    with UsbBoard(folder) as board:
        subprocess.run(["mpremote", "connect", board.port, "exec", "print(1)"])

Inside, real 32-bit MicroPython runs usb_repl.py. See docs/virtual-boards.md.
"""

import hashlib
import os
import select
import signal
import subprocess
import termios
import threading
import time
import tty
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from types import TracebackType

from boards.virtual.process import ASLEEP_STATUS, World, micropython

REPL = Path(__file__).with_name("usb_repl.py")
BOOTLOADER_STATUS = 12  # as in usb_machine.py
OFF_STATUS = 0
BLOCK_BYTES = 4_096
_KEPT_BYTES = 65_536  # of what the board has printed
_LOOK_MS = 20  # whether somebody has opened the port
_GIVE_UP_S = 0.5  # a board waits so long for a host that does not read, then drops what it says
_GARBAGE_BYTES = 64
_REPLUG_S = 0.2


class UsbBoard:
    """A board with its own power, on a cable that can be pulled; use it in a `with` block.

    `port` is the serial port, `image` its flash, `world` what is around it (as BoardProcess),
    `said` the last of what it printed. `heap_kb` and `flash_kb` are its memory.
    """

    def __init__(
        self, folder: Path, heap_kb: int = 192, blank: bool = True, flash_kb: int = 1_024
    ) -> None:
        """`blank` empties a flash that is there; `folder` is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        self.image = folder / "flash.img"
        self.port = str(folder / "ttyACM0")
        self.unique_id = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        self.world = World(restarts=True)
        self.said = bytearray()
        self.in_bootloader = False
        self.babbles = False  # garbage on the line, all the time
        self.replugs = False  # its port goes and comes with the chip, as a Pico's
        self.resets = 0  # so often has it started anew by itself
        self._heap_kb = heap_kb
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: threading.Thread | None = None
        self._board: int | None = None  # our end of its terminal
        self._host: int | None = None  # our end of the port
        self._down = b""  # on the way to the board
        self._up = b""
        self._up_since_s = 0.0
        self._after: tuple[int, Callable[[], None]] | None = None
        self._lock = threading.RLock()
        self._cut = threading.Event()  # ends a sleep, too
        self._wake, self._waker = os.pipe()
        self._ending = False
        self._chance = Random(self.unique_id)
        self._pump = threading.Thread(target=self._carry, daemon=True)
        if blank or not self.image.exists():
            self.image.write_bytes(b"\xff" * flash_kb * 1_024)

    def __enter__(self) -> "UsbBoard":
        self._pump.start()
        self.power_on()
        self.plug()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        why: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # The cable.

    def plug(self) -> None:
        """Put the cable in: the port appears, a new one under the same name."""
        with self._lock:
            if self._host is not None:
                return
            self._host, port = os.openpty()
            tty.setraw(port)
            os.set_blocking(self._host, False)
            fresh = Path(self.port + ".new")
            fresh.symlink_to(os.ttyname(port))
            fresh.replace(self.port)
            os.close(port)
        self._look()

    def unplug(self) -> None:
        """Pull the cable out: the port is gone, the board goes on."""
        with self._lock:
            if self._host is None:
                return
            Path(self.port).unlink()
            os.close(self._host)
            self._host = None
            self._up = b""
        self._look()

    def after(self, count: int, do: Callable[[], None]) -> None:
        """Once so many more bytes have gone to the board, `do` (unplug, reset, power_cut)."""
        with self._lock:
            self._after = (count, do)

    def inject(self, data: bytes) -> None:
        """Put bytes on the line to the host that the board has not sent."""
        with self._lock:
            self._up += data
            self._up_since_s = time.monotonic()
        self._look()

    # The board.

    @property
    def runs(self) -> bool:
        """Whether the board has power and is not in its bootloader."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The board's process; raises RuntimeError when it is off."""
        if self._process is None:
            raise RuntimeError("the board is off")
        return self._process.pid

    def power_on(self) -> None:
        """Start the board as its power does; ends the bootloader, too."""
        with self._lock:
            if self._process is None:
                self.in_bootloader = False
                self._start("power_on")
                if self.replugs:
                    self.plug()

    def power_cut(self) -> None:
        """Take the power away at once; what is in the image stays."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            self._cut.set()
            process.kill()
            if self.replugs:
                self.unplug()
        process.wait()
        if self._watcher and self._watcher is not threading.current_thread():
            self._watcher.join()

    def reset(self) -> None:
        """Press the reset button."""
        self.power_cut()
        self.power_on()

    def hang(self) -> None:
        """Let the board hang where no Ctrl-C reaches it; `reset` and `power_cut` help."""
        os.kill(self.pid, signal.SIGSTOP)

    def close(self) -> None:
        """Take it all away; the image stays."""
        self.power_cut()
        self.unplug()
        self._ending = True
        self._look()
        self._pump.join()
        os.close(self._wake)
        os.close(self._waker)

    def _start(self, cause: str) -> None:
        self._cut.clear()
        ours, theirs = os.openpty()
        # Only Ctrl-C is anything but a byte, and that when the board wants it (usb_repl.py).
        state = termios.tcgetattr(theirs)
        state[0] = state[1] = 0
        state[2] = state[2] & ~termios.PARENB | termios.CS8
        state[3] = termios.NOFLSH
        state[6][termios.VMIN], state[6][termios.VTIME] = 1, 0
        state[6][termios.VINTR] = b"\x03"
        state[6][termios.VQUIT] = state[6][termios.VSUSP] = b"\0"  # none: they are bytes of frames
        termios.tcsetattr(theirs, termios.TCSANOW, state)
        os.set_blocking(ours, False)
        world_in, stdin = os.pipe()
        stdout, world_out = os.pipe()
        # The first terminal that a session's leader opens is the one whose Ctrl-C it hears.
        opened = ["/bin/sh", "-c", 'exec "$@" <>"$0" >&0 2>&0', os.ttyname(theirs)]
        program = [micropython(), "-X", f"heapsize={self._heap_kb}k", str(REPL), str(self.image)]
        process = subprocess.Popen(
            opened + program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(world_in, world_out),
            env={
                **os.environ,
                "LOKET_WORLD": f"{world_in},{world_out}",
                "LOKET_USB_ID": self.unique_id,
                "LOKET_USB_CAUSE": cause,
            },
        )
        os.close(world_in)
        os.close(world_out)
        self.world.attach(os.fdopen(stdin, "wb", 0), os.fdopen(stdout, "rb", 0))
        self._process, self._board, self._down = process, ours, b""
        self._watcher = threading.Thread(
            target=self._watch, args=(process, ours, theirs), daemon=True
        )
        self._watcher.start()
        self._look()

    def _watch(self, process: "subprocess.Popen[bytes]", ours: int, theirs: int) -> None:
        status = process.wait()
        self.world.detach()
        with self._lock:
            self._from_board(ours)  # its last words
            self._board = None
        os.close(ours)
        os.close(theirs)
        if status == BOOTLOADER_STATUS:
            with self._lock:
                if self._process is process:  # else its power was taken away
                    self._process = None
                    self.in_bootloader = True
                    self.unplug()
            return
        if self.replugs:
            self.unplug()
        slept = [see["for_s"] for see in self.world.seen[-5:] if see["see"] == "sleep"]
        if status == ASLEEP_STATUS and slept:
            self._cut.wait(slept[-1])
        elif self.replugs:
            self._cut.wait(_REPLUG_S)
        with self._lock:
            if self._process is not process:
                return  # its power was taken away
            self._process = None
            if status != OFF_STATUS:
                self.resets += 1
                self._start("watchdog" if status == -signal.SIGALRM else "reset")
                if self.replugs:
                    self.plug()

    # What the cable carries.

    def _look(self) -> None:
        os.write(self._waker, b"x")

    def _carry(self) -> None:
        while not self._ending:
            poll = select.poll()
            poll.register(self._wake, select.POLLIN)
            wait_ms = None
            with self._lock:
                board, host = self._board, self._host
                is_open = host is not None and self._is_open(host)
                if self._up and not is_open:
                    self._up = b""  # nobody listens
                if board is not None:
                    wanted = 0 if self._up else select.POLLIN
                    poll.register(board, wanted | (select.POLLOUT if self._down else 0))
                if host is not None and is_open:
                    wanted = 0 if self._down else select.POLLIN
                    poll.register(host, wanted | (select.POLLOUT if self._up else 0))
                if (host is not None and not is_open) or self._up or self.babbles:
                    wait_ms = _LOOK_MS
            found = dict(poll.poll(wait_ms))
            if self._wake in found:
                os.read(self._wake, 4_096)
            with self._lock:
                do = self._move(board, host)
            if do:
                do()  # without the lock: it may wait for others who want it

    def _move(self, board: int | None, host: int | None) -> Callable[[], None] | None:
        if board is not None and board == self._board:
            if not self._up:
                self._from_board(board)
            if self._down:
                self._down = self._down[_write(board, self._down) :]
        if host is None or host != self._host:
            return None
        if self.babbles:
            self._up = (self._up + self._chance.randbytes(_GARBAGE_BYTES))[-4_096:]
        if self._up:
            sent = _write(host, self._up)
            now_s = time.monotonic()
            if sent:
                self._up_since_s = now_s
            elif now_s - self._up_since_s > _GIVE_UP_S:
                sent = len(self._up)
            self._up = self._up[sent:]
        if self._down:
            return None
        data = _read(host)
        do = None
        if self._after is not None and data:
            count, then = self._after
            data = data[:count]
            self._after = (count - len(data), then)
            if count == len(data):
                self._after, do = None, then
        if board is not None and board == self._board:
            self._down = data[_write(board, data) :]
        return do

    def _from_board(self, board: int) -> None:
        data = _read(board)
        if data:
            # Kept for a host that has the port open now, not for one that opens it a moment later.
            if self._host is not None and self._is_open(self._host):
                self._up += data
                self._up_since_s = time.monotonic()
            self.said += data
            del self.said[:-_KEPT_BYTES]

    @staticmethod
    def _is_open(host: int) -> bool:
        # A terminal's end tells while nobody has the other one open.
        poll = select.poll()
        poll.register(host, 0)
        return not any(event & select.POLLHUP for _, event in poll.poll(0))

    # The flash, from outside, while the board is off.

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write files into the image, with their folders; a blank one is formatted first."""
        with _Image(self) as disk:
            for path, data in files.items():
                folder = path.rpartition("/")[0]
                if folder:
                    disk.makedirs(folder, exist_ok=True)
                with disk.open(path, "wb") as file:
                    file.write(data)

    def files(self) -> dict[str, bytes]:
        """Give all files of the image, by their paths from the root, without a leading slash."""
        found = {}
        with _Image(self) as disk:
            for folder, _, names in disk.walk("/"):
                for name in names:
                    path = f"{folder.rstrip('/')}/{name}"
                    with disk.open(path, "rb") as file:
                        found[path[1:]] = file.read()
        return found

    def fill(self, leave_bytes: int) -> None:
        """Fill the flash with a file `ballast`, but for so many bytes."""
        with _Image(self) as disk:
            free = (disk.fs.block_count - disk.used_block_count) * BLOCK_BYTES
            with disk.open("ballast", "wb") as file:
                file.write(bytes(max(0, free - leave_bytes)))


class _Image:
    """The image, opened; what was written is in the file at the end of the `with` block."""

    def __init__(self, board: UsbBoard) -> None:
        if board.runs:
            raise RuntimeError("a board that runs has its flash for itself: power_cut() first")
        from littlefs import LittleFS

        data = bytearray(board.image.read_bytes())
        self._file = board.image
        self._disk = LittleFS(
            block_size=BLOCK_BYTES, block_count=len(data) // BLOCK_BYTES, mount=False
        )
        self._disk.context.buffer = data
        if data.count(0xFF) == len(data):
            self._disk.format()
        self._disk.mount()

    def __enter__(self):  # type: ignore[no-untyped-def] # littlefs has no types
        return self._disk

    def __exit__(
        self,
        kind: type[BaseException] | None,
        why: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._disk.unmount()
        self._file.write_bytes(self._disk.context.buffer)


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, 4_096)
    except OSError:
        return b""  # nothing there, or nobody at the other end


def _write(fd: int, data: bytes) -> int:
    with suppress(OSError):
        return os.write(fd, data) if data else 0
    return 0
