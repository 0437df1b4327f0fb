"""Releases of the firmware: made, signed, checked and kept.

A release is a zip (or, in the store, a folder) of `release.json`, which names every file with its
SHA-256, `release.sig`, the Ed25519 signature of exactly those bytes, and `files/<sha>`. Nothing of
it is used before the signature and every hash are found right (docs/updates.md).
"""

from gateway.fleet.release.build import build_release
from gateway.fleet.release.errors import ReleaseError
from gateway.fleet.release.keys import (
    SigningKey,
    fingerprint,
    own_key,
    public_keys,
    trust_key,
    trusted_keys,
)
from gateway.fleet.release.manifest import FileEntry
from gateway.fleet.release.opened import Release, open_release
from gateway.fleet.release.store import Known, Releases

__all__ = [
    "FileEntry",
    "Known",
    "Release",
    "ReleaseError",
    "Releases",
    "SigningKey",
    "build_release",
    "fingerprint",
    "open_release",
    "own_key",
    "public_keys",
    "trust_key",
    "trusted_keys",
]
