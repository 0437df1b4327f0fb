"""`loket site check FILE`, the weight of the import, and words that must agree elsewhere."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from firmware.wire import words
from gateway.cli import site as command
from gateway.domain.site import PERSON_ROLES
from gateway.site import schema
from gateway.site.kinds import role_of_kind
from tests.site.cases import GOOD
from tests.support.tools import ROOT


def check(file: Path) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["site", "check", str(file)])
    status: int = args.run(args)
    return status


def test_a_good_file_is_summed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site.toml").write_text(GOOD)
    assert check(tmp_path / "site.toml") == 0
    out, err = capsys.readouterr()
    assert out.endswith("is usable: Hall, 1 agency, 1 service, 1 queue, 1 counter, 0 warnings\n")
    assert err == ""


def test_warnings_are_told_and_do_not_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site.toml").write_text(GOOD[: GOOD.index("[[people]]")])
    assert check(tmp_path / "site.toml") == 0
    out, err = capsys.readouterr()
    assert "1 warning\n" in out
    assert err.startswith("warning: ")
    assert "site.sign_in" in err


def test_a_wrong_file_fails_with_its_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site.toml").write_text(GOOD.replace("Asia/Jakarta", "WIB").replace("08:", "8:"))
    assert check(tmp_path / "site.toml") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "site.toml:4: site.zone:" in err
    assert "site.toml:7: hours.service" in err


def test_importing_the_loader_is_light() -> None:
    code = "import gateway.site, sys; print('pydantic' in sys.modules)"
    command_line = [sys.executable, "-c", code]
    done = subprocess.run(command_line, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_words_of_the_schema_are_those_of_domain_and_wire() -> None:
    assert get_args(schema.PersonTable.model_fields["role"].annotation) == PERSON_ROLES
    roles = get_args(schema.BoardTable.model_fields["role"].annotation)
    assert roles == words.ROLES
    assert set(role_of_kind().values()) == set(words.ROLES)
