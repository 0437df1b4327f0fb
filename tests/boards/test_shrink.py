"""What a board's modules are called before they are compiled: the same program, with less names."""

from typing import Any

import pytest

from boards.shrink import Program

WORDS = """
from wire.const import const
TYPE_CHECKING = const(0)
if TYPE_CHECKING:
    from shop import Shop
OPEN = "open"
STATES = (OPEN, "shut")
MOST = 4 * 5
_TWICE = MOST * 2
LARGE = 1 << 40
changed = 1
"""
SHOP = """
import wire.words as plain
from wire import words
from wire.words import LARGE, MOST as most_of_all, STATES

class Base:
    def __init__(self, first_guest, *, by_name=most_of_all):
        self._guests = [first_guest]
        self._limit = by_name
        self.large = LARGE

    def _welcome(self, other_guest):
        if len(self._guests) < self._limit:
            self._guests.append(other_guest)

class Shop(Base):
    def __init__(self, first_guest):
        Base.__init__(self, first_guest, by_name=2)
        self.state = words.OPEN
        self._said_by = "_said_by"

    def visit(self, guests):
        def enter(one_guest):
            try:
                self._welcome(one_guest)
            except ValueError as one_guest:
                raise one_guest
            return _doubled(one_guest)
        return [enter(guest) for guest in guests], self._guests, self.state in STATES

def _doubled(guest_name):
    return guest_name * 2
"""
STALL = """
from shop import Shop

class Stall(Shop):
    def __init__(self, hidden_away):
        Shop.__init__(self, hidden_away)
        self._hidden = hidden_away

    def all(self):
        return self._hidden, self._guests, self._welcome(3), self.large
"""
SOURCES = {"wire.words": WORDS, "shop": SHOP, "stall": STALL}


def modules(program: Program) -> dict[str, Any]:
    spaces: dict[str, Any] = {}
    text = program.shrunk("shop").replace("import wire.words as plain\n", "")
    exec(text.replace("from wire.words import LARGE", "LARGE = 1 << 40"), spaces)
    exec(program.shrunk("stall").replace("from shop import Shop\n", ""), spaces)
    return spaces


def test_a_program_does_the_same_with_less_names() -> None:
    made = modules(Program(SOURCES))
    shop = made["Shop"]("a")
    assert shop.visit(["b", "c"]) == (["bb", "cc"], ["a", "b"], True)
    assert made["Stall"](7).all() == (7, [7, 3], None, 1 << 40)


def test_constants_stand_where_they_are_used_and_private_names_are_letters() -> None:
    program = Program(SOURCES)
    assert program.constants("wire.words") == {
        "TYPE_CHECKING": 0, "OPEN": "open", "STATES": ("open", "shut"), "MOST": 20, "_TWICE": 40,
    }  # fmt: skip
    left = program.shrunk("wire.words")
    assert left == "LARGE = 1 << 40\nchanged = 1", left
    shop = program.shrunk("shop")
    assert "words.OPEN" not in shop
    assert "from wire import words" not in shop
    for name in ("_guests", "_welcome", "_doubled", "first_guest", "guest_name", "most_of_all"):
        assert name not in shop, name
    # What is looked up by its name, or given by it, keeps it.
    assert {"_said_by", "by_name"} <= set(shop.replace(".", " ").replace("=", " ").split())


def test_who_inherits_has_the_same_letters_and_goes_on_after_them() -> None:
    program = Program(SOURCES)
    base, heir = program.letters("shop"), program.letters("stall")
    assert base.items() < heir.items()
    assert heir["_hidden"] not in base.values()


def test_what_is_private_to_another_module_is_refused() -> None:
    theft = "def rob(shop):\n    return shop._guests\n"
    with pytest.raises(RuntimeError, match="thief: _guests belongs to other modules"):
        Program({**SOURCES, "thief": theft}).shrunk("thief")


def test_modules_that_share_letters_without_knowing_of_each_other_are_refused() -> None:
    heir = "from a import A\nfrom b import B\nclass C(A, B):\n    pass\n"
    one = "class {}:\n    def __init__(self):\n        self.{} = 1\n"
    sources = {"a": one.format("A", "_first"), "b": one.format("B", "_second"), "c": heir}
    with pytest.raises(RuntimeError, match="c inherits from modules with the same letters"):
        Program(sources).shrunk("c")
