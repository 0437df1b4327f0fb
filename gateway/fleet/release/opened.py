"""Opens a release and checks all of it: signature first, then every name, size and hash."""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.fleet.release.errors import ReleaseError
from gateway.fleet.release.keys import fingerprint, is_key, is_signed_by
from gateway.fleet.release.manifest import FileEntry, manifest

FORMAT = 1
JSON = "release.json"
SIGNATURE = "release.sig"
FILES = "files/"
LOADER = "main.py"  # in no set: it goes to the root of a board's flash, by cable only
MIN_MICROPYTHON = "1.26"

# Ours has 0.4 MB in 150 files.
MOST_BYTES = 8 * 1_024 * 1_024
MOST_FILE_BYTES = 256 * 1_024
_MOST_FILES = 1_000
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,30}")
_PATH = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*\.(py|mpy)")
_SET = re.compile(r"[a-z0-9_]+/[a-z0-9]+")
_SHA = re.compile(r"[0-9a-f]{64}")
# A board reads at most nine digits, and paths of 64 characters (firmware/update/manifest.py).
_MOST_NUMBER = 999_999_999
_MOST_PATH_CHARS = 64
# A zip needs a date; one and the same keeps the bytes the same.
_DATE = (1980, 1, 1, 0, 0, 0)
# What zipfile raises for a file that is none, or is cut short, encrypted or of a foreign method.
_BAD_ZIP = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Release:
    """A release whose signature and hashes are right. `signed_by` is the name of the key.

    `files` has all paths; `sets` tells which of them a kind (or role) on a chip needs, and
    `roles` the role of each kind.
    """

    version: str
    number: int
    mpy: int
    min_micropython: str
    contract: tuple[int, int]
    signed_by: str
    files: Mapping[str, FileEntry]
    sets: Mapping[str, tuple[str, ...]]
    roles: Mapping[str, str]
    _blobs: Mapping[str, bytes]
    _signed: tuple[bytes, bytes]  # release.json and its signature

    def files_for(self, role: str, kind: str, chip: str) -> dict[str, FileEntry]:
        """Give the files of a board, by their path in its slot; raise ReleaseError if it has none.

        `kind` "" is a board of no kind; one that is not known here gets all files of its role.
        """
        paths = None
        if kind and self.roles.get(kind, role) == role:
            paths = self.sets.get(f"{kind}/{chip}")
        paths = paths or self.sets.get(f"{role}/{chip}")
        if paths is None:
            raise ReleaseError(
                "not_for",
                f"Rilis {self.version} tidak berisi firmware untuk {role} pada {chip}.",
                f"release {self.version} has no firmware for a {role} on {chip}",
            )
        return {path: self.files[path] for path in paths}

    def manifest_for(self, role: str, kind: str, chip: str) -> bytes:
        """Give the manifest of a board; raise ReleaseError if there is no firmware for it."""
        files = self.files_for(role, kind, chip)
        return manifest(self.version, self.number, role, chip, self.mpy, kind, files)

    def blob(self, sha: str) -> bytes:
        """Give the content of this hash; KeyError if this release has no such file."""
        return self._blobs[sha]

    def pack(self, folder: Path) -> Path:
        """Write the release as a zip into a folder, and give the zip; the same bytes each time."""
        folder.mkdir(parents=True, exist_ok=True)
        return write_zip(folder / f"loket-{self.version}.zip", self._signed, self._blobs)

    def write(self, folder: Path) -> None:
        """Write the release into a folder, as `open_release` reads it."""
        (folder / FILES).mkdir(parents=True)
        (folder / JSON).write_bytes(self._signed[0])
        (folder / SIGNATURE).write_bytes(self._signed[1])
        for sha, data in self._blobs.items():
            (folder / FILES / sha).write_bytes(data)


