"""What technicians see of boards: the table, one board's page, its day, orders to look at it."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from firmware.wire import codec, topics
from gateway.bus import Message
from gateway.domain.site import MAX_BOARDS
from gateway.workshop.fleet import Fleet
from gateway.workshop.health import Health
from gateway.workshop.history import EVERY_MS, MOST, History
from gateway.workshop.program import Program
from gateway.workshop.trade import Now, Say
from web_console.fleet import PARTS

UTC_MS = 1_763_769_600_000  # the middle of a day


class Desk:
    """A workshop of one trade, spoken to by hand."""

    def __init__(self, folder: Path, *boards: str) -> None:
        fleet = Fleet()
        self.health = Health(folder, fleet)
        self.program = Program([fleet, self.health])
        self.now = Now(1_000, UTC_MS)
        self.said: list[Say] = []
        self._asked = 0
        self.register(*boards)

    def register(self, *boards: str) -> None:
        rows = [{"board": b, "role": "counter", "state": "ready", "counter": 3} for b in boards]
        payload = codec.encode({"boards": rows}, codec.MAX_HALL_BYTES)
        self.program.message(Message(topics.hall_part("boards"), payload, True), self.now)
        self.turn()

    def hear(self, sender: str, leaf: str, **fields: object) -> None:
        payload = json.dumps(fields).encode()
        self.program.message(Message(topics.of_board(sender, leaf), payload, False), self.now)

    def turn(self, after_ms: int = 1_000) -> None:
        self.now = Now(self.now.mono_ms + after_ms, self.now.utc_ms + after_ms)
        self.said += self.program.turn(self.now)

    def ask(self, name: str, **fields: object) -> str:
        self._asked += 1
        self.hear("console", topics.UP_ASK, key=f"k{self._asked}", ask=name, **fields)
        self.turn(0)
        return f"k{self._asked}"

    def answer(self, key: str) -> dict[str, Any] | None:
        topic = topics.of_board("console", topics.DN_ANSWER)
        found = [json.loads(say.payload) for say in self.said if say.topic == topic]
        return next((a for a in found if a["key"] == key), None)

    def ordered(self) -> dict[str, Any]:
        topic = topics.of_board("workshop", topics.UP_EVENT)
        order: dict[str, Any] = [json.loads(s.payload) for s in self.said if s.topic == topic][-1]
        return order

    def part(self) -> list[dict[str, Any]]:
        topic = topics.fleet_part("boards")
        rows: list[dict[str, Any]] = [
            json.loads(say.payload) for say in self.said if say.topic == topic
        ][-1]["boards"]
        return rows


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "counter-01", "counter-02")


def test_the_table_joins_what_the_gateway_and_the_board_say(desk: Desk) -> None:
    desk.hear(
        "counter-01", topics.UP_ABOUT, role="counter", hw="pico_w_counter", fw="1.1", n=7,
        slot="b", chip="rp2", link=2, mpy=6,
    )  # fmt: skip
    desk.hear(
        "counter-01", topics.UP_UPDATE, id="x", kind="firmware", number=7, version="1.1",
        st="rolled_back", got=9, size=9, why="no_hello",
    )  # fmt: skip
    desk.turn()
    one, two = desk.part()
    assert (one["board"], one["state"], one["counter"]) == ("counter-01", "ready", 3)
    assert (one["number"], one["slot"], one["chip"], one["link_rev"]) == (7, "b", "rp2", 2)
    assert one["hw"] == "pico_w_counter"
    assert (one["update"]["st"], one["update"]["version"]) == ("rolled_back", "1.1")
    assert "120" in one["update"]["why_en"]
    assert (two["number"], two["slot"], two["update"]) == (None, "", None)


def test_a_hundred_boards_with_all_that_can_be_said_fit(tmp_path: Path) -> None:
    names = [f"board-with-a-long-name-{n:03}" for n in range(100)]
    desk = Desk(tmp_path)
    rows = [
        {"board": b, "role": "counter", "state": "ready", "place": "x" * 40, "bad": {"late": 3},
         "alerts": ["sensor_fault"] * 4, "caps": ["printer"] * 4, "addresses": ["1" * 40]}
        for b in names
    ]  # fmt: skip
    payload = codec.encode({"boards": rows}, codec.MAX_HALL_BYTES)
    desk.program.message(Message(topics.hall_part("boards"), payload, True), desk.now)
    for name in names:
        desk.hear(name, topics.UP_ABOUT, role="counter", hw="x" * 20, n=7, slot="b", chip="rp2")
        desk.hear(
            name, topics.UP_UPDATE, id="x", kind="firmware", number=7, version="1.1" * 9,
            st="refused", got=1, size=2, why="interpreter",
        )  # fmt: skip
    desk.turn()
    assert [row["board"] for row in desk.part()] == names
    assert "update" not in desk.part()[0]


def test_one_boards_page_has_its_presses_lines_and_day(desk: Desk) -> None:
    for n in range(25):
        desk.hear("counter-01", topics.UP_EVENT, boot=1, seq=n, t_ms=n, ev="next", has="")
    desk.hear("counter-01", topics.UP_EVENT, boot=1, seq=99, t_ms=9, ev="hello")
    desk.hear("counter-01", topics.UP_HEALTH, boot=1, t_ms=5, free_bytes=40_000, rssi_dbm=-70)
    desk.hear("counter-01", topics.UP_LOG, boot=1, t_ms=5, text="joins\x1b[2J Wi-Fi\nline")
    key = desk.ask("board", board="counter-01")
    answer = desk.answer(key)
    assert answer is not None
    page = answer["board"]
    assert len(page["presses"]) == 20
    assert page["presses"][-1] == {"utc_ms": desk.now.utc_ms, "ev": "next", "fields": {"has": ""}}
    assert page["log"] == [{"utc_ms": desk.now.utc_ms, "t_ms": 5, "text": "joins [2J Wi-Fi\nline"}]
    assert page["health"] == [[desk.now.utc_ms, 40_000, -70, None, None]]
    assert (page["role"], page["look"]) == ("counter", None)
    (said,) = [s for s in desk.said if s.topic == topics.fleet_log("counter-01")]
    assert (said.retain, said.qos) == (False, 0)
    assert json.loads(said.payload)["text"] == "joins [2J Wi-Fi\nline"


def test_strangers_and_retired_boards_leave_nothing(desk: Desk) -> None:
    desk.hear("ghost", topics.UP_LOG, boot=1, t_ms=5, text="boo")
    desk.hear("counter-02", topics.UP_HEALTH, boot=1, t_ms=5, free_bytes=1)
    desk.register("counter-01")
    for board in ("ghost", "counter-02"):
        answer = desk.answer(desk.ask("board", board=board))
        assert answer is not None
        assert answer["why"] == "unknown_board"
    assert not [s for s in desk.said if s.topic == topics.fleet_log("ghost")]
    desk.register("counter-01", "counter-02")
    answer = desk.answer(desk.ask("board", board="counter-02"))
    assert answer is not None
    assert answer["board"]["health"] == []


def test_a_look_is_the_boards_own_answer(desk: Desk) -> None:
    key = desk.ask("look", board="counter-01", by="tek")
    order = desk.ordered()
    assert order == {
        "key": order["key"], "ev": "board_cmd", "board": "counter-01", "cmd": "look", "by": "tek"
    }  # fmt: skip
    assert desk.answer(key) is None
    desk.hear("workshop", topics.DN_RECEIPT, key=order["key"], st="accepted")
    detail = json.dumps({"px": "ff00", "w": 8, "h": 2, "lamps": {"red": "on"}})
    desk.hear("counter-02", topics.UP_ACK, id=order["key"], st="ok", detail=detail)  # not its own
    desk.turn()
    assert desk.answer(key) is None
    desk.hear("counter-01", topics.UP_ACK, id=order["key"], st="ok", detail=detail)
    desk.turn()
    look = {"px": "ff00", "w": 8, "h": 2, "digits": "", "lamps": {"red": "on"}}
    assert desk.answer(key) == {"key": key, "st": "accepted", **look}
    page = desk.answer(desk.ask("board", board="counter-01"))
    assert page is not None
    assert {k: v for k, v in page["board"]["look"].items() if k != "utc_ms"} == look


@pytest.mark.parametrize(
    "detail", ["", "x", "[]", '{"px":5,"w":"a"}', '{"px":"ff","w":0,"h":1}', '{"lamps":[1]}']
)
def test_a_look_of_nonsense_shows_nothing(desk: Desk, detail: str) -> None:
    key = desk.ask("look", board="counter-01")
    desk.hear("workshop", topics.DN_RECEIPT, key=desk.ordered()["key"], st="accepted")
    desk.hear("counter-01", topics.UP_ACK, id=desk.ordered()["key"], st="ok", detail=detail)
    desk.turn()
    nothing = {"px": "", "w": 0, "h": 0, "digits": "", "lamps": {}}
    assert desk.answer(key) == {"key": key, "st": "accepted", **nothing}


def test_an_order_may_be_refused_by_the_gateway_by_the_board_or_by_silence(desk: Desk) -> None:
    not_there = desk.ask("cmd", board="counter-01", cmd="restart")
    desk.hear("workshop", topics.DN_RECEIPT, key=desk.ordered()["key"], st="refused",
              why="wrong_state", text="x")  # fmt: skip
    unknown = desk.ask("log", board="counter-01", on=True)
    order = desk.ordered()
    assert (order["cmd"], order["arg"]) == ("log", {"on": True})
    desk.hear("workshop", topics.DN_RECEIPT, key=order["key"], st="accepted")
    desk.hear("counter-01", topics.UP_ACK, id=order["key"], st="error", code="unknown_command")
    silent = desk.ask("cmd", board="counter-01", cmd="identify")
    desk.hear("workshop", topics.DN_RECEIPT, key=desk.ordered()["key"], st="accepted")
    alone = desk.ask("cmd", board="counter-01", cmd="identify")
    desk.turn(3_000)
    assert desk.answer(alone) is None
    desk.turn(1_000)
    desk.turn(4_000)
    found = {key: desk.answer(key) for key in (not_there, unknown, silent, alone)}
    assert [a and a["why"] for a in found.values()] == [
        "wrong_state", "unknown_command", "no_answer", "no_gateway"
    ]  # fmt: skip
    assert all(a and a["text_id"] and a["text_en"] for a in found.values())
    assert desk.health.due_ms() is None


def test_a_done_order_is_answered_and_wrong_ones_are_refused(desk: Desk) -> None:
    done = desk.ask("cmd", board="counter-01", cmd="identify")
    desk.hear("counter-01", topics.UP_ACK, id=desk.ordered()["key"], st="ok")
    desk.turn()
    assert desk.answer(done) == {"key": done, "st": "accepted"}
    for fields in (
        {"board": "counter-01", "cmd": "look"},
        {"board": "counter-01"},
        {"cmd": "identify"},
    ):
        answer = desk.answer(desk.ask("cmd", **fields))
        assert answer is not None
        assert answer["why"] == "bad_payload"


def test_orders_under_way_are_bounded(desk: Desk) -> None:
    keys = [desk.ask("cmd", board="counter-01", cmd="identify") for _ in range(70)]
    answer = desk.answer(keys[-1])
    assert answer is not None
    assert answer["why"] == "too_many"


def test_the_day_is_thinned_and_bounded_and_found_again(tmp_path: Path) -> None:
    history = History(tmp_path)
    utc_ms = UTC_MS
    for n in range(26 * 120):  # 26 hours, every 30 s
        history.take("b-1", {"free_bytes": n, "rssi_dbm": -60, "reconnects": "x"}, utc_ms)
        history.keep(utc_ms)
        utc_ms += 30_000
    history.keep(utc_ms, now=True)
    samples = history.of("b-1")
    assert len(samples) == MOST
    assert samples[-1][1:] == [26 * 120 - 1, -60, None, None]
    assert all(b[0] - a[0] == EVERY_MS for a, b in pairwise(samples))  # type: ignore[operator]
    assert len(list(tmp_path.iterdir())) == 2
    again = History(tmp_path)
    again.read(utc_ms)
    assert again.of("b-1") == [s for s in samples if s[0] and s[0] >= utc_ms - 24 * 3_600_000]


def test_torn_lines_cost_five_minutes_and_a_clock_set_back_nothing(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.take("b-1", {"free_bytes": 1}, UTC_MS)
    history.keep(UTC_MS, now=True)
    (file,) = tmp_path.iterdir()
    with open(file, "ab") as out:
        out.write(b'{"b-1":[17')
    history.take("b-1", {"free_bytes": 2}, UTC_MS + EVERY_MS)
    history.keep(UTC_MS + EVERY_MS, now=True)
    with open(file, "ab") as out:
        out.write(b'5\n[1]\n{"b-2":[1]}\n{"b-2":5}\n\xff\n')
    again = History(tmp_path)
    again.read(UTC_MS + EVERY_MS)
    assert [sample[1] for sample in again.of("b-1")] == [1, 2]
    assert again.of("b-2") == []
    again.take("b-1", {"free_bytes": 3}, UTC_MS - 3_600_000)
    assert again.of("b-1")[-1][1] == 3


def test_a_full_disk_is_logged_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    history = History(tmp_path / "nowhere")
    history.take("b-1", {"free_bytes": 1}, UTC_MS)
    history.keep(UTC_MS, now=True)
    assert "cannot be kept" in caplog.text
    assert len(history.of("b-1")) == 1


@pytest.mark.parametrize("name", ["px", "digits"])
def test_a_look_with_half_a_character_does_not_end_the_workshop(desk: Desk, name: str) -> None:
    key = desk.ask("look", board="counter-01")
    desk.turn(0)
    order = desk.ordered()["key"]
    desk.hear("workshop", topics.DN_RECEIPT, key=order, st="accepted")
    detail = json.dumps({"px": "", "w": 8, "h": 2, name: "\ud800"})
    desk.hear("counter-01", topics.UP_ACK, id=order, st="ok", detail=detail)
    desk.turn()
    answer = desk.answer(key)
    assert answer is not None
    assert (answer["st"], answer[name]) == ("accepted", "")


def test_a_clock_set_back_by_years_does_not_end_what_is_kept(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.take("b-1", {"free_bytes": 1}, UTC_MS + 10**11)
    for minute in range(15):
        history.take("b-1", {"free_bytes": 2}, UTC_MS + minute * 60_000)
    again = History(tmp_path)
    again.read(UTC_MS + EVERY_MS * 3)
    assert [sample[1] for sample in again.of("b-1")] == [2, 2]


@pytest.mark.parametrize("place", ["Loket 12, Dinas Kependudukan", "W" * 60, "W" * 140])
def test_the_largest_hall_is_shown(desk: Desk, place: str) -> None:
    gateways: dict[str, object] = {
        "role": "dispenser", "counter": None, "spare": False, "place": place, "state": "ready",
        "seen_ms": UTC_MS, "greeted_boot": 2**31 - 1, "fw": "0.1.0-da36a9eb", "rssi_dbm": -67,
        "free_bytes": 91_234, "reconnects": 12, "bad": {}, "settings_wanted": "de05ce52",
        "settings_applied": "de05ce52",
    }  # fmt: skip
    more = {"minor": 3, "reset": "watchdog", "shown": True, "dropped": 3, "boots": 2, "readies": 3}
    rows: list[dict[str, object]] = []
    for n in range(MAX_BOARDS):
        rows.append({"board": f"counter-{n:03}", **gateways, **more})
    size = len(json.dumps({"boards": rows}, separators=(",", ":")))
    if size > codec.MAX_HALL_BYTES:  # then the gateway leaves that out itself
        rows = [{k: v for k, v in row.items() if k not in more} for row in rows]
    payload = codec.encode({"boards": rows}, codec.MAX_HALL_BYTES)
    desk.program.message(Message(topics.hall_part("boards"), payload, True), desk.now)
    for row in rows:
        about: dict[str, object] = {"role": "dispenser", "hw": "dispenser_batt_esp32c3", "n": 12}
        about.update(chip="esp32", slot="a", link=3, mpy=6)
        desk.hear(str(row["board"]), topics.UP_ABOUT, **about)
    desk.said.clear()
    desk.turn()
    (part,) = [json.loads(s.payload) for s in desk.said if s.topic == topics.fleet_part("boards")]
    assert len(part["boards"]) == MAX_BOARDS
    assert part["boards"][7]["state"] == "ready"


def test_a_board_with_garbage_in_its_update_hides_no_other_from_the_pages(desk: Desk) -> None:
    said: dict[str, object] = {"id": "x", "st": "loading", "number": 1, "got": 5, "size": 9}
    desk.hear("counter-01", topics.UP_UPDATE, kind="firmware", version="1.0", **said)
    desk.hear("counter-02", topics.UP_UPDATE, kind="z" * 64, version="1.0", **said)
    desk.turn()
    (*_, last) = [s.payload for s in desk.said if s.topic == topics.fleet_part("boards")]
    _, shape = PARTS["boards"]
    rows = shape(json.loads(last), "")["boards"]
    assert [row["update"]["kind"] for row in rows] == ["firmware", ""]
