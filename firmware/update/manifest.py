"""The manifest of a release, read line by line: what a slot holds, each file by its hash.

loket-firmware 1
version 1.2.0
number 7
role counter
chip rp2
mpy 6
kind counter_led
<sha> <size> <path>       sorted by path
end 46
"""

from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Iterator

    Entry = tuple[str, int, str]

FIRST = "loket-firmware 1"
HEAD = ("version", "number", "role", "chip", "mpy", "kind")
_MOST_PATH_CHARS = const(64)
_MOST_FILE_BYTES = const(262_144)


class BadManifest(ValueError):
    """A manifest that is none."""


def read_head(lines: "Iterator[str]") -> "dict[str, str]":
    """Take the head from `lines` and give its fields; raise BadManifest."""
    if _line(lines) != FIRST:
        raise BadManifest("no " + FIRST)
    head = {}
    for name in HEAD:
        word, _, value = _line(lines).partition(" ")
        if word != name or not value or " " in value:
            raise BadManifest("no " + name)
        head[name] = value
    _number(head["number"])
    _number(head["mpy"])
    return head


def read_files(lines: "Iterator[str]") -> "Iterator[Entry]":
    """Give (sha, size, path) of each file, what follows the head; raise BadManifest where it is
    wrong, at the latest at its end."""
    before = ""
    files = 0
    while True:
        words = _line(lines).split(" ")
        if words[0] == "end":
            if len(words) != 2 or _number(words[1]) != files or next(lines, ""):
                raise BadManifest("end")
            return
        if len(words) != 3 or not is_sha(words[0]) or not _is_path(words[2]):
            raise BadManifest("file %d" % files)
        size = _number(words[1])
        if words[2] <= before or size > _MOST_FILE_BYTES:
            raise BadManifest(words[2])
        before = words[2]
        files += 1
        yield words[0], size, before


def is_sha(text: str) -> bool:
    """Tell whether `text` is a SHA-256 as 64 digits of hex, in small letters."""
    return len(text) == 64 and not text.strip("0123456789abcdef")


def _is_path(path: str) -> bool:
    # Of a file in the slot, never of one beside it.
    if not 0 < len(path) <= _MOST_PATH_CHARS or path.startswith("manifest"):
        return False
    for byte in path.encode():
        if byte not in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./":
            return False
    return not path.startswith("/") and ".." not in path and "//" not in path and path[-1:] != "/"


def _number(text: str) -> int:
    if not 0 < len(text) <= 9 or text.strip("0123456789"):
        raise BadManifest("no number: " + text)
    return int(text)


def _line(lines: "Iterator[str]") -> str:
    line = next(lines, "")
    if line[-1:] != "\n":
        raise BadManifest("it ends early")
    return line[:-1]
