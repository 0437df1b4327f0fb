"""The releases of a hall: kept whole, checked at each use, trusted by their keys."""

import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.config import ConfigError, Paths
from gateway.fleet.release import (
    Release,
    ReleaseError,
    Releases,
    SigningKey,
    build_release,
    fingerprint,
    own_key,
    trust_key,
    trusted_keys,
)
from tests.fleet.release.conftest import KEY, packed, signed


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Give a hall's home that trusts the maker of `built`."""
    paths = Paths(tmp_path / "home")
    paths.make()
    maker = tmp_path / "maker.pub"
    maker.write_text(KEY.public_hex.upper() + "\n")
    assert trust_key(paths, maker) == fingerprint(KEY.public_hex)
    return paths


def test_a_release_is_kept_and_given_again(paths: Paths, built: Path) -> None:
    releases = Releases(paths)
    added = releases.add(built)
    assert releases.add(built).files == added.files  # once more changes nothing
    assert releases.get("1.2.3") == added
    (known,) = releases.all()
    assert (known.version, known.number, known.signed_by, known.ok, known.own) == (
        "1.2.3", 7, "maker", True, False,
    )  # fmt: skip


def test_what_is_kept_is_packed_as_it_came(paths: Paths, built: Path, tmp_path: Path) -> None:
    packed = Releases(paths).add(built).pack(tmp_path / "out")
    assert (packed.name, packed.read_bytes()) == (built.name, built.read_bytes())


def test_what_is_altered_where_it_is_kept_is_of_no_use_until_added_again(
    paths: Paths, built: Path
) -> None:
    releases = Releases(paths)
    sha = releases.add(built).files["firmware/main.mpy"].sha
    file = paths.releases / "1.2.3" / "files" / sha
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(ReleaseError, match=r"firmware/main\.mpy"):
        releases.get("1.2.3")
    (known,) = releases.all()
    assert (known.ok, known.why, known.number) == (False, "altered", 0)
    assert known.why_id
    releases.add(built)
    assert releases.get("1.2.3").blob(sha)


def test_a_key_that_is_no_longer_trusted_ends_its_releases(paths: Paths, built: Path) -> None:
    releases = Releases(paths)
    releases.add(built)
    (paths.trusted / "maker.pub").unlink()
    with pytest.raises(ReleaseError) as caught:
        releases.get("1.2.3")
    assert caught.value.code == "unknown_key"


def test_another_release_of_the_same_version_is_refused(
    paths: Paths, built: Path, tmp_path: Path
) -> None:
    releases = Releases(paths)
    releases.add(built)
    with pytest.raises(ReleaseError) as caught:
        releases.add(build_release(tmp_path, "1.2.3", 8, KEY))
    assert caught.value.code == "duplicate"
    assert releases.get("1.2.3").number == 7


def test_a_folder_under_another_name_and_one_that_is_not_there(paths: Paths, built: Path) -> None:
    releases = Releases(paths)
    releases.add(built)
    shutil.copytree(paths.releases / "1.2.3", paths.releases / "9.9.9")
    with pytest.raises(ReleaseError, match=r"holds release 1\.2\.3"):
        releases.get("9.9.9")
    with pytest.raises(ReleaseError, match="there is no release 4"):
        releases.get("4")
    with pytest.raises(ReleaseError, match="cannot be a version"):
        releases.get("../home")


def test_the_own_key_is_made_once_and_private(paths: Paths) -> None:
    key = own_key(paths)
    assert own_key(paths) == key
    file = paths.secrets / "release.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key.seed.hex() not in repr(key)
    assert trusted_keys(paths) == {KEY.public_hex: "maker", key.public_hex: "own"}
    file.write_text("torn")
    with pytest.raises(ConfigError, match="does not hold a key"):
        own_key(paths)


def test_signing_is_as_the_standard_says() -> None:
    # RFC 8032, 7.1, test 2.
    key = SigningKey(
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    )
    assert key.public_hex == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72").startswith("92a009a9f0d4cab8720e820b5f642540")


@pytest.mark.parametrize("text", ["", "x" * 64, "ab" * 31, "ab" * 33, "\xff"])
def test_what_is_no_key_is_not_trusted(paths: Paths, tmp_path: Path, text: str) -> None:
    file = tmp_path / "other.pub"
    file.write_text(text)
    with pytest.raises(ReleaseError, match="holds no key"):
        trust_key(paths, file)
    assert list(paths.trusted.glob("other*")) == []


