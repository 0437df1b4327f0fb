"""Watching the site file: a changed one is read, a wrong one leaves the old settings in force."""

from pathlib import Path

from gateway.domain.site import Site


class SiteFile:
    """The site file at `path`; `changed` is cheap enough to be asked every few seconds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None

    def changed(self) -> Site | str | None:
        """Give the site of a file that is new or changed since the last call, else None.

        A file that cannot be used gives its problems as a text.
        """
        stamp = self._stamp()
        if stamp == self._seen:
            return None
        self._seen = stamp
        return read_site(self._path)

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return (0, 0, 0)  # read_site says what is wrong with it
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def read_site(path: Path) -> Site | str:
    """Give the site that a file describes, or its problems as a text."""
    # pydantic costs start-up time and memory: only who reads a site file pays.
    from gateway.site import SiteError, load_site

    try:
        return load_site(path)
    except SiteError as e:
        return str(e)
