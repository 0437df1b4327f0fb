"""README.md and docs/setup.md against the code: commands, flags, links, bounds."""

import re
from pathlib import Path

import pytest

from gateway.cli.run import SWITCHES, VALUES
from gateway.config import DEFAULT_HTTP_PORT, DEFAULT_MQTT_PORT, DEFAULT_MQTT_TLS_PORT, Settings
from gateway.supervise.backoff import FIRST_S, MOST_S
from gateway.supervise.bounded_log import MAX_BYTES
from tests.support.tools import ROOT

README = (ROOT / "README.md").read_text()
SETUP = (ROOT / "docs" / "setup.md").read_text()
ROOMS = ("firmware", "boards", "gateway", "web_console")
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(page for room in ROOMS for page in (ROOT / room).rglob("*.md")),
    ]
)
TARGETS = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("text", [README, SETUP], ids=["README", "setup"])
def test_every_make_command_named_there_exists(text: str):
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE))
    assert named
    assert named <= TARGETS


def test_every_make_target_is_described():
    described = set(re.findall(r"^\| `make ([a-z]+)`", SETUP, re.MULTILINE))
    assert described | {"help"} == TARGETS


def test_every_flag_is_described_with_its_variable():
    rows = [line for line in SETUP.splitlines() if line.startswith("| `--")]
    flags = {flag: variable for flag, (variable, *_) in (VALUES | SWITCHES).items()}
    for flag, variable in flags.items():
        row = [row for row in rows if f"`{flag}`" in row]
        assert len(row) == 1, flag
        assert f"`{variable}`" in row[0]
    named = {flag for row in rows for flag in re.findall(r"`(--[a-z-]+)`", row.split("|")[1])}
    assert named == set(flags) | {f"--no-{flag[2:]}" for flag in SWITCHES}


def test_every_setting_has_a_flag():
    flags = {variable for variable, *_ in (VALUES | SWITCHES).values()}
    assert flags == set(Settings.from_env({}).to_env())


def test_default_ports_and_bounds_are_the_true_ones():
    for variable, port in (
        ("LOKET_HTTP_PORT", DEFAULT_HTTP_PORT),
        ("LOKET_MQTT_PORT", DEFAULT_MQTT_PORT),
        ("LOKET_MQTT_TLS_PORT", DEFAULT_MQTT_TLS_PORT),
    ):
        assert f"`{variable}` | {port} |" in SETUP
    assert f"after {FIRST_S:g} s, then {2 * FIRST_S:g} s, and so on up to {MOST_S:g} s" in SETUP
    assert MAX_BYTES == 1_000_000
    assert "at most 1 MB" in SETUP


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / link).exists(), link


def test_every_page_of_the_docs_is_named_in_the_readme():
    pages = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert pages
    assert pages <= set(re.findall(r"\]\(([^)#]+)", README))


def test_every_room_of_the_gateway_says_its_rule():
    rooms = {init.parent for init in (ROOT / "gateway").glob("*/__init__.py")}
    assert rooms
    assert {room for room in rooms if not (room / "README.md").exists()} == set()
