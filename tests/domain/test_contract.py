"""The domain speaks the contract's words, though it imports no other package."""

import ast
from pathlib import Path

import pytest

from firmware.wire import events as wire
from firmware.wire import words
from gateway.domain import admin_acts, classes, faces, reasons
from gateway.domain.decide import COMMANDS
from gateway.domain.event_json import KINDS

DOMAIN = Path(reasons.__file__).parent


def test_reasons_are_the_contracts() -> None:
    ours = {value for name, value in vars(reasons).items() if name.isupper()}
    assert ours == set(words.WHYS)


def test_every_event_of_the_wire_is_a_command() -> None:
    ours = {"tick", "clock", "site_load", "lease"}
    assert {*wire.BOARD_EVENTS, *wire.CONSOLE_EVENTS, *ours} == COMMANDS


def test_roles_classes_and_faces_are_the_contracts() -> None:
    assert admin_acts.ROLES == words.ROLES
    assert ("", *words.PRIORITY_CLASSES) == classes.CLASSES
    ours = {"called", faces.IDLE, faces.SERVING, faces.PAUSED, faces.BREAK, faces.CLOSED}
    assert ours == set(words.FACE_STATES)


def test_kinds_of_events_are_each_their_own() -> None:
    assert len(KINDS) == len(set(KINDS)) == 42


@pytest.mark.parametrize("file", sorted(DOMAIN.glob("*.py")), ids=lambda file: file.name)
def test_the_domain_imports_nobody_and_knows_no_clock(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            top = name.split(".")[0]
            assert top in _ALLOWED or name.startswith("gateway.domain"), f"{file.name}: {name}"


_ALLOWED = (
    "collections", "copy", "dataclasses", "datetime", "heapq", "math", "operator", "typing",
    "zoneinfo",
)  # fmt: skip
