# mypy: ignore-errors
# (runs inside MicroPython only)
"""A ROMFS image in the memory of a virtual board, outside its heap: as in a chip's flash."""

import os

import ffi
import uctypes
import vfs

_READ = 1
_PRIVATE = 2


def mount_romfs(file: str, at: str) -> None:
    """Mount the image in `file` at the folder `at`; what is imported from there runs in place."""
    libc = ffi.open("libc.so.6")
    open_file = libc.func("i", "open", "si")
    mmap = libc.func("L", "mmap", "LLiiil")
    size = os.stat(file)[6]
    address = mmap(0, size, _READ, _PRIVATE, open_file(file, 0), 0)
    vfs.mount(vfs.VfsRom(uctypes.bytearray_at(address & 0xFFFFFFFF, size)), at)
