"""A sheet of SVG: lines, dots, boxes and words."""

from xml.sax.saxutils import escape


class Paper:
    """The elements of the drawing, in the order in which they cover each other."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.parts: list[str] = []

    def line(self, points: list[tuple[float, float]], colour: str, width: float = 1.5) -> None:
        """Draw a line through points."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>'
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        """Draw a joint of wires."""
        self.parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="2.4" fill="{colour}"/>')

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, round_px: float = 2
    ) -> None:
        """Draw a rectangle; the corner is its upper left one."""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round_px:g}"'
            f' fill="{fill}" stroke="#222" stroke-width="0.8"/>'
        )

    def text(
        self, x: float, y: float, words: str, anchor: str = "start", size: float = 8, more: str = ""
    ) -> None:
        """Write words; `y` is the line they stand on, `more` further attributes."""
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}"{more}>'
            f"{escape(words)}</text>"
        )
