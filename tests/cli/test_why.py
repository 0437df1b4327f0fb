"""`loket why A012`: the sentence people get, from a journal that may be in use."""

from pathlib import Path

import pytest

from gateway.cli import main
from gateway.cli.why_words import WORDS
from gateway.domain import encode_event
from gateway.domain.events import BookingEnded
from gateway.journal import Journal, Row
from tests.domain.world import TUESDAY, World, at


@pytest.fixture
def world() -> World:
    """Monday morning: A001 is carried to Tuesday; there a priority number passes it once."""
    w = World()
    w.take()
    w.now = at("09:00", TUESDAY)
    w.ok("tick")
    w.wait(60)
    w.take()
    w.wait(60)
    w.take(cls="elderly")
    w.wait(600)
    w.press("next")
    w.take(cls="disabled")
    w.wait(61)
    w.press("next")
    w.press("start")
    return w


@pytest.fixture
def why(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    """Give a function that asks, and gives (exit status, what was printed)."""
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")

    def ask(*words: str, write: bool = True) -> tuple[int, str]:
        path = tmp_path / "journal.sqlite3"
        if write and not path.exists():
            journal = Journal(path, 64)
            journal.commit(
                Row(e.at_ms, e.kind, getattr(e, "ticket", None), None, encode_event(e))
                for e in world.events
            )
            journal.close()
        status = main(["why", *words])
        out = capsys.readouterr()
        return status, out.out + out.err

    return ask


def test_the_sentence_names_time_counter_rule_and_what_passed(why) -> None:
    status, said = why("a001")
    assert status == 0
    assert "A001 dipanggil ke loket 1 pukul 09:13, sesudah menunggu" in said
    assert "giliran biasa (3 biasa untuk 1 prioritas)" in said
    assert "A003 (datang 09:02, prioritas) pukul 09:12 ke loket 1, giliran prioritas" in said
    assert "09:13:01  mulai dilayani di loket 1" in said


def test_english_and_who_still_waits(why) -> None:
    status, said = why("A002", "--lang", "en")
    assert status == 0
    assert "A002 is waiting in queue A since 09:01." in said
    assert "Came later and were called earlier (1): A003 (came 09:02, priority)" in said


def test_another_day_is_asked_for_by_its_date(why) -> None:
    assert "A001 masih menunggu" in why("A001", "--day", "2026-11-23")[1]
    status, said = why("A001", "--day", "2026-11-22")
    assert (status, said) == (1, "loket: jurnal tidak punya hari layanan 2026-11-22\n")


def test_one_in_hand_over_midnight_is_not_said_to_have_never_been_called(why, world) -> None:
    world.now = at("08:00", "2026-11-25")
    world.ok("tick")
    said = why("A001", "--lang", "en")[1]
    assert "A001 was not called on 2026-11-25; its state: serving." in said


def test_what_cannot_be_told_is_said_in_one_line(why) -> None:
    status, said = why("A001", write=False)
    assert status == 1
    assert "tidak ada jurnal di" in said
    status, said = why("A077", "--lang", "en")
    assert (status, said) == (
        1,
        "loket: A077 was not given on 2026-11-24; --day DATE asks for another day\n",
    )
    with pytest.raises(SystemExit):
        why("A001", "--day", "kemarin")


def test_an_event_of_a_newer_version_is_told_in_one_line(why, tmp_path: Path) -> None:
    why("A001")
    journal = Journal(tmp_path / "journal.sqlite3", 64)
    body: dict[str, object] = {"kind": "ticket_flown", "at_ms": 1, "ticket": "A001"}
    journal.commit([Row(1, "ticket_flown", "A001", None, body)])
    journal.close()
    status, said = why("A001", "--lang", "en")
    assert (status, said.count("\n")) == (1, 1)
    assert "'ticket_flown' is not known to this version; if a newer Loket wrote it, update" in said


def test_every_kind_of_ticket_event_has_its_line_in_both_languages() -> None:
    from gateway.cli.why_words import WORDS
    from gateway.domain.event_json import KINDS

    kinds = {kind for kind in KINDS if kind.startswith("ticket_")} | {"act_undone", "booking_ended"}
    for language, words in WORDS.items():
        assert set(words.steps) == kinds, language


def test_every_rule_has_its_words_in_both_languages() -> None:
    from gateway.domain import policy

    guarded = "ratio 3:1: normal" + policy.GUARDED.format(20)
    assert (
        WORDS["id"].rule(guarded, "meja").endswith("lebih dari 20 menit di antara antrean meja itu")
    )
    for words in WORDS.values():
        for rule in (policy.FIRST + policy.PREFERRED, policy.NAMED, guarded):
            told = words.rule(rule, "meja")
            assert "this counter" not in told
            assert "{" not in told


def test_who_came_for_an_appointment_is_told_so() -> None:
    ended = BookingEnded(1, "", "#12", "ticket", ticket="A003")
    assert WORDS["id"].step(ended, "loket") == "lapor kedatangan untuk janji temu #12"
    assert WORDS["en"].step(ended, "loket") == "came for appointment #12"


def test_an_appointments_time_is_told_in_words() -> None:
    rule = "first come; appointment 09:30"
    assert WORDS["id"].rule(rule, "loket") == (
        "datang paling dahulu, dengan janji temu pukul 09:30"
    )
    assert WORDS["en"].rule(rule, "loket") == "it came first, with its appointment at 09:30"