def open_release(file: Path, trusted: Mapping[str, str]) -> Release:
    """Give the release of a zip or a folder once all of it is found right.

    `trusted` has the names of keys by their public halves. Raises ReleaseError with the reason.
    """
    found = _read_folder(file) if file.is_dir() else _read_zip(file)
    text = found.pop(JSON, None)
    if text is None:
        raise ReleaseError(
            "torn",
            f"{file.name} bukan rilis firmware: {JSON} tidak ada di dalamnya.",
            f"{file.name} is no release of firmware: there is no {JSON} in it",
        )
    signature = found.pop(SIGNATURE, b"")
    signed_by = _judge_signature(file.name, text, signature, trusted)
    content = _parse(file.name, text)
    blobs = {name[len(FILES) :]: data for name, data in found.items()}
    try:
        return _release(file.name, content, signed_by, blobs, (text, signature))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReleaseError(
            "format",
            f"{file.name} ditandatangani, tetapi isinya tidak lengkap ({error!r}).",
            f"{file.name} is signed, but its {JSON} is not as it should be ({error!r})",
        ) from error


def write_zip(file: Path, signed: tuple[bytes, bytes], blobs: Mapping[str, bytes]) -> Path:
    """Write a release's zip: its release.json, the signature of that, its files by their hash."""
    part = file.with_name(f".{file.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as out:
        for name, data in (
            (JSON, signed[0]),
            (SIGNATURE, signed[1]),
            *((FILES + sha, blobs[sha]) for sha in sorted(blobs)),
        ):
            out.writestr(zipfile.ZipInfo(name, _DATE), data)
    return part.replace(file)


def check_version(version: str) -> None:
    """Raise ReleaseError unless `version` can name a release, a file and a folder."""
    if not _VERSION.fullmatch(version):
        raise ReleaseError(
            "format",
            f"{version!r} tidak bisa menjadi versi: huruf, angka, titik, + dan -, maks. 31.",
            f"{version!r} cannot be a version: letters, digits, dots, + and -, at most 31",
        )


def check_number(number: object) -> None:
    """Raise ReleaseError unless `number` can be a release's: from 1 to 999,999,999."""
    if type(number) is not int or not 1 <= number <= _MOST_NUMBER:
        raise ReleaseError(
            "format",
            f"{number!r} tidak bisa menjadi nomor rilis: bilangan bulat dari 1.",
            f"{number!r} cannot be a release's number: a whole number from 1 on",
        )


def _judge_signature(name: str, text: bytes, signature: bytes, trusted: Mapping[str, str]) -> str:
    words = signature.decode("ascii", "replace").split()
    if not words:
        raise ReleaseError(
            "unsigned",
            f"{name} tidak ditandatangani, jadi tidak ada yang menjamin isinya. Minta rilis yang"
            " ditandatangani kepada pembuatnya.",
            f"{name} is not signed, so nobody vouches for it: ask its maker for a signed release",
        )
    if len(words) != 2 or not is_key(words[1]) or not is_signed_by(words[1], words[0], text):
        raise _altered(name, [JSON])
    signed_by = trusted.get(words[1])
    if signed_by is None:
        who = fingerprint(words[1])
        raise ReleaseError(
            "unknown_key",
            f"{name} ditandatangani dengan kunci yang tidak dikenal di sini ({who}). Kalau"
            " pembuatnya menyebut sidik yang sama: `loket release trust KUNCI.pub`.",
            f"{name} is signed with a key that is not trusted here ({who}): if its maker tells you"
            " the same fingerprint, `loket release trust KEY.pub`",
        )
    return signed_by


def _parse(name: str, text: bytes) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        content = {}
    found = content.get("format")
    if found != FORMAT:
        older = isinstance(found, int) and found < FORMAT
        way_id = "buat rilis baru" if older else "perbarui gateway ini dahulu"
        way_en = "make it anew" if older else "update this gateway first"
        raise ReleaseError(
            "format",
            f"{name} memakai format {found!r}; di sini {FORMAT}: {way_id}.",
            f"{name} has the format {found!r}; here it is {FORMAT}: {way_en}",
        )
    return content


def _release(
    name: str,
    content: dict[str, Any],
    signed_by: str,
    blobs: dict[str, bytes],
    signed: tuple[bytes, bytes],
) -> Release:
    check_version(content["version"])
    check_number(content["number"])
    files = {}
    for path, entry in content["files"].items():
        _judge_path(name, path)
        files[path] = FileEntry(str(entry["sha"]), int(entry["size"]))
    wanted = {entry.sha for entry in files.values()}
    wrong = [
        path
        for path, entry in files.items()
        if len(blobs.get(entry.sha, b"")) != entry.size or _sha(blobs[entry.sha]) != entry.sha
    ]
    wrong += [FILES + sha for sha in blobs if sha not in wanted]
    if wrong:
        raise _altered(name, wrong)
    sets = {key: tuple(str(path) for path in paths) for key, paths in content["sets"].items()}
    for key, paths in sets.items():
        if not _SET.fullmatch(key) or not files.keys() >= set(paths) or LOADER in paths:
            raise ValueError(f"sets: {key}")
    major, minor = content["contract"]
    return Release(
        content["version"],
        content["number"],
        int(content["mpy"]),
        str(content["min_micropython"]),
        (int(major), int(minor)),
        signed_by,
        files,
        sets,
        {str(kind): str(role) for kind, role in content["roles"].items()},
        blobs,
        signed,
    )


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _judge_path(name: str, path: str) -> None:
    if not _PATH.fullmatch(path) or len(path) > _MOST_PATH_CHARS:
        raise ReleaseError(
            "bad_path",
            f"{name} memuat nama berkas yang tidak boleh: {path[:80]!r}.",
            f"{name} has a file of a name that is not allowed: {path[:80]!r}",
        )


def _judge_name(name: str, inside: str) -> None:
    if inside in (JSON, SIGNATURE):
        return
    if not inside.startswith(FILES) or not _SHA.fullmatch(inside[len(FILES) :]):
        raise ReleaseError(
            "bad_path",
            f"{name} memuat nama berkas yang tidak boleh: {inside[:80]!r}.",
            f"{name} has a file of a name that is not allowed: {inside[:80]!r}",
        )


def _altered(name: str, paths: list[str]) -> ReleaseError:
    which = ", ".join(paths[:3]) + (f" (+{len(paths) - 3})" if len(paths) > 3 else "")
    return ReleaseError(
        "altered",
        f"{name} berubah setelah ditandatangani: {which}. Ambil sekali lagi dari pembuatnya.",
        f"{name} was altered after it was signed: {which}. Get it once more from its maker",
    )


def _oversize(name: str) -> ReleaseError:
    most = MOST_BYTES // 1_024 // 1_024
    return ReleaseError(
        "oversize",
        f"{name} terlalu besar untuk sebuah rilis (paling banyak {most} MB).",
        f"{name} is too large for a release (at most {most} MB)",
    )


def _missing(file: Path) -> ReleaseError:
    return ReleaseError(
        "missing", f"{file} tidak ada atau tidak bisa dibaca.", f"{file} cannot be read"
    )


def _torn(name: str) -> ReleaseError:
    return ReleaseError(
        "torn",
        f"{name} rusak atau terpotong. Salin sekali lagi.",
        f"{name} is torn or cut short: copy it once more",
    )


def _read_zip(file: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _oversize(file.name)
        with zipfile.ZipFile(file) as opened:
            infos = opened.infolist()
            if len(infos) > _MOST_FILES:
                raise _oversize(file.name)
            for info in infos:
                if info.filename == FILES:
                    continue  # a folder of its own, as some packers make
                _judge_name(file.name, info.filename)
                if info.filename in found:
                    raise _torn(file.name)
                if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise _torn(file.name)  # others may want all memory, and fail in other ways
                # What the zip says of its sizes is not believed.
                with opened.open(info) as part:
                    data = part.read(min(left, MOST_FILE_BYTES) + 1)
                if len(data) > min(left, MOST_FILE_BYTES):
                    raise _oversize(file.name)
                left -= len(data)
                found[info.filename] = data
    except OSError as error:
        raise _missing(file) from error
    except _BAD_ZIP as error:
        raise _torn(file.name) from error
    return found


def _read_folder(folder: Path) -> dict[str, bytes]:
    # As the store has it: names that are none of a release's are not looked at.
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    try:
        names = [JSON, SIGNATURE]
        names += [FILES + name for name in _names(folder / FILES) if _SHA.fullmatch(name)]
        if len(names) > _MOST_FILES:
            raise _oversize(folder.name)
        for name in names:
            if not (folder / name).is_file():
                continue
            with open(folder / name, "rb") as opened:
                data = opened.read(MOST_FILE_BYTES + 1)
            left -= len(data)
            if len(data) > MOST_FILE_BYTES or left < 0:
                raise _oversize(folder.name)
            found[name] = data
    except OSError as error:
        raise _missing(folder) from error
    return found


def _names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
