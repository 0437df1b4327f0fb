"""docs/console.md says what is so: addresses, events, orders, words on pages, pictures."""

import re

import pytest

from tests.support.tools import ROOT
from web_console import texts
from web_console.guard import LOOPBACK_HOSTS, MAX_BODY_BYTES
from web_console.hall import LOST, NO_BROKER, READY, STARTING
from web_console.pages import Views, create_app
from web_console.relay import FLEET_PARTS, PARTS

DOC = (ROOT / "docs" / "console.md").read_text("utf-8")


def test_every_page_and_address_is_described() -> None:
    app = create_app(Views(site_name=str, why_down=str, bench_do=lambda got: None))
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    quoted = set(re.findall(r"`(?:GET |POST )?(/[\w/<:>]*)`", DOC))
    assert rules - quoted == {"/bahasa/<language>"}  # the switch on every page, not an address
    assert quoted - rules == {"/events", "/bangku/events", "/teknisi/events", "/bengkel/link"}


@pytest.mark.parametrize(
    "name", [*PARTS, READY, STARTING, LOST, NO_BROKER, "now", "board", *FLEET_PARTS, "workshop"]
)
def test_every_event_and_state_of_the_stream_is_described(name: str) -> None:
    assert f"`{name}`" in DOC


@pytest.mark.parametrize("order", ["press", "down", "up", "level", "battery", "temp", "printer"])
def test_every_order_is_described(order: str) -> None:
    assert f'"do":"{order}"' in DOC or f"`{order}`" in DOC


def test_words_quoted_from_pages_stand_on_pages() -> None:
    quoted = re.findall(r"^\| \*([^*]+)\* \|", DOC, re.MULTILINE)
    assert len(quoted) == 5
    said = texts.catalogue("id").values()
    assert [words for words in quoted if not any(text.startswith(words) for text in said)] == []


def test_the_bounds_are_those_of_the_guard() -> None:
    assert f"at most {MAX_BODY_BYTES // 1024} KB" in DOC
    assert all(host in DOC for host in LOOPBACK_HOSTS)


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"\]\((img/[\w-]+\.png)\)", DOC)
    assert pictures
    assert [name for name in pictures if not (ROOT / "docs" / name).is_file()] == []
