"""Packages unpacked into the project, not installed: no root needed, the system untouched.

apt gets a state of its own (lists, cache, status, locks), so that it neither needs nor changes
the machine's. Mirrors, proxies and keys are those of the machine: no address is written here.
"""

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.setup.common import SetupError, reason, run, work_folder

DPKG_STATUS = Path("/var/lib/dpkg/status")
KEYRINGS = Path("/usr/share/keyrings")
TRUSTED = Path("/etc/apt/trusted.gpg.d")
# Suites that hold fixes for another suite, and no packages of their own.
SIDE_SUITES = ("-security", "/updates", "-updates", "-backports")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to fetch: `package`, or several names apart by blanks.

    With `mirror` None it is the machine's own suite and architecture, and only what the machine
    lacks is fetched; else everything down to the C library is, for `architecture` from `suite`
    of `mirror`, but for what `status` (as in dpkg's file of that name) says is there.
    `sources` are packages, each as name/suite, whose source is fetched as well.
    """

    package: str
    log: str
    mirror: str | None = None
    suite: str = ""
    architecture: str = ""
    status: str = ""
    sources: tuple[str, ...] = ()


def need(program: str) -> None:
    """Raise SetupError if this machine has no `program` of Debian's package tools."""
    if shutil.which(program) is None:
        raise SetupError(
            f"this machine has no {program}: install mosquitto 2.0 or newer and a 32-bit "
            "MicroPython 1.24 or newer by its own means, then give the same command again"
        )


def mirrors(log: str) -> list[str]:
    """Give the addresses that this machine takes Debian packages from, the likeliest first."""
    need("apt-get")
    # Unlike `apt-get indextargets`, this answers on a machine that never fetched its lists.
    with work_folder("apt") as state:
        cache = ["-o", f"Dir::Cache={state}", "-o", "Debug::NoLocking=true"]
        done = run(["apt-get", *cache, "update", "--print-uris"], log)
    return choose_mirrors(done.stdout.splitlines())


def choose_mirrors(lines: Iterable[str]) -> list[str]:
    """Give the mirrors in what `apt-get update --print-uris` prints, those of Debian first.

    Left out: suites of fixes (their mirrors have no whole Debian) and discs.
    """
    found: list[str] = []
    for line in lines:
        match = re.match(r"'([^']+)/dists/([^']+)/InRelease' ", line)
        if match and not match[2].endswith(SIDE_SUITES) and not match[1].startswith("cdrom:"):
            found.append(match[1])
    named_so = ("/debian", "/raspbian")
    return sorted(dict.fromkeys(found), key=lambda address: not address.endswith(named_so))


def keys() -> list[Path]:
    """Give the keyrings that this machine trusts for Debian's packages and its kin's."""
    kin = [KEYRINGS / f"{name}-archive-keyring.gpg" for name in ("debian", "raspbian")]
    trusted = sorted(TRUSTED.glob("*.gpg")) + sorted(TRUSTED.glob("*.asc"))
    return [path for path in kin + trusted if path.is_file()]


def config_text(wish: Wish, state: Path, status: Path) -> str:
    """Give an apt configuration whose every file lies in `state`, and that installs nothing."""
    lines = [
        f'Dir::State "{state}/state";',
        f'Dir::State::lists "{state}/state/lists";',
        f'Dir::State::status "{status}";',
        f'Dir::Cache "{state}/cache";',
        f'Dir::Cache::archives "{state}/cache/archives";',
        f'Dir::Log "{state}/log";',
        'Debug::NoLocking "true";',
        'Acquire::Languages "none";',
        'Acquire::Retries "2";',
        'Acquire::http::Timeout "30";',
        'Acquire::https::Timeout "30";',
        'APT::Install-Recommends "false";',
        # The machine's hooks would clean its caches or ask for root.
        "#clear APT::Update::Pre-Invoke;",
        "#clear APT::Update::Post-Invoke;",
        "#clear APT::Update::Post-Invoke-Success;",
        "#clear DPkg::Post-Invoke;",
        "#clear DPkg::Pre-Install-Pkgs;",
    ]
    if os.geteuid() == 0:
        # apt's own user may not look into the folder of the project.
        lines.append('APT::Sandbox::User "root";')
    if wish.mirror is not None:
        lines += [
            f'APT::Architecture "{wish.architecture}";',
            "#clear APT::Architectures;",
            f'APT::Architectures {{ "{wish.architecture}"; }};',
            f'Dir::Etc::sourcelist "{state}/sources.list";',
            'Dir::Etc::sourceparts "/dev/null";',
            'Dir::Etc::preferences "/dev/null";',
            'Dir::Etc::preferencesparts "/dev/null";',
        ]
    return "\n".join(lines) + "\n"


def unpack(wish: Wish, state: Path, root: Path) -> None:
    """Fetch `wish` and what it needs into the folder `state`, and unpack all of it into `root`.

    Raises SetupError if the mirror cannot be reached or does not have it.
    """
    for program in ("apt-get", "dpkg-deb"):
        need(program)
    archives = fetch(wish, state)
    root.mkdir(parents=True)
    for archive in archives:
        done = run(["dpkg-deb", "-x", archive, root], wish.log)
        if done.returncode:
            raise SetupError(
                f"{archive.name} cannot be unpacked "
                f"({reason(done.stdout, ('dpkg-deb: error:',))}); is the disk full?"
            )


def fetch(wish: Wish, state: Path) -> list[Path]:
    """Fetch `wish` and what it needs into the folder `state`; give the archives of its packages.

    The files of its sources are then in `state`/sources. Raises SetupError as `unpack` does.
    """
    for folder in ("state/lists/partial", "cache/archives/partial", "log", "sources"):
        (state / folder).mkdir(parents=True)
    status = DPKG_STATUS
    if wish.mirror is not None:
        status = state / "status"
        status.write_text(wish.status)
        signed = ",".join(str(path) for path in keys())
        option = f"[signed-by={signed}] " if signed else ""
        wanted = [("deb", wish.suite)]
        wanted += [("deb-src", name.partition("/")[2]) for name in wish.sources]
        (state / "sources.list").write_text(
            "".join(f"{kind} {option}{wish.mirror} {suite} main\n" for kind, suite in wanted)
        )
    config = state / "apt.conf"
    config.write_text(config_text(wish, state, status))
    apt = ["apt-get", "-q", "-y", "-c", str(config)]
    update = run([*apt, "update"], wish.log)
    # A source of the machine's that fails need not be the one that matters: try on.
    got = run([*apt, "install", "--download-only", *wish.package.split()], wish.log)
    archives = sorted((state / "cache" / "archives").glob("*.deb"))
    if got.returncode or not archives:
        raise SetupError(_why(wish, update.stdout, got.stdout))
    if wish.sources:
        # apt-get puts sources where it is called from.
        here = ["env", "-C", str(state / "sources")]
        got = run([*here, *apt, "source", "--download-only", *wish.sources], wish.log)
        if got.returncode:
            raise SetupError(_why(wish, update.stdout, got.stdout))
    return archives


def _why(wish: Wish, update: str, got: str) -> str:
    what = f"{wish.package} cannot be fetched"
    where = wish.mirror or "this machine's package mirror"
    for said in (got, update):
        if "Failed to fetch" in said:
            return (
                f"{what}: {where} cannot be reached; check this machine's network and "
                "/etc/apt, then give the same command again"
            )
    suite = f" (suite {wish.suite}, {wish.architecture})" if wish.suite else ""
    return (
        f"{what}: {where}{suite} does not have it "
        f"({reason(got, ('E:',))}); all that apt said is in .tools/log/{wish.log}"
    )
