# mypy: ignore-errors
# (runs inside MicroPython only)
"""A board's start and REPL on a terminal: `micropython usb_repl.py IMAGE`; see usb.py.

The unix port has neither raw REPL nor soft reboot nor a flash; here they are, as on a real board
(MicroPython's shared/runtime/pyexec.c): the LittleFS of the file IMAGE at `/`, boot.py and main.py
at start, and what mpremote needs: raw REPL, raw paste, soft reboot, Ctrl-C.
"""

import array
import io
import os
import sys

import uctypes
import vfs

sys.path[0] = __file__.rsplit("/", 1)[0]

import usb_machine as hw  # noqa: E402

_BLOCK_BYTES = 4_096
_WINDOW = 128
_RAW = "LOKET_USB_RAW"  # set for a start after a soft reboot in raw mode
_BANNER = "MicroPython v%s on %s; linux with virtual\r\n" % (
    ".".join([str(part) for part in sys.implementation[1][:3]]),
    sys.implementation[2].split(" ")[0],
)
_HELP = 'Type "help()" for more information.\r\n'
_RAW_BANNER = "raw REPL; CTRL-B to exit\r\n"

_in = sys.stdin.buffer
_out = sys.stdout
with open("/proc/self/cmdline", "rb") as _f:
    _command = _f.read()


class Flash:
    """A file as a flash chip."""

    def __init__(self, image):
        self._file = open(image, "r+b")  # noqa: SIM115
        self._file.seek(0, 2)
        self._blocks = self._file.tell() // _BLOCK_BYTES

    def readblocks(self, block, into, at=0):
        self._file.seek(block * _BLOCK_BYTES + at)
        self._file.readinto(into)

    def writeblocks(self, block, data, at=0):
        self._file.seek(block * _BLOCK_BYTES + at)
        self._file.write(data)

    def ioctl(self, what, arg):
        if what == 4:
            return self._blocks
        if what == 5:
            return _BLOCK_BYTES
        return 0  # synchronise, erase: nothing to do


def _mount(image):
    flash = Flash(image)
    vfs.umount("/")
    try:
        disk = vfs.VfsLfs2(flash)
    except OSError:  # a blank one: as a real board does at its first start
        vfs.VfsLfs2.mkfs(flash)
        disk = vfs.VfsLfs2(flash)
    vfs.mount(disk, "/")
    os.chdir("/")
    sys.path[:] = ["", ".frozen", "/lib"]


def _soft_reboot(raw):
    # The same process with a fresh MicroPython: nothing stays but the flash.
    hw.interrupts(False)
    _out.write("MPY: soft reboot\r\n")
    if raw:
        os.putenv(_RAW, "1")
    parts = _command.split(b"\0")[:-1]
    kept = [part + b"\0" for part in parts]
    hw._libc.func("i", "execv", "pp")(
        kept[0], array.array("L", [uctypes.addressof(part) for part in kept] + [0])
    )


def _execute(source, name, mode="exec"):
    """Run a program; gives the exception that ended it, or None."""
    try:
        hw.interrupts(True)
        try:
            code = compile(source, name, mode)
            source = None
            exec(code, _globals)
        finally:
            hw.interrupts(False)
    except SystemExit as why:
        if why.args and isinstance(why.args[0], int):
            hw.end(why.args[0])  # how the firmware on a process sleeps and resets
        return why
    except BaseException as why:  # noqa: BLE001 - whatever it is, the prompt tells it
        return why
    return None


def _complain(why):
    """Print the traceback of a program, without our own part in it."""
    if why is None or isinstance(why, SystemExit):
        return
    text = io.StringIO()
    sys.print_exception(why, text)
    for line in text.getvalue().split("\n")[:-1]:
        if __file__ not in line:
            _out.write(line + "\r\n")


def _run_file(name):
    """Run a file of the flash if it is there; True if it wants a soft reboot."""
    try:
        with open(name) as f:
            source = f.read()
    except OSError:
        return False
    why = _execute(source, name)
    _complain(why)
    return isinstance(why, SystemExit)


def _byte():
    data = _in.read(1)
    if not data:
        hw.end(0)  # the terminal has gone
    return data[0]


def _pasted():
    # Raw paste: the host sends a window more each time that it is told to.
    _out.write("R\x01")
    _out.buffer.write(bytes((_WINDOW & 0xFF, _WINDOW >> 8, 1)))
    source = bytearray()
    while True:
        c = _byte()
        if c == 4 or c == 3:
            _out.write("\x04")
            return source if c == 4 else None
        source.append(c)
        if len(source) % _WINDOW == 0:
            _out.write("\x01")


def _answer(source):
    # What both kinds of raw mode give: the output, \x04, the error, \x04.
    why = KeyboardInterrupt() if source is None else _execute(str(source, "utf8"), "<stdin>")
    _out.write("\x04")
    _complain(why)
    _out.write("\x04")
    if isinstance(why, SystemExit):
        _soft_reboot(True)


def _raw():
    _out.write(_RAW_BANNER)
    _out.write(">")
    line = bytearray()
    while True:
        c = _byte()
        if c == 1:
            if len(line) == 2 and line[0] == 5:
                if line[1] == 65:
                    _answer(_pasted())
                else:
                    _out.write("R\x00")
                _out.write(">")
            else:
                _out.write(_RAW_BANNER)
                _out.write(">")
        elif c == 2:
            _out.write("\r\n")
            return
        elif c == 3:
            pass  # forgets the line, below
        elif c == 4:
            if not line:
                _out.write("\r\n")
                _soft_reboot(True)
            _out.write("OK")
            _answer(line)
            _out.write(">")
        else:
            line.append(c)
            continue
        line = bytearray()


def _friendly():
    _out.write(_BANNER)
    _out.write(_HELP)
    lines = ""
    line = bytearray()
    _out.write(">>> ")
    last = 0
    while True:
        c = _byte()
        if c == 10 and last == 13:
            c = 0  # the second half of a line's end
        last = c
        if c == 1:
            _out.write("\r\n")
            return
        if c == 2:
            _out.write("\r\n" + _BANNER + _HELP)
        elif c == 3:
            _out.write("\r\n")
        elif c == 4 and not line and not lines:
            _out.write("\r\n")
            _soft_reboot(False)
        elif c == 13 or c == 10:
            _out.write("\r\n")
            text = bytes(line).decode()
            if (lines and text) or text.rstrip().endswith(":"):
                lines += text + "\n"  # a block, until an empty line
                line = bytearray()
                _out.write("... ")
                continue
            source = lines + text
            if source.strip():
                why = _execute(source, "<stdin>", "single")
                if isinstance(why, SystemExit):
                    _soft_reboot(False)
                _complain(why)
        elif c == 8 or c == 127:
            if line:
                line = line[:-1]
                _out.write("\x08 \x08")
            continue
        else:
            if c >= 32 or c == 9:
                line.append(c)
                _out.buffer.write(bytes((c,)))
            continue
        lines = ""
        line = bytearray()
        _out.write(">>> ")


def _start(raw):
    again = _run_file("boot.py") or (not raw and _run_file("main.py"))
    if again:
        _soft_reboot(False)


_globals = {"__name__": "__main__"}
_is_raw = bool(os.getenv(_RAW))
os.putenv(_RAW, "")
_mount(sys.argv[1])
_new = True
while True:
    try:
        if _new:
            _new = False
            _start(_is_raw)
        if not _is_raw:
            _friendly()
        _is_raw = True
        _raw()
        _is_raw = False
    except KeyboardInterrupt:
        pass  # a Ctrl-C in the moment between a program and the prompt
