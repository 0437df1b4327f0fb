"""`loket order`: what a console may ask, in a hall that nobody else has open."""

import json
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.config import PROJECT

HALL = """
[site]
id = "kecil"
name = "Kecil"
zone = "Asia/Jakarta"
sign_in = true
[hours]
open = "always"
[[agencies]]
id = "duk"
name = "Disdukcapil"
[[queues]]
prefix = "A"
name = "Kependudukan"
agency = "duk"
[[counters]]
number = 1
queues = ["A"]
"""


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Give a function that orders, and gives (exit status, what was printed)."""
    site = tmp_path / "site.toml"
    site.write_text(HALL)
    monkeypatch.setenv("LOKET_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOKET_SITE", str(site))
    monkeypatch.chdir(PROJECT)

    def ask(*words: str) -> tuple[int, str]:
        status = main(["order", *words])
        out = capsys.readouterr()
        return status, out.out + out.err

    return ask


def test_what_was_ordered_holds_for_the_next_order(order) -> None:
    status, said = order("take", "queue=A", "class=elderly", "--json")
    receipt = json.loads(said)
    assert (status, receipt["st"], receipt["ticket"]) == (0, "accepted", "A001")
    assert order("hold", "agency=duk", "reason=sistem pusat mati")[0] == 0
    assert order("next", "counter=1") == (1, "loket: held\n")
    status, said = order("queue_close", "queue=A")
    assert status == 1
    assert "1 menunggu: pilih serve" in said
    assert order("queue_close", "queue=A", "how=expire", "--by", "spv-01")[0] == 0


def test_settings_are_given_as_json(order) -> None:
    good = '{"queues": {"A": {"policy": {"normal": 2}}}}'
    assert order("settings", f"change={good}", "reason=ramai")[0] == 0
    status, said = order("settings", 'change={"queues": {"A": {"policy": {"normal": 0}}}}')
    assert status == 1
    assert "queues.A.policy.normal: found 0, allowed a whole number from 1 to 99" in said
    status, said = order("settings", 'change={"site": {"capacity": 99999999999999999999}}')
    assert (status, "site.capacity: found 1e+20, allowed" in said) == (1, True)
    status, said = order("settings", "change=kapasitas")
    assert status == 1
    assert 'change: found \'kapasitas\', JSON like {"site": {"capacity": 80}} is needed' in said


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["fly"], "there is no order 'fly'; there are: take, book, call"),
        (["board_add"], "there is no order 'board_add'"),
        (["hold"], "hold: agency: is missing"),
        (["hold", "agency"], "hold: agency: found 'agency', allowed agency=…, reason=…"),
        (["next", "counter=satu"], "next: counter: found 'satu', a whole number is needed"),
        (["next", "counter=0"], "next: counter: "),
        (["settings", 'change={"site": {"counter_word": "\\ud800"}}'], "settings: change: found "),
        (["settings", 'change={"site": {"capacity": NaN}}'], "settings: change: found "),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_opened(
    order, tmp_path: Path, words: list[str], problem: str
) -> None:
    status, said = order(*words)
    assert status == 1
    assert f"loket: {problem}" in said
    assert not (tmp_path / "home").exists()


def test_a_journal_that_cannot_be_read_is_told_in_one_line(order, tmp_path: Path) -> None:
    order("take", "queue=A")
    (tmp_path / "home" / "journal.sqlite3").write_bytes(b"nothing of the kind" * 1_000)
    status, said = order("take", "queue=A")
    assert (status, said.count("\n")) == (1, 1)
    assert "journal.sqlite3 cannot be opened" in said


def test_every_event_stands_in_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    from firmware.wire.events import CONSOLE_EVENTS

    with pytest.raises(SystemExit):
        main(["order", "--help"])
    said = capsys.readouterr().out
    not_here = ("board_add", "board_secret", "board_retire")
    for event in CONSOLE_EVENTS:
        assert (f"  {event} " in said) == (event not in not_here)
