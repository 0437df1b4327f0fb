"""A snapshot is what a replay is, whenever it is made; what is no snapshot is passed over."""

import json
import logging
import shutil
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.wire import words
from gateway import domain
from gateway.config import Paths, Settings
from gateway.domain import Event, Hall, decode_event, encode_event, evolve
from gateway.journal import Journal, JournalError, Row, reading
from gateway.journal.plain import Plain
from gateway.journal.snapshot_file import Unusable
from gateway.service import snapshot
from gateway.service.register_view import registered_boards
from gateway.service.snapshot import BeingMade, NotWanted, code_mark, file_of, make, restore, usable
from gateway.service.snapshot_check import check, differences
from tests.domain.invariants import check as check_hall
from tests.domain.walk import Walker, wander
from tests.domain.world import World
from tests.service.conftest import Desk

HALL = Plain(Hall)
STEPS = st.lists(st.tuples(*[st.integers(0, 999)] * 3), min_size=1, max_size=60)


def _stored(events: Iterable[Event]) -> list[Event]:
    return [decode_event(json.loads(json.dumps(encode_event(event)))) for event in events]


def _dump(hall: Hall) -> bytes:
    return orjson.dumps(HALL.encode(hall))


def _assert_same(one: Hall, other: Hall) -> None:
    """Compare with the order of everything in them, and with what their caches do."""
    assert not list(differences(one, other))
    assert _dump(one) == _dump(other)
    assert one.day_ends_ms == other.day_ends_ms
    caches = ("schedule", "seen_queues")  # objects of their own, made of the same site
    ours, theirs = (
        {k: v for k, v in vars(h.index).items() if k not in caches} for h in (one, other)
    )
    assert ours == theirs
    check_hall(one)  # lanes' heads among others
    check_hall(other)


def _write(path: Path, events: Iterable[Event]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    journal = Journal(path, words.ANSWERS_KEPT)
    journal.commit([Row(e.at_ms, e.kind, None, None, encode_event(e)) for e in events])
    journal.close()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "home")


@pytest.fixture(scope="module")
def events() -> list[Event]:
    """A life of some days."""
    return wander(2, 400, shadowed=False).world.events


# -- snapshot = replay ---------------------------------------------------------------------


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 3), STEPS, st.integers(0, 999))
def test_a_hall_put_down_after_any_event_goes_on_as_the_replayed_one(
    site: int, steps: list[tuple[int, int, int]], cut: int
) -> None:
    walker = Walker(site, shadowed=False)
    for step in steps:
        walker.step(step)
    events = _stored(walker.world.events)
    cut %= len(events) + 1
    replayed = Hall()
    for event in events[:cut]:
        evolve(replayed, event)
    loaded: Hall = HALL.decode(orjson.loads(_dump(replayed)))
    _assert_same(loaded, replayed)
    for event in events[cut:]:
        evolve(replayed, event)
        evolve(loaded, event)
    _assert_same(loaded, replayed)


def test_a_hall_loaded_after_each_event_of_a_life_goes_on_to_the_same_end(
    events: list[Event],
) -> None:
    hall, replayed = Hall(), Hall()
    for event in _stored(events):
        evolve(hall, event)
        evolve(replayed, event)
        hall = HALL.decode(orjson.loads(_dump(hall)))
    _assert_same(hall, replayed)


def test_every_cache_of_the_hall_is_compared_here() -> None:
    # A new one needs its line in `rebuild` and in `_assert_same`.
    assert {f.name for f in fields(Hall) if not f.compare} == {"index", "day_ends_ms"}


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
def test_a_start_with_a_snapshot_of_any_age_is_a_start_without(
    paths: Paths, events: list[Event], share: float
) -> None:
    _write(paths.journal, events)
    with reading(paths.journal) as table:
        plain = restore(paths, table)
        upto = max(1, int(share * len(events)))
        made = make(paths, until=upto)
        assert made.upto == upto
        assert usable(paths, table, code_mark())[1] == upto
        _assert_same(restore(paths, table), plain)


def test_a_snapshot_goes_on_from_the_last_one_or_afresh(paths: Paths, events: list[Event]) -> None:
    _write(paths.journal, events)
    half = len(events) // 2
    assert make(paths, until=half).replayed == half
    assert make(paths).replayed == len(events) - half
    grown = file_of(paths, code_mark()).read_bytes()
    assert make(paths, afresh=True).replayed == len(events)
    assert file_of(paths, code_mark()).read_bytes() == grown


# -- what is no snapshot -------------------------------------------------------------------


def _replays_all(paths: Paths, caplog: pytest.LogCaptureFixture, why: str) -> None:
    caplog.clear()
    with caplog.at_level(logging.INFO), reading(paths.journal) as table:
        hall = restore(paths, table)
        last = table.last()
        with pytest.raises(Unusable, match=why):
            usable(paths, table, code_mark())
    (line,) = [record.getMessage() for record in caplog.records]
    assert "all events are replayed" in line
    assert why in line
    replayed = Hall()
    with reading(paths.journal) as table:
        for _, body in table.after(0, last):
            evolve(replayed, decode_event(json.loads(body)))
    assert hall == replayed


