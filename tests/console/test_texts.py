"""Every language says everything, and every word that a page asks for is there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.wire import events, words
from gateway.facility import alerts
from web_console import texts
from web_console.bench_orders import PRINTER_STATES

HERE = Path(texts.__file__).parents[1]
FIRST, *OTHERS = texts.LANGUAGES


def sources_of_pages() -> list[Path]:
    return [*HERE.glob("templates/*.html"), *HERE.glob("static/js/*.js"), *HERE.glob("*.py")]


def asked_for() -> Iterator[tuple[str, str]]:
    """Give (file, key) of every key that stands as a whole in a template or module."""
    for path in sources_of_pages():
        text = path.read_text("utf-8")
        for pattern in (
            r"""\bt\(["']([a-z_]+\.[\w.]+)["']""",
            r"""["']((?:bench|message)\.refused_\w+|(?:sign_in|workshop)\.(?!html)\w+)["']""",
            r"""title_key = "([\w.]+\w)\"""",
        ):
            for key in re.findall(pattern, text):
                yield path.name, key


def test_indonesian_is_what_a_newcomer_gets() -> None:
    assert texts.LANGUAGES == ("id", "en")


@pytest.mark.parametrize("other", OTHERS)
def test_every_language_has_the_same_keys_in_the_same_order(other: str) -> None:
    assert list(texts.catalogue(FIRST)) == list(texts.catalogue(other))


@pytest.mark.parametrize("other", OTHERS)
def test_every_text_takes_the_same_values(other: str) -> None:
    def slots(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    first, second = texts.catalogue(FIRST), texts.catalogue(other)
    # One language may have no use for the site's own word for a counter.
    assert {key: slots(first[key]) for key in first} == {key: slots(second[key]) for key in second}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_key_is_written_twice_and_no_text_is_empty(language: str) -> None:
    pairs: list[tuple[str, str]] = json.loads(
        (HERE / "texts" / f"{language}.json").read_text("utf-8"), object_pairs_hook=list
    )
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))
    assert all(text.strip() == text != "" for _, text in pairs)


def test_every_key_that_pages_ask_for_is_there() -> None:
    asked = list(asked_for())
    assert len(asked) > 60
    assert [(file, key) for file, key in asked if key not in texts.catalogue(FIRST)] == []


# Keys that are put together where they are asked for: `t("nav." ~ page)`, `word("state", s)`.
PUT_TOGETHER: tuple[str, ...] = (
    "nav",
    "link",
    "state",
    "board",
    "status",
    "role",
    "key",
    "word",
    "sensor",
)
PUT_TOGETHER += (
    "closing",
    "closed",
    "lamp",
    "show",
    "light",
    "printer",
    "alert",
    "boards",
    "bench",
    "message",
    "language",
    "workbench",
    "kind",
)
PUT_TOGETHER += ("fleet", "board", "upd", "plan", "flash", "step", "chart", "refused")


def test_no_text_is_left_over() -> None:
    sources = "".join(path.read_text("utf-8") for path in sources_of_pages())
    left = [key for key in texts.catalogue(FIRST) if not re.search(f"[\"']{key}[\"']", sources)]
    assert [key for key in left if key.partition(".")[0] not in PUT_TOGETHER] == []


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("state", words.FACE_STATES),
        ("board", (*words.BOARD_STATES, "never")),
        ("status", ("fresh", "stale", "away", "none")),
        ("role", words.ROLES),
        ("link", ("no_broker", "lost", "starting", "console")),
        ("key", (*events.COUNTER_EVENTS, "priority", "dose", "outer", "inner", "in", "out")),
        ("key", ("score1", "score2", "score3", "score4", "mask", "no_mask")),
        ("light", ("green", "red", "wait", "off")),
        ("alert", alerts.CODES),
        ("word", ("loket", "gerai", "meja")),
        ("bench", (*words.ROLES, "other")),
        ("printer", PRINTER_STATES),
    ],
)
def test_every_word_of_the_contract_has_a_text(prefix: str, names: tuple[str, ...]) -> None:
    missing = [name for name in names if f"{prefix}.{name}" not in texts.catalogue(FIRST)]
    assert missing == []


def test_words_of_the_field_are_spelled_as_the_field_spells_them() -> None:
    said = " ".join(texts.catalogue("id").values()).lower()
    assert "antrian" not in said
    assert "silahkan" not in said
