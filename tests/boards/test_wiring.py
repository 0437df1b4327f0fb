"""Drawings and parts lists: as committed, complete, and readable by whoever wires from them."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from boards.catalog import BOARDS, Kind, kinds, load_kind, read_kind
from boards.drawing import draw
from boards.netlist import GATES, netlist
from boards.part import GATE
from boards.parts import PARTS
from boards.prices import PRICES
from boards.routing import Run, lanes
from boards.shopping import parts_table, shopping, total_rupiah
from gateway.cli import main

KINDS = kinds()
SVG = "{http://www.w3.org/2000/svg}"


def texts(kind: Kind) -> list[str]:
    return [element.text or "" for element in ET.fromstring(draw(kind)).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", KINDS)
def test_drawing_and_parts_list_are_as_committed(name: str) -> None:
    """After a change to a board.toml or the drawing make them anew: docs/boards.md says how."""
    folder = BOARDS / name
    assert (folder / "wiring.svg").read_text() == draw(load_kind(name))
    assert (folder / "parts.md").read_text() == parts_table(load_kind(name))


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_its_bring_up(name: str) -> None:
    text = (BOARDS / name / "bring-up.md").read_text()
    assert f"# Bring-up of {name}\n" in text
    assert "multimeter" in text
    assert "self-test" in text


@pytest.mark.parametrize("name", KINDS)
def test_a_bring_up_names_pins_that_this_kind_uses(name: str) -> None:
    kind = load_kind(name)
    text = (BOARDS / name / "bring-up.md").read_text()
    named = {int(pin) for pin in re.findall(r"\b(?:GP|IO|BCM)(\d+)\b", text)}
    rows = [row for box in netlist(kind).boxes for row in box.rows]
    used = {row.to for row in rows if isinstance(row.to, int)}
    assert named
    assert named <= used | kind.chip.careful.keys() | kind.chip.reserved.keys()


@pytest.mark.parametrize("name", KINDS)
def test_every_terminal_is_drawn_and_every_pin_is_named_at_both_ends(name: str) -> None:
    kind = load_kind(name)
    told = texts(kind)
    for box in netlist(kind).boxes:
        assert box.title in told
        for row in box.rows:
            assert row.name in told
            if isinstance(row.to, int):
                pad = kind.chip.pad_of(row.to)
                at = row.name if box.label in ("keys", "lamps") else f"{box.label} {row.name}"
                assert told.count(pad.name) >= 2  # at the terminal, in the table
                assert told.count(at) >= 2  # at the pad, in the table
                assert any(pad.number in words.split("  ") for words in told)


@pytest.mark.parametrize("name", KINDS)
def test_no_text_leaves_the_paper(name: str) -> None:
    for element in ET.fromstring(draw(load_kind(name))).iter(f"{SVG}text"):
        if "transform" in element.attrib:
            continue
        x, y, size = (float(element.attrib[key]) for key in ("x", "y", "font-size"))
        wide = len(element.text or "") * size * 0.55
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[element.attrib["text-anchor"]]
        assert left >= 0, element.text
        assert left + wide <= 1_123, element.text
        assert size < y <= 794 - 4, element.text


def test_the_fullest_board_has_a_higher_sheet_and_no_box_in_its_table() -> None:
    # All that can be at one side of the module, and much of it.
    keys = (
        ("next", 17, "infrared", 28), ("recall", 7, "arcade", 10), ("start", 27, "arcade", 0),
        ("done", 3, "touch", 13), ("no_show", 0, "beam", 11), ("park", 6, "beam", 22),
        ("undo", 9, "lever", 21), ("pause", 4, "arcade", 8), ("help", 26, "arcade", 14),
    )  # fmt: skip
    text = 'title = "x"\nrole = "counter"\nchip = "pico"\nsupply = {kind = "adapter", ma = 9000}\n'
    for name, pin, part, lamp in keys:
        text += f'[parts.keys.{name}]\npin = {pin}\npart = "{part}"\n'
        text += 'active = "high"\n' if part == "touch" else ""
        text += f"lamp_pin = {lamp}\nlamp_ma = 1\n" if lamp else ""
    text += '[parts.link]\ndriver = "uart"\nuart = 0\ntx = 16\nrx = 1\n'
    text += '[parts.matrix]\ndriver = "hub12"\npanels = 1\nspi = 0\nsck = 2\nmosi = 19\n'
    text += "latch = 20\noe = 12\na = 15\nb = 18\nlevel_shifter = true\n"
    text += '[parts.lamps.status]\ndriver = "relay"\npin = 5\n'
    kind = read_kind(text, "full", "f")
    root = ET.fromstring(draw(kind))
    height = float(root.attrib["viewBox"].split()[3])
    assert height > 794
    boxes = [
        float(rect.attrib["y"]) + float(rect.attrib["height"])
        for rect in root.iter(f"{SVG}rect")
        if rect.attrib.get("rx")
    ]
    heads = [float(e.attrib["y"]) for e in root.iter(f"{SVG}text") if e.text == "goes to"]
    assert heads
    assert max(boxes) < min(heads) - 10
    assert all(float(e.attrib["y"]) <= height - 4 for e in root.iter(f"{SVG}text"))


def test_no_two_wires_share_a_line() -> None:
    """Horizontal pieces of different colours never lie on each other, nor do vertical ones."""
    for name in KINDS:
        pieces: dict[tuple[str, float], list[tuple[float, float, str]]] = {}
        for line in ET.fromstring(draw(load_kind(name))).iter(f"{SVG}polyline"):
            colour = line.attrib["stroke"]
            if colour == "#fff":
                continue
            points = [tuple(map(float, p.split(","))) for p in line.attrib["points"].split()]
            for (x1, y1), (x2, y2) in pairwise(points):
                if y1 == y2:
                    pieces.setdefault(("y", y1), []).append((min(x1, x2), max(x1, x2), colour))
                else:
                    assert x1 == x2, "wires run straight"
                    pieces.setdefault(("x", x1), []).append((min(y1, y2), max(y1, y2), colour))
        for place, those in pieces.items():
            those.sort()
            for (_, end, one), (start, _, other) in pairwise(those):
                assert start >= end or one == other, (name, place)


def test_the_gates_of_a_level_shifter_are_shared_out_once() -> None:
    rows = [row for box in netlist(load_kind("panel_p10")).boxes for row in box.rows]
    told = [row.told for row in rows if row.via == GATE]
    assert told == [f"U1 {a}>{b}" for a, b in GATES] + [f"U2 {a}>{b}" for a, b in GATES[:2]]


def test_a_divider_hangs_between_its_wire_and_the_rail_of_the_next_row() -> None:
    for name in KINDS:
        for box in netlist(load_kind(name)).boxes:
            for row, after in zip(box.rows, (*box.rows[1:], None), strict=True):
                if row.shunt:
                    assert after is not None
                    assert after.to == ("3V3" if row.shunt == "100k" else "GND")


def test_lanes_cross_as_little_as_they_can() -> None:
    down = [Run(10 * n, 100 + 10 * n) for n in range(4)]
    assert lanes(down) == [3, 2, 1, 0]  # the upper ones turn down last
    up = [Run(100 + 10 * n, 10 * n) for n in range(4)]
    assert lanes(up) == [0, 1, 2, 3]
    assert lanes([]) == []


# -- what there is to buy -------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_everything_to_buy_has_a_price(name: str) -> None:
    counts = shopping(load_kind(name))
    assert counts.keys() <= PRICES.keys()
    assert total_rupiah(counts) == sum(PRICES[item].rupiah * n for item, n in counts.items())


def test_no_price_is_left_over_and_every_part_has_one() -> None:
    bought = {item for name in KINDS for item in shopping(load_kind(name))}
    sources = "".join(
        (BOARDS / file).read_text()
        for file in ("parts.py", "parts_in.py", "parts_out.py", "shopping.py", "chips.py")
    )
    for item in PRICES.keys() - bought:
        stem = re.sub(r"_[46]$", "", item)
        assert f'"{item}"' in sources or stem in PARTS["digits"], item


def test_what_hangs_on_a_key_is_counted() -> None:
    counts = shopping(load_kind("ticket_kiosk_ir"))
    assert counts["infrared"] == counts["lamp"] == counts["resistor"] == 9
    assert counts["printer_80"] == counts["max3232"] == counts["supply_24"] == 1
    assert shopping(load_kind("panel_p10"))["shifter"] == 2
    assert shopping(load_kind("panel_max7219"))["max7219"] == 4


# -- the commands ---------------------------------------------------------------------------------


def test_check_tells_what_a_kind_draws(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boards", "check", "counter_led", "refill_sensor"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "counter_led: counter on pico_w; 3.3 V 30 of 300 mA, 5 V 670 of 1500 mA, pins 30 of 50 mA,"
        " all 760 of 1000 mA",
        "refill_sensor: dispenser on esp32; 3.3 V 5 of 300 mA, pins 0 of 200 mA, all 305 of 500 mA,"
        " 0.29 mA asleep, battery 125 days",
    ]
    assert err == ""


def test_check_goes_through_all_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boards", "check"]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == KINDS


def test_check_tells_faults_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "board.toml"
    text = (BOARDS / "counter_led" / "board.toml").read_text()
    file.write_text(text.replace("cs = 17", "cs = 2"))
    assert main(["boards", "check", str(file), "counter_led"]) == 1
    out, err = capsys.readouterr()
    assert err == f"{file}:38: parts.matrix.cs: pin 2 is already parts.keys.next.pin (line 12)\n"
    assert out.startswith("counter_led: ")


def test_check_tells_doubts_and_does_not_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "board.toml"
    text = (BOARDS / "refill_sensor" / "board.toml").read_text()
    file.write_text(text.replace("every_s = 900", "every_s = 60"))
    assert main(["boards", "check", str(file)]) == 0
    assert f"{file}:11: warning: supply.mah: 3000 mAh last" in capsys.readouterr().err


def test_a_kind_may_be_named_by_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    assert main(["boards", "check", str(mine)]) == 1
    assert f"{mine}/board.toml: found no readable file" in capsys.readouterr().err
    (mine / "board.toml").write_text((BOARDS / "counter_led" / "board.toml").read_text())
    monkeypatch.chdir(mine)
    assert main(["boards", "check", str(mine), f"{mine}/board.toml", "."]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 3
    assert all(line.startswith("mine: counter on pico_w;") for line in told)


def test_whoever_reads_may_stop_reading() -> None:
    for words in (["check"], ["wiring", "counter_led"], ["parts", "counter_led"]):
        command = [sys.executable, "-m", "gateway.cli", "boards", *words]
        ours, its = os.pipe()
        os.close(ours)
        done = subprocess.run(
            command, cwd=BOARDS.parent, stdout=its, stderr=subprocess.PIPE, check=False
        )
        os.close(its)
        assert (done.stderr, done.returncode) == (b"", 1)


def test_wiring_goes_to_the_screen_or_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["boards", "wiring", "counter_led"]) == 0
    svg = capsys.readouterr().out
    assert main(["boards", "wiring", "counter_led", "--out", str(tmp_path / "w.svg")]) == 0
    assert (tmp_path / "w.svg").read_text() == svg == draw(load_kind("counter_led"))
    assert main(["boards", "wiring", "counter_led", "--out", str(tmp_path / "no" / "w.svg")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_parts_are_told_to_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boards", "parts", "counter_led"]) == 0
    assert capsys.readouterr().out == parts_table(load_kind("counter_led"))
    assert main(["boards", "parts", "counter_led", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "counter_led"
    assert told["total_rupiah"] == sum(part["pieces"] * part["rupiah"] for part in told["parts"])


@pytest.mark.parametrize("words", [["wiring", "nope"], ["parts", "nope"], ["check", "nope"]])
def test_a_kind_that_is_not_there(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boards", *words]) == 1
    assert 'kind: is "nope"; allowed are counter_esp32' in capsys.readouterr().err


def test_a_pin_at_the_other_side_is_reached_below_the_module() -> None:
    text = (BOARDS / "ticket_button" / "board.toml").read_text()
    text = text.replace("pin = 8\n", "pin = 22\n").replace("cs = 17", "cs = 15")
    assert "priority NO" in texts(read_kind(text, "k", "f"))