def test_a_torn_or_changed_file_is_passed_over(
    paths: Paths, events: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    _write(paths.journal, events)
    make(paths)
    file = file_of(paths, code_mark())
    whole = file.read_bytes()
    head = whole.index(b"\n") + 1
    cuts = [*range(0, head + 40, 7), *range(head, len(whole), len(whole) // 60), len(whole) - 1]
    with reading(paths.journal) as table:
        for cut in cuts:
            file.write_bytes(whole[:cut])
            with pytest.raises(Unusable):
                usable(paths, table, code_mark())
        for at in {*range(head), *cuts}:
            for bit in (0x01, 0x10):
                file.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
                with pytest.raises(Unusable):
                    usable(paths, table, code_mark())
    file.write_bytes(whole[: len(whole) // 2])
    _replays_all(paths, caplog, "torn or damaged")


def test_an_event_of_a_newer_version_is_named_with_the_way_out(
    paths: Paths, events: list[Event]
) -> None:
    _write(paths.journal, events)
    journal = Journal(paths.journal, 64)
    journal.commit([Row(1, "ticket_flown", None, None, {"kind": "ticket_flown", "at_ms": 1})])
    journal.close()
    said = f"event {len(events) + 1} .*'ticket_flown'.* update Loket"
    with reading(paths.journal) as table, pytest.raises(JournalError, match=said):
        restore(paths, table)
    with pytest.raises(JournalError, match=said):
        make(paths)
    report = check(paths)
    assert not report.ok
    assert "update Loket" in " ".join(report.sentences)


def test_a_snapshot_of_another_journal_is_passed_over(
    paths: Paths, events: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    _write(paths.journal, events)
    make(paths)
    paths.journal.unlink()
    _write(paths.journal, wander(3, 600, shadowed=False).world.events)
    _replays_all(paths, caplog, "another journal")


def test_a_snapshot_ahead_of_its_journal_is_passed_over(
    paths: Paths, events: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    _write(paths.journal, events[:-3])
    older = paths.home / "copy"
    shutil.copy(paths.journal, older)
    _write(paths.journal, events[-3:])
    make(paths)
    shutil.copy(older, paths.journal)
    _replays_all(paths, caplog, "put back from an older copy")
    report = check(paths)
    assert not report.ok
    # And when the journal has grown past it again, on another way:
    journal = Journal(paths.journal, 64)
    for event in events[-3:]:
        event.at_ms += 60_000
    journal.commit([Row(e.at_ms, e.kind, None, None, encode_event(e)) for e in events[-3:]])
    journal.close()
    _replays_all(paths, caplog, "another journal")


def test_another_versions_snapshot_is_neither_used_nor_taken_away(
    paths: Paths,
    events: list[Event],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _write(paths.journal, events)
    old = make(paths).file
    for version in ("b", "c"):
        monkeypatch.setattr(snapshot, "code_mark", lambda version=version: version * 64)
        with reading(paths.journal) as table, pytest.raises(Unusable, match="none of this version"):
            usable(paths, table, version * 64)
        assert make(paths).replayed == len(events)
        assert len(list(paths.snapshots.iterdir())) == 2
    assert not old.exists()  # two are enough: this version and the one before
    shutil.copy(file_of(paths, "c" * 64), file_of(paths, "b" * 64))
    with reading(paths.journal) as table, pytest.raises(Unusable, match="another version"):
        usable(paths, table, "b" * 64)


def test_the_mark_of_the_code_follows_every_file_of_the_domain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "domain"
    shutil.copytree(Path(str(domain.__file__)).parent, copy)
    monkeypatch.setattr(domain, "__file__", str(copy / "__init__.py"))
    marks = {code_mark()}
    assert len(marks) == 1
    for file in sorted(copy.glob("*.py")):
        file.write_bytes(file.read_bytes() + b"#")
        marks.add(code_mark())
    (copy / "sub").mkdir()
    (copy / "sub" / "new.py").write_text("")
    marks.add(code_mark())
    assert len(marks) == 2 + len(list(copy.glob("*.py")))


# -- making one ----------------------------------------------------------------------------


def test_making_one_does_not_hinder_the_writer_nor_the_writer_it(
    paths: Paths, events: list[Event]
) -> None:
    half = len(events) // 2
    _write(paths.journal, events[:half])
    journal = Journal(paths.journal, 64)
    row = Row(1, "help_asked", None, 1, {"kind": "help_asked", "at_ms": 1, "by": "", "counter": 1})
    written = 0

    def write_one() -> bool:
        nonlocal written
        journal.commit([row])
        written += 1
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "_ASKED_EVERY", 10)
        made = make(paths, wanted=write_one)
    journal.close()
    assert written >= half // 10 > 5
    assert made.upto == half  # what came meanwhile is the next one's
    with reading(paths.journal) as table:
        assert table.last() == half + written


def test_one_at_a_time_and_only_as_long_as_it_is_wanted(
    paths: Paths, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_ASKED_EVERY", 10)
    _write(paths.journal, events)

    def another() -> bool:
        with pytest.raises(BeingMade):
            make(paths)
        return False

    with pytest.raises(NotWanted):
        make(paths, wanted=another)
    assert not paths.snapshots.exists()
    assert make(paths).upto == len(events)


def test_what_a_killed_maker_had_begun_is_cleared_away(paths: Paths, events: list[Event]) -> None:
    _write(paths.journal, events)
    paths.snapshots.mkdir(parents=True)
    for version in (code_mark(), "b" * 64):
        file_of(paths, version).with_suffix(".new").write_bytes(b"half of")
    made = make(paths)
    assert list(paths.snapshots.iterdir()) == [made.file]


def test_without_a_journal_there_is_nothing_to_make(paths: Paths) -> None:
    with pytest.raises(JournalError, match="cannot be read"):
        make(paths)


# -- those who use them --------------------------------------------------------------------


def test_a_gateway_goes_on_from_a_snapshot_as_if_there_was_none(desk: Desk) -> None:
    for n in range(1, 4):
        desk.press("ticket-01", n, "take", queue="A")
    called = desk.press("counter-01", 1, "next")["ticket"]
    made = make(desk.settings.paths)
    desk.press("counter-01", 2, "start")
    desk.add("rating-01", "rating", 1)
    with reading(desk.settings.paths.journal) as table:
        assert made.upto < table.last()
    before = desk.writer.hall
    desk.restart()
    _assert_same(desk.writer.hall, before)
    assert desk.press("counter-01", 1, "next")["ticket"] == called  # a repeat: its first answer
    assert desk.press("counter-01", 3, "next")["done"]["ticket"] == called


def test_the_list_of_boards_is_the_same_with_and_without(desk: Desk) -> None:
    without = registered_boards(desk.settings)
    make(desk.settings.paths)
    assert registered_boards(desk.settings) == without
    desk.add("rating-01", "rating", 1)
    desk.hear("cli", {"ev": "board_retire", "board": "counter-02", "key": "retire"})
    desk.commit()
    ids = [board["id"] for board in registered_boards(desk.settings)]
    assert ids == ["counter-01", "rating-01", "ticket-01"]
    make(desk.settings.paths)
    with_all = registered_boards(desk.settings)
    shutil.rmtree(desk.settings.paths.snapshots)
    assert registered_boards(desk.settings) == with_all


def test_no_hall_no_boards(tmp_path: Path) -> None:
    assert registered_boards(Settings.from_env({"LOKET_HOME": str(tmp_path)})) == []


# -- check ---------------------------------------------------------------------------------


def test_check_says_that_all_is_well_with_a_snapshot_and_without(
    paths: Paths, events: list[Event]
) -> None:
    _write(paths.journal, events)
    report = check(paths)
    assert report.ok
    assert "none of this version" in report.sentences[1]
    make(paths, until=len(events) // 3)
    report = check(paths)
    assert report.ok
    assert f"of event {len(events) // 3} is what the events up to it lead to" in report.sentences[1]


def test_check_names_what_differs_and_the_way_out(
    paths: Paths, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(paths.journal, events)

    def wrong_evolve(hall: Hall, event: Event) -> None:
        evolve(hall, event)
        hall.inside = 41
        hall.counters[2].ended = "A999"

    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "evolve", wrong_evolve)
        make(paths)
    report = check(paths)
    assert not report.ok
    said = "\n".join(report.sentences)
    assert "hall.inside is 41 in the snapshot, " in said
    assert "hall.counters[2].ended is 'A999' in the snapshot" in said
    assert "loket journal snapshot" in said
    make(paths, afresh=True)
    assert check(paths).ok


def test_check_finds_an_event_that_is_missing_or_cannot_be_read(
    paths: Paths, events: list[Event]
) -> None:
    _write(paths.journal, events)
    journal = Journal(paths.journal, 64)
    journal.commit([Row(1, "from_next_year", None, None, {"kind": "from_next_year"})])
    report = check(paths)
    assert not report.ok
    assert f"event {len(events) + 1} of" in report.sentences[0]
    assert "from_next_year" in report.sentences[0]
    journal._db.execute("DROP TRIGGER event_is_append_only_2")
    journal._db.execute("DELETE FROM event WHERE id = 7")
    journal.close()
    report = check(paths)
    assert not report.ok
    assert "event 7 is missing" in report.sentences[0]


def test_differences_see_the_order_of_a_line_too() -> None:
    one, other = World().hall, World().hall
    assert not list(differences(one, other))
    other.boards = dict(reversed(other.boards.items()))
    assert one == other
    assert list(differences(one, other)) == [
        "hall.boards has 'counter-01' at place 1 in the snapshot, 'dispenser-01' by the events"
    ]
    other.boards = dict(list(one.boards.items())[:2])
    assert list(differences(one, other)) == [
        "hall.boards has 'counter-03' at place 3 in the snapshot, nothing by the events"
    ]
