"""The files of a flash, kept in memory: stands for firmware/update/slots.Slots."""

import binascii
import hashlib
import io


def sha_of(data):
    return binascii.hexlify(hashlib.sha256(data).digest()).decode()


class _Open:
    def __init__(self, files, path):
        self._files = files
        self._path = path
        files.data[path] = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, data):
        if self._files.full:
            raise OSError(28, "full")
        self._files.data[self._path] += data
        if self._path in self._files.spoils:
            self._files.data[self._path] = b"?" + self._files.data[self._path][1:]


class _Lines:
    """Lines that are read one by one, and counted."""

    def __init__(self, files, text):
        self._files = files
        self._lines = iter(io.StringIO(text))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __iter__(self):
        return self

    def __next__(self):
        self._files.lines_read += 1
        return next(self._lines)


class MemoryFiles:
    """`data` is path -> bytes; `full`: nothing is taken; `spoils`: paths that come back wrong."""

    def __init__(self):
        self.data = {}
        self.full = False
        self.spoils = ()
        self.free = 1_000_000
        self.removed = []
        self.lines_read = 0

    def size(self, path):
        return len(self.data[path]) if path in self.data else -1

    def is_whole(self, path, sha, size):
        yield None
        return self.size(path) == size and sha_of(self.data[path]) == sha

    def open(self, path, mode):
        if mode == "r":
            return _Lines(self, self.data[path].decode())
        return _Open(self, path)

    def copy(self, source, path):
        yield None
        self.data[path] = self.data[source]

    def rename(self, path, to):
        self.data[to] = self.data.pop(path)

    def remove(self, path):
        if self.data.pop(path, None) is not None:
            self.removed.append(path)

    def paths(self, folder):
        for path in list(self.data):
            if path.startswith(folder + "/"):
                yield path

    def free_bytes(self):
        return self.free
