"""The newest firmware that a hall has, to tell which boards are behind."""

from firmware.version import VERSION
from gateway.config import Paths


def newest(paths: Paths) -> tuple[str, int]:
    """Give version and number of the newest good release, or else of what a hall runs from: 0."""
    if paths.releases.is_dir() and any(paths.releases.iterdir()):
        # Checking signatures takes a library that is loaded where there are some only.
        from gateway.fleet.release import Releases

        for known in Releases(paths).all():
            if known.ok:
                return known.version, known.number
    return VERSION, 0
