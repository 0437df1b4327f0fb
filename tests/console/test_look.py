"""The look's promises that can be measured: contrast, tokens, no markup made from data."""

import re
from pathlib import Path

import pytest

import web_console

STATIC = Path(web_console.__file__).parent / "static"
TOKENS = (STATIC / "css" / "tokens.css").read_text("utf-8")


def tokens(selector: str) -> dict[str, str]:
    block = re.search(re.escape(selector) + r" \{(.*?)\n\}", TOKENS, re.DOTALL)
    assert block, selector
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))


LIGHT = tokens(":root")
DARK = tokens(".dark")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_dark_ground_has_every_colour_of_the_light_one() -> None:
    assert LIGHT.keys() == DARK.keys()


@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("ink", ("ground", "raised", "attention-ground", "trouble-ground")),
        ("quiet", ("ground", "raised")),
        ("accent", ("ground", "raised")),
        ("on-accent", ("accent",)),
    ],
)
def test_words_can_be_read(text: str, grounds: tuple[str, ...]) -> None:
    for ground in grounds:
        assert contrast(LIGHT[text], LIGHT[ground]) >= 4.5, ground
        assert contrast(DARK[text], DARK[ground]) >= 7, ground


@pytest.mark.parametrize("shape", ["well", "attention", "trouble", "away"])
def test_shapes_can_be_seen(shape: str) -> None:
    # Shapes are graphics (3:1, WCAG 2.2, 1.4.11); the word beside each is in ink.
    assert contrast(LIGHT[shape], LIGHT["ground"]) >= 3
    assert contrast(DARK[shape], DARK["ground"]) >= 7


def test_tokens_are_those_of_the_look() -> None:
    expected = {"ground": "#fbfaf7", "ink": "#1c2430", "line": "#dad7ce", "accent": "#00607a"}
    assert expected.items() <= LIGHT.items()
    assert {"ground": "#0d1b24", "ink": "#f3f1ea", "accent": "#6cc5d9"}.items() <= DARK.items()


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.js")), ids=lambda path: path.name)
def test_modules_are_small_and_make_no_markup_from_data(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert len(text.splitlines()) <= 300


def test_the_font_is_here_with_its_licence() -> None:
    assert "OPEN FONT LICENSE" in (STATIC / "fonts" / "OFL.txt").read_text("utf-8")
    assert next((STATIC / "fonts").glob("*.woff2")).read_bytes().startswith(b"wOF2")
