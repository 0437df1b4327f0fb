"""`loket run` when a hall cannot be opened: one sentence, the way out, and not zero."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import command
from tests.support.tools import ROOT, free_port


def loket(*words: str, home: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    """Do a `loket` command on this home and free ports, and give what came of it."""
    ports = {"LOKET_HTTP_PORT": str(free_port()), "LOKET_MQTT_PORT": str(free_port())}
    return command.loket({"LOKET_HOME": str(home), **ports, **env}, *words)


def refused(done: subprocess.CompletedProcess[str], pattern: str) -> None:
    """Check that a command ended with one sentence that matches `pattern`, and with 1."""
    assert re.fullmatch(f"loket: {pattern}\n", done.stderr), done.stderr
    assert done.stdout == ""
    assert done.returncode == 1


@pytest.mark.parametrize("which", ["http", "mqtt"])
def test_a_taken_port(tmp_path: Path, which: str):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = loket("run", f"--{which}-port", str(port), home=tmp_path)
    out = f"use --{which}-port / LOKET_{which.upper()}_PORT"
    refused(done, f"port {port} is taken by another program: stop it or {out}")


def test_a_port_taken_on_all_addresses(tmp_path: Path):
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = other.getsockname()[1]
        done = loket("run", "--http-port", str(port), home=tmp_path)
    refused(done, f"port {port} is taken by another program: .*")


def test_one_port_for_two_things(tmp_path: Path):
    port = str(free_port())
    done = loket("run", "--http-port", port, "--mqtt-port", port, home=tmp_path)
    refused(done, f"port {port} is given twice: LOKET_HTTP_PORT and LOKET_MQTT_PORT must differ")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8080.0"])
def test_what_is_no_port(tmp_path: Path, port: str):
    done = loket("run", f"--http-port={port}", home=tmp_path)
    refused(done, f"LOKET_HTTP_PORT is '{port}'; a port from 1 to 65535 is needed")


def test_a_flag_goes_before_the_environment(tmp_path: Path):
    done = loket("run", "--http-port=zero", home=tmp_path, LOKET_HTTP_PORT="one")
    refused(done, "LOKET_HTTP_PORT is 'zero'; .*")


@pytest.mark.parametrize("words", [["--httpport", "1"], ["--demo=yes"], ["now"], ["--site"]])
def test_a_wrong_flag(tmp_path: Path, words: list[str]):
    done = loket("run", *words, home=tmp_path)
    told, way_on = done.stderr.splitlines()
    assert words[0].partition("=")[0] in told
    assert way_on.endswith("`loket run --help`")
    assert done.returncode == 2


def test_a_wrong_command_names_the_right_ones(tmp_path: Path):
    done = loket("open", home=tmp_path)
    assert "There are: run, board, person, update, boards," in done.stderr
    assert done.returncode == 2


def test_a_site_file_that_is_not_there(tmp_path: Path):
    done = loket("run", "--site", str(tmp_path / "site.toml"), home=tmp_path)
    way_out = "mend it or use --site / LOKET_SITE"
    refused(done, f"the site file .*site.toml cannot be read: No such file or directory; {way_out}")


def test_a_home_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").touch()
    done = loket("run", "--home", str(tmp_path / "file" / "home"), home=tmp_path)
    refused(done, "the home folder .* cannot be used: Not a directory .*use --home / LOKET_HOME")


def test_a_home_whose_path_is_too_long_for_its_sockets(tmp_path: Path):
    done = loket("run", home=tmp_path / ("x" * 100))
    refused(
        done, "the home folder's path is too long .*; use --home / LOKET_HOME for a shorter one"
    )


def test_boards_from_outside_need_tls(tmp_path: Path):
    done = loket("run", "--mqtt-listen", "0.0.0.0", home=tmp_path)
    assert "--tls-cert" in done.stderr
    assert "--insecure-lan" in done.stderr
    refused(done, ".*0.0.0.0.*")


def test_tls_files_that_cannot_be_read(tmp_path: Path):
    words = ["--mqtt-listen", "0.0.0.0", "--tls-cert", "no.pem", "--tls-key", "no.key"]
    refused(loket("run", *words, home=tmp_path), ".*no.pem cannot be read")


def test_an_address_that_this_machine_does_not_have(tmp_path: Path):
    # 192.0.2.0/24 is for documentation (RFC 5737): nobody has it.
    done = loket("run", "--mqtt-listen", "192.0.2.1", "--insecure-lan", home=tmp_path)
    refused(done, "cannot listen on 192.0.2.1 port .*--mqtt-listen / LOKET_MQTT_LISTEN")


def test_a_tool_that_is_missing_is_told_before_anything_starts(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from gateway.supervise import hall;"
        "hall.TOOLS_BIN = Path('/nowhere');"
        "from gateway.cli import main; sys.exit(main(['run']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": "", "LOKET_HOME": str(tmp_path)}
        | {f"LOKET_{name}_PORT": str(free_port()) for name in ("HTTP", "MQTT")},
        capture_output=True,
        text=True,
        check=False,
    )
    refused(done, "mosquitto is missing: run `make setup` in .*")


def test_a_terminal_that_is_held_does_not_hold_the_hall(tmp_path: Path):
    code = (
        "from gateway.cli.run import Teller; from gateway.config import Settings;"
        "settings = Settings.from_env(); settings.paths.make(); teller = Teller(settings);"
        "[teller.say('x' * 200) for _ in range(2000)]; teller.close()"
    )
    reader, writer = os.pipe()  # nobody reads what it says
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "LOKET_HOME": str(tmp_path)},
            stdout=writer,
            timeout=30,
            check=False,
        )
    finally:
        os.close(reader)
        os.close(writer)
    assert done.returncode == 0
    assert len((tmp_path / "log" / "supervisor.log").read_text().splitlines()) == 2000
