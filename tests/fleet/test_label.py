"""Labels for the cases of boards."""

import xml.etree.ElementTree as ET

import pytest

from gateway.fleet.label import A_SHEET, label_of, sheet, sheets, svg, text

_NS = "{http://www.w3.org/2000/svg}"


def test_a_label_has_name_place_and_a_code() -> None:
    label = label_of("counter-03", "Loket 3 <pajak>", "mpp", "MPP Kota")
    drawn = ET.fromstring(svg(label))
    assert [node.text for node in drawn.iter(f"{_NS}text")] == [
        "counter-03",
        "Loket 3 <pajak>",
        "MPP Kota",
    ]
    assert drawn.get("width") == "62mm"
    path = drawn.find(f"{_NS}path")
    assert path is not None
    assert len(path.get("d", "")) > 1_000


def test_the_code_opens_the_boards_page_where_phones_reach_the_console() -> None:
    assert label_of("c-1", "", "mpp", "MPP").holds == "loket:mpp/c-1"
    label = label_of("c-1", "", "mpp", "MPP", "http://mpp.example/")
    assert label.holds == "http://mpp.example/papan/c-1"
    assert label.holds in text(label)


def test_long_texts_stay_on_the_label() -> None:
    label = label_of("a" * 32, "x" * 80, "mpp", "MPP")
    for node in ET.fromstring(svg(label)).iter(f"{_NS}text"):
        width = float(node.get("font-size", "")) * 0.6 * len(node.text or "")
        assert float(node.get("x", "")) + width <= 62


def test_a_sheet_is_full_at_some_number_and_a_page_has_more_sheets() -> None:
    labels = [label_of(f"c-{n}", "", "mpp", "MPP") for n in range(A_SHEET + 1)]
    drawn = ET.fromstring(sheet(labels[:-1]))
    places = [node.get("transform") for node in drawn.iter(f"{_NS}g")]
    assert len(set(places)) == A_SHEET
    with pytest.raises(ValueError, match=str(A_SHEET)):
        sheet(labels)
    assert sheets(labels).count("<svg ") == 2
