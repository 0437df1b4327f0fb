"""The line of every key: on examples, and for whatever TOML text the files may hold."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.toml.lines import Path, dotted, find_lines
from tests.support.tools import ROOT

TRICKY = '''\
top = 1 # a comment with = and [brackets]
"quoted.key" = 'literal # no comment'
a.b."c d" = 1979-05-27 07:32:00

[table] # header
text = """
not = "a key"
[not.a.table] \\""" still \\
""""
raw = \'\'\'
[[nor.this]]
'\'\'\'
list = [ # comment ]
  1,
  [2, 3], # another
  { x = 1, y.z = [
    4 ] },
]

[[many]]
k = 1
[many.sub]
k = 2
[[many]]
[[many.deep]]
k = 3
[[many.deep]]
k = { "" = {} }
'''

LINES = {
    ("top",): 1,
    ("quoted.key",): 2,
    ("a",): 3,
    ("a", "b", "c d"): 3,
    ("table",): 5,
    ("table", "text"): 6,
    ("table", "raw"): 10,
    ("table", "list"): 13,
    ("table", "list", 0): 14,
    ("table", "list", 1, 1): 15,
    ("table", "list", 2, "x"): 16,
    ("table", "list", 2, "y", "z", 0): 17,
    ("many",): 20,
    ("many", 0, "k"): 21,
    ("many", 0, "sub", "k"): 23,
    ("many", 1): 24,
    ("many", 1, "deep", 0, "k"): 26,
    ("many", 1, "deep", 1, "k", ""): 28,
}


def paths(value: Any, path: Path = ()) -> list[Path]:
    """Give every path of a parsed TOML value."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return []
    return [
        found
        for step, inner in value.items()
        for found in ((*path, step), *paths(inner, (*path, step)))
    ]


@pytest.mark.parametrize("path", LINES, ids=dotted)
def test_a_key_is_found_on_its_line(path: Path) -> None:
    assert find_lines(TRICKY)[path] == LINES[path]


@pytest.mark.parametrize("name", ["demo", "mall", "market", "village"])
def test_every_path_of_a_sample_has_a_line_that_holds_it(name: str) -> None:
    text = (ROOT / "gateway" / "site" / "samples" / f"{name}.toml").read_text(encoding="utf-8")
    found = find_lines(text)
    assert set(found) == set(paths(tomllib.loads(text)))
    lines = text.splitlines()
    for path, line in found.items():
        if isinstance(path[-1], str):
            assert path[-1] in lines[line - 1]


KEYS = st.sampled_from(["a", "b-1", '"q.k"', "'l k'", '"\\u0041\\""', "a.b", "c . d"])
SCALARS = st.sampled_from(
    ["1", "-0.5", "true", "1979-05-27 07:32:00Z", '"#"', "'[x]'", '"""\n"a" = 1\n"""', "'''''a'''",
     '"\\\\"', '""', "''", '""""""', '"""\\"""""', "inf"]
)  # fmt: skip
BLANK = st.sampled_from(["", " ", "\t"])
BREAK = st.sampled_from(["", " ", "\n", " # ] }\n", "\n\n"])


@st.composite
def _array(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    items = draw(st.lists(values, max_size=3))
    return "[" + ",".join(f"{draw(BREAK)}{item}{draw(BREAK)}" for item in items) + "]"


@st.composite
def _inline(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    pairs = draw(st.lists(st.tuples(KEYS, values), max_size=3))
    return "{" + ",".join(f"{draw(BLANK)}{k} ={draw(BLANK)}{v} " for k, v in pairs) + "}"


VALUES = st.recursive(SCALARS, lambda inner: _array(inner) | _inline(inner), max_leaves=6)
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, KEYS, VALUES),
    st.builds("[{}]".format, KEYS),
    st.builds("[[ {} ]]".format, KEYS),
    st.just("# [comment] = 1"),
)


@settings(deadline=None)
@given(st.lists(STATEMENTS, max_size=8).map("\n".join))
def test_whatever_toml_accepts_has_a_line_for_every_path(text: str) -> None:
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = find_lines(text)
    assert set(paths(parsed)) == set(found)
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())
