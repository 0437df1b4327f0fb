"""Objects as plain data: exactly there and back, and a clear word for what cannot be done."""

from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
import pytest

from gateway.domain import Hall
from gateway.journal.plain import BadPlain, CannotStore, Plain


@dataclass(slots=True)
class Part:
    name: str
    at: tuple[int, float] = (0, 0.0)
    total: int = field(default=0, compare=False)

    def rebuild(self) -> None:
        self.total = self.at[0] + len(self.name)


@dataclass(slots=True)
class Whole:
    kind: Literal["a", "b"] = "a"
    part: Part | None = None
    either: int | str | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    by_number: dict[int, list[Part]] = field(default_factory=dict)
    by_pair: dict[tuple[str, int], bool] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    fixed: frozenset[int] = frozenset()
    many: tuple[str, ...] = ()
    rows: tuple[tuple[Part, int], ...] = ()


FULL = Whole(
    "b", Part("p", (3, 0.5)), "7", {"z": Part("z"), "a": Part("a")}, {7: [Part("x")], 2: []},
    {("A", 1): True, ("A", 0): False}, {"c", "b"}, frozenset((3, 1)), ("x", "y"),
    ((Part("r"), 1),),
)  # fmt: skip


@pytest.mark.parametrize("whole", [Whole(), FULL])
def test_there_and_back_with_types_order_and_caches(whole: Whole) -> None:
    way = Plain(Whole)
    data = orjson.dumps(way.encode(whole))
    again = way.decode(orjson.loads(data))
    assert again == whole
    assert orjson.dumps(way.encode(again)) == data
    assert [list(getattr(again, name)) for name in ("parts", "by_number", "by_pair")] == [
        list(getattr(whole, name)) for name in ("parts", "by_number", "by_pair")
    ]
    if again.part is not None:
        assert again.part.total == 4
        assert [type(n) for n in again.part.at] == [int, float]


def test_the_hall_can_be_stored() -> None:
    Plain(Hall).encode(Hall())


@dataclass
class Unnamed:
    x: object


@dataclass
class TwoWays:
    x: list[int] | dict[str, int]


@dataclass
class NoRebuild:
    x: int = field(default=0, compare=False)


@dataclass
class NotGiven:
    x: int = field(default=0, init=False)


@dataclass
class OfAny:
    x: dict[str, Any]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Unnamed, "Unnamed.x: .*object.* cannot be stored"),
        (TwoWays, "TwoWays.x: of .* it cannot be told which"),
        (NoRebuild, r"NoRebuild has fields .* no rebuild\(\)"),
        (NotGiven, "NotGiven.x cannot be given"),
        (OfAny, "OfAny.x: .*Any.* cannot be stored"),
    ],
)
def test_a_class_that_cannot_be_stored_is_named_with_its_field(kind: type, says: str) -> None:
    with pytest.raises(CannotStore, match=says):
        Plain(kind)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": ["a"]}, "Whole.kind is annotated as text or number"),
        ({"many": ["x"]}, "Whole.many is annotated as tuple"),
        ({"parts": {"z": Whole()}}, "Part is annotated as Part"),
        ({"seen": ["a"]}, "Whole.seen is annotated as set"),
        ({"by_pair": {("A",): True}}, "Whole.by_pair: 2 values are announced"),
    ],
)
def test_a_value_that_its_annotation_does_not_announce_is_refused(
    change: dict[str, object], says: str
) -> None:
    whole = Whole(**change)  # type: ignore[arg-type]
    with pytest.raises(CannotStore, match=says):
        Plain(Whole).encode(whole)


@pytest.mark.parametrize("data", [None, 7, [], ["a"], {"kind": "a"}, [0] * 10, [[]] * 10])
def test_other_data_is_refused(data: object) -> None:
    with pytest.raises(BadPlain):
        Plain(Whole).decode(data)
