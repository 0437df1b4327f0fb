"""Checks of JSON values: small shapes that are put together. Pure.

A shape is called with a value and the path to it; it gives the value with unknown fields left
out, or raises `Misfit` naming the place. Words of closed lists are not checked here: a newer
gateway may know more of them than this console, and a page shows an unknown word as it stands.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

Shape = Callable[[Any, str], Any]

MAX_EXACT_INT = 9_007_199_254_740_991  # 2^53 - 1: exact in a page's JavaScript too


class Misfit(ValueError):
    """A value that does not have its shape; the text names the place and what is needed."""


def text(most: int = 200) -> Shape:
    """Give a shape for a string of at most `most` characters."""

    def check(value: Any, path: str) -> str:
        if not isinstance(value, str) or len(value) > most:
            raise Misfit(f"{path}: a text of at most {most} characters is needed")
        return value

    return check


def integer(lo: int = 0, hi: int = MAX_EXACT_INT) -> Shape:
    """Give a shape for a whole number from `lo` to `hi`."""

    def check(value: Any, path: str) -> int:
        if type(value) is not int or not lo <= value <= hi:
            raise Misfit(f"{path}: a whole number from {lo} to {hi} is needed")
        return value

    return check


def number(lo: float, hi: float) -> Shape:
    """Give a shape for a number from `lo` to `hi`."""

    def check(value: Any, path: str) -> int | float:
        if type(value) not in (int, float) or not lo <= value <= hi:
            raise Misfit(f"{path}: a number from {lo} to {hi} is needed")
        kept: int | float = value
        return kept

    return check


def flag(value: Any, path: str) -> bool:
    """The shape for true or false."""
    if type(value) is not bool:
        raise Misfit(f"{path}: true or false is needed")
    return value


def one_of(words: Collection[str]) -> Shape:
    """Give a shape for one of `words`, where an unknown one cannot be passed on."""

    def check(value: Any, path: str) -> str:
        if not isinstance(value, str) or value not in words:
            raise Misfit(f"{path}: one of {', '.join(words)} is needed")
        return value

    return check


def nullable(shape: Shape) -> Shape:
    """Give a shape for null or what fits `shape`."""
    return lambda value, path: None if value is None else shape(value, path)


def list_of(shape: Shape, most: int, least: int = 0) -> Shape:
    """Give a shape for a list of `least` to `most` values of `shape`."""

    def check(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise Misfit(f"{path}: a list of {least} to {most} is needed")
        return [shape(item, f"{path}[{i}]") for i, item in enumerate(value)]

    return check


def record(required: Mapping[str, Shape], optional: Mapping[str, Any] | None = None) -> Shape:
    """Give a shape for an object; `optional` holds (shape, what stands there when absent)."""

    def check(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Misfit(f"{path}: an object is needed")
        out: dict[str, Any] = {}
        for name, shape in required.items():
            if name not in value:
                raise Misfit(f"{path}.{name}: is missing")
            out[name] = shape(value[name], f"{path}.{name}")
        for name, (shape, default) in (optional or {}).items():
            out[name] = shape(value[name], f"{path}.{name}") if name in value else default
        return out

    return check


def texts(most: int, chars: int) -> Shape:
    """Give a shape for an object of at most `most` names, each with a text."""
    value_of = text(chars)

    def check(value: Any, path: str) -> dict[str, str]:
        if not isinstance(value, dict) or len(value) > most:
            raise Misfit(f"{path}: an object of at most {most} texts is needed")
        return {str(name)[:64]: value_of(said, f"{path}.{name}") for name, said in value.items()}

    return check


def counts(most: int) -> Shape:
    """Give a shape for an object of at most `most` names, each with a count."""
    count = integer()

    def check(value: Any, path: str) -> dict[str, int]:
        if not isinstance(value, dict) or len(value) > most:
            raise Misfit(f"{path}: an object of at most {most} counts is needed")
        return {str(name)[:64]: count(n, f"{path}.{name}") for name, n in value.items()}

    return check
