"""The broker and the boards' interpreter: which are good enough, and how they are unpacked."""

import os
import shutil
from pathlib import Path

import pytest

from tests.setup.conftest import Copy
from tools.setup import apt, micropython, mosquitto
from tools.setup.common import SetupError, first_line

PRINTED = """\
'http://deb.example.org/debian/dists/bookworm/InRelease' deb_dists_bookworm_InRelease 0
'http://deb.example.org/debian/dists/bookworm-updates/InRelease' deb_updates_InRelease 0
'http://sec.example.org/debian-security/dists/bookworm-security/InRelease' sec_InRelease 0
'http://deb.example.org/debian/dists/bookworm/main/binary-amd64/Packages.xz' packages 0
W: a warning
"""

# apt-get as set-up calls it: `install` puts what lies in $OFFER where the configuration says.
FAKE_APT = """#!/bin/sh
case "$*" in
*print-uris*) echo "'http://deb.example.org/debian/dists/bookworm/InRelease' x 0"; exit 0 ;;
*update*) exit 0 ;;
esac
if [ ! -d "$OFFER" ]; then
    echo "E: Failed to fetch http://deb.example.org/x.deb  Could not resolve 'deb.example.org'"
    exit 100
fi
while [ "$1" != -c ]; do shift; done
archives=$(sed -n 's/^Dir::Cache::archives "\\(.*\\)";/\\1/p' "$2")
cp "$OFFER"/*.deb "$archives" 2>/dev/null || echo "E: Unable to locate package mosquitto"
"""
PREPARE = """
import sys
from tools.setup import mosquitto
from tools.setup.common import SetupError, first_line
mosquitto.SYSTEM_PATHS = ()
try:
    mosquitto.prepare()
except SetupError as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("mosquitto version 2.0.11", (2, 0, 11)),
        ("mosquitto version 2.1", (2, 1)),
        ("mosquitto version 1.6.12", (1, 6, 12)),
        ("sh: mosquitto: not found", ()),
        ("", ()),
    ],
)
def test_versions_of_the_broker(line: str, version: tuple[int, ...]):
    assert mosquitto.version_of(line) == version
    assert (version >= mosquitto.LEAST) == line.startswith("mosquitto version 2")


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("loket True 1 25", True),
        ("loket True 1 24", True),
        ("loket True 2 0", True),
        ("loket True 1 23", False),
        ("loket False 1 26", False),  # 64-bit
        ("ImportError: no module named 'tls'", False),
        ("", False),
    ],
)
def test_which_micropython_is_good_enough(line: str, good: bool):
    assert micropython.good_answer(line) is good


def test_the_mirror_is_the_machines_own():
    assert apt.choose_mirrors(PRINTED.splitlines()) == ["http://deb.example.org/debian"]


def test_debians_mirror_goes_first_and_discs_do_not_count():
    lines = [
        "'http://vendor.example/linux/dists/bookworm/InRelease' x 0",
        "'cdrom://[Debian]/dists/bookworm/InRelease' x 0",
        "'https://mirror.example/pub/debian/dists/bookworm/InRelease' x 0",
        "'https://mirror.example/pub/debian/dists/trixie/InRelease' x 0",
    ]
    assert apt.choose_mirrors(lines) == [
        "https://mirror.example/pub/debian",
        "http://vendor.example/linux",
    ]


def test_apt_keeps_to_its_own_folder(tmp_path: Path):
    for wish in (
        apt.Wish("mosquitto", "x.log"),
        apt.Wish("micropython", "x.log", "http://m.example/debian", "trixie", "i386"),
    ):
        for line in apt.config_text(wish, tmp_path / "state", tmp_path / "status").splitlines():
            if line.startswith("Dir::"):
                assert str(tmp_path) in line or "/dev/null" in line
    assert 'APT::Architectures { "i386"; };' in apt.config_text(wish, tmp_path, tmp_path)


def test_sources_come_along_and_what_is_said_to_be_there_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("bin", "offer"):
        (tmp_path / name).mkdir()
    (tmp_path / "offer" / "a.deb").touch()
    asked = tmp_path / "asked"
    fake = FAKE_APT.replace("while [", f'echo "$PWD $*" >> {asked}\nwhile [', 1)
    (tmp_path / "bin" / "apt-get").write_text(fake)
    (tmp_path / "bin" / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("OFFER", str(tmp_path / "offer"))
    monkeypatch.setattr("tools.setup.common.LOGS", tmp_path / "log")
    there = "Package: c\n"
    wish = apt.Wish("a b", "x.log", "http://m.example/debian", "trixie", "amd64", there, ("d/sid",))
    state = tmp_path / "state"
    assert [path.name for path in apt.fetch(wish, state)] == ["a.deb"]
    assert (state / "status").read_text() == there
    assert (state / "sources.list").read_text().splitlines()[1].endswith("/debian sid main")
    packages, sources = asked.read_text().splitlines()
    assert packages.endswith("install --download-only a b")
    assert sources.startswith(f"{state}/sources ")
    assert sources.endswith("source --download-only d/sid")


def test_the_launcher_starts_the_unpacked_loader(tmp_path: Path):
    (tmp_path / "usr/lib/i386-linux-gnu").mkdir(parents=True)
    (tmp_path / "usr/lib/i386-linux-gnu/ld-linux.so.2").touch()
    text = micropython.launcher_text(tmp_path)
    assert '"$root/usr/lib/i386-linux-gnu/ld-linux.so.2" --library-path' in text
    assert '"$root/usr/lib/i386-linux-gnu" "$root/usr/bin/micropython" "$@"' in text


def test_without_a_loader_it_says_so(tmp_path: Path):
    with pytest.raises(SetupError, match="no loader"):
        micropython.launcher_text(tmp_path)


@pytest.fixture
def offline(copy: Copy, tmp_path: Path) -> dict[str, str]:
    """Give an environment where apt-get is a stand-in and there is no mosquitto."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "apt-get").write_text(FAKE_APT)
    (folder / "apt-get").chmod(0o755)
    for name in ("dpkg-deb", "sh", "sed", "cp", "echo", "tar", "rm"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return {"PATH": str(folder), "OFFER": str(tmp_path / "offer")}


def offer_mosquitto(copy: Copy, folder: Path, version: str) -> None:
    """Put a package into `folder` whose mosquitto only tells its version."""
    program = folder / "package" / "usr" / "sbin" / "mosquitto"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho mosquitto version {version} $LD_LIBRARY_PATH\n")
    program.chmod(0o755)
    library = folder / "package" / "usr" / "lib" / "any-linux-gnu" / "libx.so.1"
    library.parent.mkdir(parents=True)
    library.touch()
    control = folder / "package" / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(
        f"Package: mosquitto\nVersion: {version}\nArchitecture: all\n"
        "Maintainer: Test <test@example.org>\nDescription: stand-in\n"
    )
    build = "import subprocess, sys; subprocess.run(['dpkg-deb', '-b', *sys.argv[1:]], check=True)"
    done = copy.python("-c", build, str(folder / "package"), str(folder / "mosquitto.deb"))
    assert done.returncode == 0, done.stderr


def test_the_broker_is_unpacked_once_and_can_be_moved(copy: Copy, tmp_path: Path, offline):
    offer_mosquitto(copy, tmp_path / "offer", "2.0.18")
    done = copy.python("-c", PREPARE, **offline)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Set-up: unpacking mosquitto")
    shutil.rmtree(tmp_path / "offer")
    done = copy.python("-c", PREPARE, **offline)  # what is there is not fetched again
    assert (done.returncode, done.stdout) == (0, "")
    moved = copy.folder.rename(tmp_path / "elsewhere")
    launcher = moved / ".tools" / "bin" / "mosquitto"
    library = moved / ".tools" / "bin" / ".." / "mosquitto" / "usr" / "lib" / "any-linux-gnu"
    assert first_line([launcher, "-h"]) == f"mosquitto version 2.0.18 {library}"
    names = sorted(path.name for path in (moved / ".tools").iterdir())
    assert names == ["bin", "log", "mosquitto"]


def test_an_old_broker_is_refused_and_nothing_is_left(copy: Copy, tmp_path: Path, offline):
    offer_mosquitto(copy, tmp_path / "offer", "1.6.12")
    done = copy.python("-c", PREPARE, **offline)
    assert "older than 2.0" in done.stderr
    assert "mosquitto version 1.6.12" in done.stderr
    assert not (copy.folder / ".tools" / "mosquitto").exists()
    assert not (copy.folder / ".tools" / "bin" / "mosquitto").exists()


def test_an_unreachable_mirror_is_told_in_one_sentence(copy: Copy, offline):
    done = copy.python("-c", PREPARE, **offline)
    assert done.stderr == (
        "mosquitto cannot be fetched: this machine's package mirror cannot be reached; check "
        "this machine's network and /etc/apt, then give the same command again\n"
    )
    assert not (copy.folder / ".tools" / "bin" / "mosquitto").exists()


def test_a_mirror_that_lacks_it_is_told(copy: Copy, tmp_path: Path, offline):
    (tmp_path / "offer").mkdir()
    done = copy.python("-c", PREPARE, **offline)
    assert "does not have it (Unable to locate package mosquitto)" in done.stderr