def test_two_keys_of_one_name(paths: Paths, tmp_path: Path) -> None:
    file = tmp_path / "maker.pub"
    file.write_text("ab" * 32)
    with pytest.raises(ReleaseError, match="another key is trusted under the name maker"):
        trust_key(paths, file)
    with pytest.raises(ReleaseError, match="cannot be read"):
        trust_key(paths, tmp_path / "no.pub")


def test_the_commands(
    tmp_path: Path, built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def loket(*words: object) -> tuple[int, str]:
        status = main(["release", *map(str, words)])
        out = capsys.readouterr()
        return status, out.out + out.err

    monkeypatch.setenv("LOKET_HOME", str(tmp_path / "home"))
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "No releases are here yet" in loket("list")[1]
    status, said = loket("add", built)
    assert status == 1
    assert "is not trusted here" in said
    assert "tidak dikenal di sini" in loket("add", built, "--lang", "id")[1]
    maker = tmp_path / "pusat.pub"
    maker.write_text(KEY.public_hex)
    assert loket("trust", maker)[0] == 0
    assert "signed by pusat" in loket("check", built)[1]
    assert loket("add", built)[0] == 0
    assert "1.2.3" in loket("list")[1]
    status, said = loket("build", "--out", tmp_path / "out")
    assert status == 0
    assert "number 8" in said  # after the newest that is known
    assert loket("build")[1] == said.splitlines()[0] + "\n"  # the same source, the same release
    (made,) = (tmp_path / "out").glob("loket-*.zip")
    assert "signed by this hall" in loket("check", made)[1]
    assert len(loket("key")[1].split()[0]) == 64


def test_nobody_else_is_called_own(paths: Paths, tmp_path: Path, built: Path) -> None:
    (paths.trusted / "maker.pub").unlink()
    theirs = tmp_path / "own.pub"
    theirs.write_text(KEY.public_hex)
    trust_key(paths, theirs)
    Releases(paths).add(built)
    (known,) = Releases(paths).all()
    assert (known.ok, known.own, known.signed_by) == (True, False, "own.pub")


def _numbered(paths: Paths, number: int, file: str = "made.zip") -> Release:
    """Give a small signed release that is kept."""
    content = {
        "format": 1, "version": f"1.{number}", "number": number, "mpy": 6,
        "min_micropython": "1.26", "contract": [1, 0], "files": {}, "sets": {}, "roles": {},
    }  # fmt: skip
    names: dict[str, bytes] = {}
    signed(names, content)
    return Releases(paths).add(packed(paths.home / file, names))


def test_after_a_hundred_updates_there_are_eight_and_what_is_under_way(paths: Paths) -> None:
    (paths.workshop / "plan.json").write_text('{"version": "1.3"}')
    (paths.workshop / "plan-aside.json").write_text('{"version": ')
    for number in range(1, 21):
        _numbered(paths, number)
    _numbered(paths, 2)  # somebody wants it: it stays until the next one comes
    found = {folder.name for folder in paths.releases.iterdir()} - {".lock"}
    assert found == {f"1.{n}" for n in (2, 3, *range(13, 21))}


@pytest.mark.parametrize("what", ["gateway.fleet.release.store.os.replace", "pathlib.Path.mkdir"])
def test_on_a_full_disk_it_is_told_in_words_and_nothing_is_left(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as while_full:
        while_full.setattr(what, full)
        with pytest.raises(ReleaseError, match="No space left") as refused:
            _numbered(paths, 5)
    assert refused.value.code == "disk"
    assert {file.name for file in paths.releases.iterdir()} <= {".lock"}
    assert _numbered(paths, 5).number == 5


def test_what_a_power_cut_left_behind_is_removed(paths: Paths) -> None:
    (paths.releases / ".part-abc" / "files").mkdir(parents=True)
    _numbered(paths, 5)
    assert {folder.name for folder in paths.releases.iterdir()} == {".lock", "1.5"}


def test_two_technicians_add_the_same_release_at_once(paths: Paths) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda n: _numbered(paths, 9, f"{n}.zip"), range(8)))
    assert {release.version for release in made} == {"1.9"}


def test_a_home_that_was_put_back_without_its_modes_hides_its_secrets_again(paths: Paths) -> None:
    own_key(paths)
    paths.secrets.chmod(0o755)
    (paths.secrets / "release.key").chmod(0o644)
    paths.make()
    assert paths.secrets.stat().st_mode & 0o077 == 0
