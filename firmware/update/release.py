"""A release into the slot that does not run; for updates of firmware only."""

from firmware.update.fetch import Ended, get_file
from firmware.update.manifest import BadManifest, read_files, read_head
from firmware.update.slots import spare_of
from firmware.wire.const import const

TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from firmware.update.fetch import Progress
    from firmware.update.slots import Slots

    Offer = dict[str, Any]

_MOST_MANIFEST_BYTES = const(32_768)
# What the rest of the firmware writes must still have its place.
_SPARED_BYTES = const(12_288)
_BLOCK_BYTES = const(4_096)
_LINES_AT_ONCE = const(8)


def get_release(
    files: "Slots",
    offer: "Offer",
    slot: str,
    board: "dict[str, Any]",
    step: int,
    progress: "Progress",
) -> "Iterator[Any]":
    """Plan to have the release of an offer whole in the slot that is not `slot`; raises Ended.

    What lies there with the right hash is kept, what the running slot has is copied. `board` says
    for what it must be: `role`, `kind`, `chip`, `mpy`.
    """
    spare = spare_of(slot)
    if offer["size"] > _MOST_MANIFEST_BYTES:
        raise Ended("refused", "bad_manifest")
    try:
        manifest = spare + "/manifest.new"
        if not (yield from files.is_whole(manifest, offer["sha"], offer["size"])):
            yield from get_file(files, manifest, offer["sha"], offer["size"], step, progress)
        _check(files, manifest, offer, board)
        size = yield from _make_room(files, spare, manifest)
        progress.got = 0
        progress.size = size
        with files.open(manifest, "r") as lines:
            read_head(lines)
            for sha, size, path in read_files(lines):
                there = spare + "/" + path
                if (yield from files.is_whole(there, sha, size)):
                    progress.got += size
                    continue
                here = slot + "/" + path
                if slot and (yield from files.is_whole(here, sha, size)):
                    yield from files.copy(here, there)
                    if (yield from files.is_whole(there, sha, size)):
                        progress.got += size
                        continue
                yield from get_file(files, there, sha, size, step, progress)
        files.rename(manifest, spare + "/manifest")
    except BadManifest:
        raise Ended("refused", "bad_manifest") from None


def _check(files: "Slots", manifest: str, offer: "Offer", board: "dict[str, Any]") -> None:
    with files.open(manifest, "r") as lines:
        head = read_head(lines)
    if head["version"] != offer["version"] or int(head["number"]) != offer["number"]:
        raise Ended("refused", "bad_manifest")
    if head["role"] != board["role"] or head["chip"] != board["chip"]:
        raise Ended("refused", "foreign")
    if head["kind"] not in ("-", board["kind"]):
        raise Ended("refused", "foreign")
    if int(head["mpy"]) != board["mpy"]:
        raise Ended("refused", "interpreter")


def _make_room(files: "Slots", spare: str, manifest: str) -> "Iterator[Any]":
    # Removes from the spare slot what will not be part of it; gives the size of all that will.
    # Few lines at a time, for each takes an RP2040 10 ms, in which it would see no key.
    size_all = needs = 0
    with files.open(manifest, "r") as lines:
        read_head(lines)
        for _, size, path in read_files(lines):
            size_all += size
            if files.size(spare + "/" + path) != size:
                needs += size + _BLOCK_BYTES // 2  # a file takes whole blocks
            yield None
    # From here on it is no slot that could be started, until all is there.
    files.remove(spare + "/manifest")
    for path in files.paths(spare):
        if path != manifest and not (yield from _is_listed(files, manifest, path, spare)):
            files.remove(path)
    if needs + _SPARED_BYTES > files.free_bytes():
        raise Ended("refused", "no_space")
    return size_all


def _is_listed(files: "Slots", manifest: str, path: str, spare: str) -> "Iterator[Any]":
    # The manifest has been checked: how a line ends is enough.
    end = " " + path[len(spare) + 1 :] + "\n"
    passed = 0
    with files.open(manifest, "r") as lines:
        for line in lines:
            if line.endswith(end):
                return True
            passed += 1
            if not passed % _LINES_AT_ONCE:
                yield None
    yield None
    return False
