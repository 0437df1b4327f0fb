"""`python -m tests.journal.make_files NAME`: save a journal of today, for later versions to open.

Writes files/NAME.sqlite3, a journal that the gateway's own writer made of messages, and
files/NAME.jsonl, the events of walks through other halls, each with the picture that it led to.
Run it once for a version that people will have; a saved file is never made again.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from gateway.domain import encode_event
from gateway.domain.event_json import KINDS
from gateway.domain.ticket_events import Expired
from gateway.journal import Row, read_events
from tests.domain.walk import wander
from tests.journal.picture import picture
from tests.service.conftest import Desk

FILES = Path(__file__).parent / "files"
WALKS = {1: 150, 2: 150, 3: 150}  # seed -> steps
_BOARDS = (
    ("counter-01", "counter", 1), ("counter-02", "counter", 2), ("counter-03", "counter", 3),
    ("ticket-01", "ticket", None), ("rating-01", "rating", 1), ("hall-01", "hall", None),
    ("gate-01", "gate", None), ("spare-01", "dispenser", None),
)  # fmt: skip


class Life:
    """A hall whose boards and consoles are spoken for; everything asked must be accepted."""

    def __init__(self, home: Path) -> None:
        self.desk = Desk(home)
        self._seq = 0
        for board in _BOARDS:
            self.desk.add(*board)

    def press(self, board: str, ev: str, seconds: float = 5, **fields: Any) -> Any:
        """Let a board send an event, some seconds after the last."""
        self._seq += 1
        self.desk.pass_ms(int(seconds * 1_000))
        return self._accepted(self.desk.press(board, self._seq, ev, **fields))

    def console(self, ev: str, **fields: Any) -> Any:
        """Let somebody at a console ask for something."""
        self._seq += 1
        self.desk.pass_ms(5_000)
        wish = {"ev": ev, "by": "budi", "key": f"{self._seq:032x}", **fields}
        return self._accepted(self.desk.send("console", wish))

    def take(self, queue: str, **fields: Any) -> str:
        """Take a number."""
        return str(self.press("ticket-01", "take", queue=queue, **fields)["ticket"])

    def _accepted(self, receipt: Any) -> Any:
        assert receipt["st"] == "accepted", receipt
        return receipt


def live(home: Path) -> Desk:
    """Live two business days in which everything happens that a journal can hold."""
    life = Life(home)
    desk, press, console, take = life.desk, life.press, life.console, life.take
    press("hall-01", "count", **{"in": 9, "out": 2})
    press("gate-01", "screen", temp_c=36.6, mask=True)
    press("hall-01", "correct", inside=6)
    press("counter-01", "touch", n=3)
    for _ in range(5):
        take("A", service="ktp-el-rekam")
    prio = take("A", **{"class": "elderly"})
    b = [take("B") for _ in range(3)]
    desk.writer.presence.of("ticket-01").caps = ("printer",)
    slips = [take("C") for _ in range(3)]
    press("ticket-01", "paper", ticket=slips[0], ok=True)
    press("ticket-01", "paper", ticket=slips[1], ok=False)
    console("claim", counter=1, by="sari")
    console("claim", counter=2, by="tono")
    press("counter-01", "next")
    press("counter-01", "recall")
    press("counter-01", "start")
    press("counter-01", "done", 240, services=["ktp-el-rekam"])
    press("rating-01", "rate", score=4)
    press("counter-01", "next")
    press("counter-01", "no_show", 70)
    press("counter-01", "next")
    press("counter-01", "undo")
    press("counter-01", "next")
    press("counter-01", "park", 30)
    console("check_in", ticket=_parked(desk)[0])
    press("counter-01", "next")
    press("counter-01", "transfer", 60, queue="B")
    press("counter-02", "next")
    press("counter-02", "help")
    console("cancel", ticket=b[-1], reason="pulang")
    console("close", counter=3)
    console("break_start", counter=2, reason="rapat")
    console("break_end", counter=2)
    console("break_start", reason="senam")
    console("break_end")
    console("release", counter=2)
    assert desk.writer.hall.tickets[prio].klass
    retire: dict[str, Any] = {"ev": "board_retire", "board": "spare-01", "key": "f" * 32}
    desk.hear("cli", retire)
    desk.commit()
    _see_on_glass(life)
    desk.pass_ms(30_000)
    desk.writer.tick(desk.utc_ms)  # the third slip was never confirmed
    desk.commit()
    desk.pass_ms(24 * 3_600_000)
    take("A")
    desk.commit()
    press("counter-01", "next")
    # No command leads to it yet; a journal may hold it all the same.
    label = next(t.label for t in desk.writer.hall.tickets.values() if t.state == "waiting")
    event = Expired(desk.utc_ms, "budi", label, "tutup")
    desk.journal.commit([Row(event.at_ms, event.kind, label, None, encode_event(event))])
    desk.restart()
    return desk


def _parked(desk: Desk) -> list[str]:
    return [t.label for t in desk.writer.hall.tickets.values() if t.state == "parked"]


def _see_on_glass(life: Life) -> None:
    desk = life.desk
    life.press("counter-01", "next")
    rev, pressed_ms = desk.faces("counter-01")[0]["rev"], desk.mono_ms
    desk.writer.on_glass("counter-01", desk.writer.epoch, rev, pressed_ms + 17, desk.utc_ms)
    desk.writer.flush_glass()
    desk.commit()


def main(names: list[str]) -> int:
    """Write the files of the one name given; 2 if one of them exists."""
    (name,) = names
    journal, lines = FILES / f"{name}.sqlite3", FILES / f"{name}.jsonl"
    if journal.exists() or lines.exists():
        print(f"{name} was saved before: saved files are never made again", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as home:
        desk = live(Path(home))
        seen = picture(desk.writer.hall)
        answers = [a.identity for a in desk.journal.answers(desk.writer.hall.day)]
        kept = desk.settings.paths.journal
        desk.journal.close()
        missing = set(KINDS) - {str(body["kind"]) for body in read_events(kept)}
        assert not missing, f"the life has no {missing}: add it"
        journal.write_bytes(kept.read_bytes())
    (FILES / f"{name}.json").write_text(_json({"hall": seen, "answers": answers}))
    with lines.open("w") as out:
        for seed, steps in WALKS.items():
            world = wander(seed, steps, shadowed=False).world
            for event in world.events:
                out.write(json.dumps(encode_event(event)) + "\n")
            out.write(json.dumps({"picture": picture(world.hall)}) + "\n")
    return 0


def _json(data: object) -> str:
    return json.dumps(data, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
