"""What set-up's steps share: files and folders appear whole or not at all."""

from pathlib import Path

import pytest

from tools.setup import common


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder in the place of .tools."""
    monkeypatch.setattr(common, "TOOLS", tmp_path / "tools")
    monkeypatch.setattr(common, "LOGS", tmp_path / "tools" / "log")
    return tmp_path / "tools"


def test_a_work_folder_is_gone_after_its_work_and_after_a_failure(tools: Path):
    with common.work_folder("one") as folder:
        (folder / "file").touch()
    with pytest.raises(RuntimeError), common.work_folder("two"):
        raise RuntimeError
    assert list(tools.iterdir()) == []


def test_a_finished_folder_takes_the_place_of_the_old_one(tools: Path):
    for text in ("old", "new"):
        with common.work_folder("work") as folder:
            common.put_file(folder / "made" / "file", text)
            common.put_folder(folder / "made", tools / "final")
    assert [path.name for path in tools.iterdir()] == ["final"]
    assert (tools / "final" / "file").read_text() == "new"


def test_what_a_killed_set_up_left_is_removed_and_nothing_else(tools: Path):
    (tools / "mosquitto").mkdir(parents=True)
    (tools / ".mosquitto-x7f3a").mkdir()
    common.remove_leftovers()
    assert [path.name for path in tools.iterdir()] == ["mosquitto"]


def test_keys_differ_where_parts_differ():
    keys = {common.key_of("a", "b"), common.key_of("ab"), common.key_of("a", "b", "")}
    assert len(keys) == 3
    assert common.key_of("a", b"b") == common.key_of("a", "b")


def test_a_stamp_counts_for_its_key_only(tmp_path: Path):
    common.put_file(tmp_path / "stamp", "k1")
    assert common.has_stamp(tmp_path / "stamp", "k1")
    assert not common.has_stamp(tmp_path / "stamp", "k2")
    assert not common.has_stamp(tmp_path / "other", "k1")


def test_the_reason_is_the_last_line_that_gives_one():
    said = "E: first\nE: Unable to locate package x.\nW: something\n"
    assert common.reason(said, ("E:",)) == "Unable to locate package x"
    assert common.reason("", ("E:",)) == "no reason given"


def test_all_that_a_program_said_is_kept(tools: Path):
    done = common.run(["sh", "-c", "echo out; echo err >&2; exit 3"], "x.log")
    assert (done.returncode, done.stdout) == (3, "out\nerr\n")
    assert (tools / "log" / "x.log").read_text().endswith("out\nerr\n\n= 3\n")


def test_what_is_no_program_says_nothing(tmp_path: Path):
    (tmp_path / "text").write_text("not a program")
    (tmp_path / "text").chmod(0o755)
    assert common.first_line([tmp_path / "text"]) == ""
    assert common.first_line([tmp_path / "absent"]) == ""
    assert common.first_line(["sh", "-c", "echo one; echo two"]) == "one"
