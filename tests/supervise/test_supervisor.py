"""The supervisor over real processes that stand in for a hall's."""

import os
import signal
from pathlib import Path

from tests.supervise.conftest import IDLE
from tests.support.processes import alive
from tests.support.tools import wait_for

# It is ready once it ignores SIGTERM.
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('up', 'w').close()"
STUBBORN = {"code": f"{DEAF}; {IDLE}", "ready": "up"}
# A program that leaves a child of its own behind, which does not know its parent.
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {IDLE!r}]); {IDLE}"


def test_a_killed_program_is_started_again_and_the_others_are_left_alone(start):
    hall = start({"name": "one", "code": IDLE}, {"name": "two", "code": IDLE})
    before = hall.pids()
    os.kill(before["one"], signal.SIGKILL)
    after = hall.pids()
    assert after["two"] == before["two"]
    assert after["one"] != before["one"]
    assert alive(after["one"])
    assert hall.said == ["one ended (SIGKILL); starting it again in 0.1 s"]


def test_the_end_of_a_program_is_told_with_its_last_words(start):
    hall = start({"name": "one", "code": "import sys; sys.exit('no paper')"})
    assert hall.until("say") == "one ended (status 1: no paper); starting it again in 0.1 s"
    assert "in 0.2 s" in hall.until("say")


def test_what_a_killed_program_left_running_is_ended_before_it_starts_again(start):
    hall = start({"name": "one", "code": PARENT})
    pids = hall.pids()
    wait_for(lambda: len(hall.ours()) == 3, what="the grandchild")
    grandchild = (set(hall.ours()) - {hall.process.pid, pids["one"]}).pop()
    os.kill(pids["one"], signal.SIGKILL)
    hall.pids()
    assert not alive(grandchild)


def test_sigterm_ends_all_and_gives_zero(start):
    hall = start({"name": "one", "code": IDLE}, {"name": "two", "code": PARENT, "last": True})
    hall.pids()
    assert hall.stop() == 0
    assert hall.ours() == []


def test_a_program_that_does_not_end_by_itself_is_killed(start):
    hall = start({"name": "one", **STUBBORN})
    hall.pids()
    assert hall.stop() == 0
    assert hall.until("say") == "one does not end by itself and is killed"
    assert hall.ours() == []


def test_a_second_ctrl_c_changes_nothing(start):
    hall = start({"name": "one", **STUBBORN}, {"name": "two", "code": IDLE})
    two = hall.pids()["two"]
    hall.process.send_signal(signal.SIGINT)
    wait_for(lambda: not alive(two), what="the first Ctrl-C to be obeyed")
    hall.process.send_signal(signal.SIGINT)
    assert hall.process.wait(10) == 0
    assert hall.ours() == []


def test_nothing_survives_a_supervisor_that_is_killed_outright(start):
    slow = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit()); " + IDLE
    hall = start(
        {"name": "one", **STUBBORN},
        {"name": "two", "code": slow, "mortal": True},
    )
    hall.pids()
    hall.stop(signal.SIGKILL)
    wait_for(lambda: hall.ours() == [], what="the programs to be gone")


def test_a_program_that_refuses_its_settings_ends_the_start(start):
    refuse = "import sys; print('site.toml, line 3: what is this'); sys.exit(78)"
    hall = start({"name": "one", "code": IDLE}, {"name": "two", "code": refuse, "ready": "never"})
    assert hall.until("cannot") == "site.toml, line 3: what is this"
    assert hall.process.wait(10) == 1
    assert hall.ours() == []


def test_once_open_a_refusal_is_an_end_like_any_other(start):
    code = "import pathlib, sys, time\nif pathlib.Path('no').exists(): sys.exit(78)\n" + IDLE
    hall = start({"name": "one", "code": code})
    pids = hall.pids()
    no: Path = hall.folder / "no"
    no.touch()
    os.kill(pids["one"], signal.SIGKILL)
    wait_for(lambda: "status 78" in hall.until("say"), what="the refusal")
    no.unlink()
    assert alive(hall.pids()["one"])


def test_it_waits_for_all_to_be_ready(start):
    hall = start({"name": "one", "code": IDLE, "ready": "up"}, {"name": "two", "code": "1/0"})
    hall.until("say")  # two died at least once, and one is not ready yet
    (hall.folder / "up").touch()
    assert alive(hall.pids()["one"])


def test_what_programs_write_is_in_their_logs(start):
    hall = start({"name": "one", "code": f"print('hello', flush=True); {IDLE}"})
    hall.pids()
    log: Path = hall.folder / "one.log"
    wait_for(lambda: log.exists() and log.read_text() == "hello\n", what="the log")
