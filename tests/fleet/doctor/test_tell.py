"""Words: every language says everything, and what boards say cannot break out of its place."""

import json
import re
from pathlib import Path

import pytest

from gateway.fleet.doctor import LANGUAGES, Finding, as_dict, diagnose, tell, text, via
from gateway.fleet.doctor.finding import Figure, Signal, Span, Word
from gateway.fleet.doctor.table import ORDER
from gateway.fleet.doctor.tell import PIECES, catalogue, clean
from tests.fleet.doctor.samples import at_cable, hall, net, of, only_port
from tests.support.tools import ROOT

FIRST, SECOND = LANGUAGES


def test_both_languages_have_the_same_keys_in_the_same_order_with_the_same_figures() -> None:
    first, second = catalogue(FIRST), catalogue(SECOND)
    assert list(first) == list(second)
    for key in first:
        slots = [sorted(re.findall(r"\{(\w+)\}", words[key])) for words in (first, second)]
        assert slots[0] == slots[1], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_three_texts_and_nothing_is_left_over(language: str) -> None:
    file = Path(tell.__file__).parent / "texts" / f"{language}.json"
    pairs = json.loads(file.read_text("utf-8"), object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))
    assert all(words.strip() == words != "" for _, words in pairs)
    kinds = ("span", "clock", "state", "signal", "update", "st", "why", "ports")
    wanted = {f"{code}.{piece}" for code in ORDER for piece in PIECES}
    assert {key for key in keys if key.split(".")[0] not in kinds} == wanted


def test_words_of_the_field_are_spelled_as_the_field_spells_them() -> None:
    said = " ".join(catalogue("id").values()).lower()
    assert not re.search("antrian|silahkan|mikrokontroler", said)


@pytest.mark.parametrize(
    ("ms", "words"),
    [(None, "an unknown time"), (0, "0 s"), (-5, "0 s"), (119_000, "119 s"), (120_000, "2 min"),
     (7_200_000, "2 h"), (10**9, "11 days")],
)  # fmt: skip
def test_times_are_told_in_the_largest_unit_that_fits(ms: int | None, words: str) -> None:
    finding = Finding("lost", "trouble", {"ago": Span(ms), "signal": Signal(None)})
    told = text(finding, "evidence", "en")
    assert told == f"Last heard {words} ago."


def test_where_there_is_no_radio_nothing_is_said_of_a_signal() -> None:
    for facts in (
        of(net=net(rssi_dbm=None), hall=hall()),
        of(net=net(rssi_dbm=None, wired=True, readies=4), hall=hall()),
        of(net=net(rssi_dbm=None, wired=True, state="lost", seen_ago_ms=95_000), hall=hall()),
    ):
        told = json.dumps([as_dict(finding) for finding in diagnose(facts)])
        assert not re.search("sinyal|signal|access point|titik akses", told), told
    radio = as_dict(diagnose(of(net=net(rssi_dbm=-61), hall=hall()))[0])
    assert ", sinyal -61 dBm," in str(radio["evidence_id"])


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[2J\x1b]0;owned\x07", "a\r\nb", "\u202egnp.exe", "a\u2028b", "{board.__class__}",
     "x" * 9_999, "\ud800", "%s%n", "\u200b\ufeff"],
)  # fmt: skip
def test_what_boards_say_stays_one_short_line_of_text(hostile: str) -> None:
    finding = Finding("crash_loop", "trouble", {"n": 3, "error": hostile})
    for language in LANGUAGES:
        told = text(finding, "evidence", language)
        assert told.isprintable()
        assert len(told) < 300
        told.encode("utf-8")


def test_braces_of_a_board_are_not_filled_in() -> None:
    assert "{n}" in text(
        Finding("crash_loop", "trouble", {"n": 3, "error": "{n}"}), "evidence", "en"
    )


def test_a_word_that_has_no_text_is_shown_as_it_is() -> None:
    figures: dict[str, Figure] = {
        "kind": Word("update", "firm\x07ware"),
        "version": "1",
        "why": Word("why", "moon"),
    }
    assert text(Finding("update_refused", "x", figures), "evidence", "en") == "firm·ware 1: moon."


def test_an_answer_has_both_languages() -> None:
    told = as_dict(Finding("spare", "ok"))
    assert set(told) == {"code", "level"} | {f"{p}_{lang}" for p in PIECES for lang in LANGUAGES}


def test_clean_cuts_with_a_sign() -> None:
    assert clean("abc", 3) == "abc"
    assert clean("abcd", 3) == "ab…"


@pytest.mark.parametrize(
    ("facts", "used"),
    [
        (of(cable=at_cable()), "cable"),
        (of(cable=at_cable(), net=net(), hall=hall()), "both"),
        (of(cable=at_cable(), net=net(), hall=hall(state="closed")), "cable"),
        (of(net=net(), hall=hall()), "network"),
        (of(cable=only_port("no_port"), net=net(), hall=hall()), "network"),
        (of(net=net(), hall=hall(state="closed")), "register"),
        (of(cable=only_port("no_port")), "none"),
    ],
)
def test_it_says_what_was_used(facts, used: str) -> None:
    assert via(facts) == used


def test_every_reason_that_a_board_gives_for_an_update_has_a_text() -> None:
    said = "".join(file.read_text() for file in (ROOT / "firmware" / "update").glob("*.py"))
    given = set(re.findall(r'Ended\("[a-z_]+", "([a-z_]+)"\)', said))
    given |= set(re.findall(r'"rolled_back", "([a-z_]+)"|roll_back\([^)]*"([a-z_]+)"\)', said)[0])
    given |= {"older", "bad_mac", "retained", "busy", "no_memory", "flash", "error", "no_hello"}
    given -= {""}
    assert len(given) > 10
    for language in LANGUAGES:
        assert [word for word in given if f"why.{word}" not in catalogue(language)] == []
