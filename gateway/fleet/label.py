"""Labels for the cases of boards: name, place and a QR code, in millimetres. Pure.

The code holds the board's page in the console if its address is known, else `loket:<site>/<id>`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from io import StringIO

import segno

WIDTH_MM, HEIGHT_MM = 62.0, 29.0  # a common size of label tape, and of die-cut labels
_EDGE_MM = 2.0
_CODE_MM = HEIGHT_MM - 2 * _EDGE_MM
_TEXT_MM = WIDTH_MM - _CODE_MM - 2.5 * _EDGE_MM
_A4_MM = (210.0, 297.0)
_COLUMNS, _ROWS = 3, 9
A_SHEET = _COLUMNS * _ROWS
_GAP_MM = 2.0
# A letter of a sans-serif is about so wide, as a part of its height.
_LETTER = 0.6
_FONT = 'font-family="Atkinson Hyperlegible Next, Atkinson Hyperlegible, sans-serif" fill="#1C2430"'


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on a board's case; `holds` is what its code says."""

    board: str
    place: str
    site: str
    holds: str


def label_of(board: str, place: str, site_id: str, site: str, console: str = "") -> Label:
    """Give a board's label; `console` is the address of the hall's pages, if phones reach it."""
    holds = f"{console.rstrip('/')}/papan/{board}" if console else f"loket:{site_id}/{board}"
    return Label(board, place, site, holds)


def svg(label: Label) -> str:
    """Give one label as an SVG of its own size."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_MM:g}mm" height="{HEIGHT_MM:g}mm"'
        f' viewBox="0 0 {WIDTH_MM:g} {HEIGHT_MM:g}">\n{_drawn(label)}</svg>\n'
    )


def sheet(labels: Iterable[Label]) -> str:
    """Give up to A_SHEET labels on one A4 sheet as SVG; raises ValueError for more."""
    chosen = list(labels)
    if len(chosen) > A_SHEET:
        raise ValueError(f"{len(chosen)} labels; a sheet has room for {A_SHEET}")
    width, height = _A4_MM
    left = (width - _COLUMNS * WIDTH_MM - (_COLUMNS - 1) * _GAP_MM) / 2
    top = (height - _ROWS * HEIGHT_MM - (_ROWS - 1) * _GAP_MM) / 2
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm"'
        f' viewBox="0 0 {width:g} {height:g}">\n'
    ]
    for place, label in enumerate(chosen):
        row, column = divmod(place, _COLUMNS)
        x = left + column * (WIDTH_MM + _GAP_MM)
        y = top + row * (HEIGHT_MM + _GAP_MM)
        out.append(f'<g transform="translate({x:g} {y:g})">\n{_drawn(label)}</g>\n')
    return "".join(out) + "</svg>\n"


def sheets(labels: Iterable[Label]) -> str:
    """Give any number of labels as a page for a browser to print, an A4 sheet after another."""
    chosen = list(labels)
    pages = [sheet(chosen[at : at + A_SHEET]) for at in range(0, len(chosen), A_SHEET)]
    return (
        '<!doctype html>\n<html lang="id"><meta charset="utf-8"><title>Label papan</title>\n'
        "<style>@page{size:A4;margin:0}body{margin:0}svg{display:block;break-after:page}</style>\n"
        + "".join(pages)
        + "</html>\n"
    )


def text(label: Label) -> str:
    """Give a label for a terminal, its code drawn with blocks."""
    out = StringIO()
    _code(label).terminal(out, compact=True)
    return f"{label.board}\n{label.place}\n{out.getvalue().rstrip()}\n{label.holds}\n"


def _code(label: Label) -> segno.QRCode:
    # Medium error correction: a label gets scratched.
    return segno.make_qr(label.holds, error="m")


def _drawn(label: Label) -> str:
    x = _CODE_MM + 1.5 * _EDGE_MM
    lines = [
        (label.board, 11.0, 6.0, 700),
        (label.place, 18.0, 3.6, 400),
        (label.site, 24.0, 2.8, 400),
    ]
    out = [
        f'<rect width="{WIDTH_MM:g}" height="{HEIGHT_MM:g}" rx="1.5" fill="#FFFFFF"'
        ' stroke="#DAD7CE" stroke-width="0.2"/>\n'
    ]
    matrix = _code(label).matrix
    step = _CODE_MM / len(matrix)
    path = "".join(
        f"M{column} {row}h1v1h-1z"
        for row, bits in enumerate(matrix)
        for column, bit in enumerate(bits)
        if bit
    )
    out.append(
        f'<path transform="translate({_EDGE_MM:g} {_EDGE_MM:g}) scale({step:.5g})" d="{path}"/>\n'
    )
    for said, y, height, weight in lines:
        if said:
            # Long ones are drawn smaller, so that they stay on the label.
            size = min(height, _TEXT_MM / (_LETTER * len(said)))
            out.append(
                f'<text x="{x:g}" y="{y:g}" font-size="{size:.3g}" font-weight="{weight}" {_FONT}>'
                f"{escape(said)}</text>\n"
            )
    return "".join(out)
