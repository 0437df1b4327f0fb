"""Dataclasses as plain JSON data and back, exactly, by their annotations alone.

For what is written and read by the very same code (see service/snapshot.py): a dataclass
becomes the list of its fields' values, so a changed class reads nothing that the old one wrote.
Dicts and lists keep their order, numbers stay int or float.

A field with `compare=False` is a cache and no part of the data. A class that has one has a
method `rebuild()`, called when all else is there.
"""

from collections.abc import Callable
from dataclasses import Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_SCALARS = (str, int, float, bool, NoneType)
_Way = Callable[[Any], Any]


class CannotStore(Exception):
    """A class has a field that this cannot do, or an object a value that its class does not
    announce; the text names which, so whoever wrote that class can change it."""


class BadPlain(Exception):
    """Data that was not made of this class."""


class Plain:
    """The two ways between objects of one type and plain data."""

    def __init__(self, kind: Any) -> None:
        """Raises CannotStore when `kind` has parts that this cannot do."""
        self._encode, self._decode = _ways(kind, getattr(kind, "__name__", str(kind)))

    def encode(self, value: object) -> object:
        """Give `value` as lists, dicts with text keys, texts, numbers, booleans and None.

        Raises CannotStore when it is not what its class announces.
        """
        return self._encode(value)

    def decode(self, data: object) -> Any:
        """Give the object again, its caches rebuilt; raise BadPlain for other data."""
        try:
            return self._decode(data)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError) as e:
            raise BadPlain(f"the data is not of this class: {e}") from e


def _ways(kind: Any, where: str) -> tuple[_Way, _Way]:
    origin, args = get_origin(kind), get_args(kind)
    if kind in _SCALARS or origin is Literal:
        return _scalar(where), _same
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind)
    if origin in (Union, UnionType):
        return _union(args, where)
    if origin is dict:
        return _dict(args[0], args[1], where)
    if origin is tuple and args[-1] is not Ellipsis:
        return _row(args, where)
    if origin in (list, set, frozenset, tuple):
        return _many(origin, args[0], where)
    raise CannotStore(f"{where}: {kind} cannot be stored; see {__name__} for what can")


def _same(value: object) -> object:
    return value


def _scalar(where: str) -> _Way:
    def encode(value: object) -> object:
        if type(value) in _SCALARS:
            return value
        raise CannotStore(f"{where} is annotated as text or number, but is {value!r:.80}")

    return encode


def _of(kind: type, encode: _Way, where: str) -> _Way:
    def checked(value: object) -> object:
        if type(value) is kind:
            return encode(value)
        raise CannotStore(f"{where} is annotated as {kind.__name__}, but is {value!r:.80}")

    return checked


def _many(kind: type, item: Any, where: str) -> tuple[_Way, _Way]:
    put, take = _ways(item, where)

    def encode(values: Any) -> object:
        return [put(v) for v in (sorted(values) if kind in (set, frozenset) else values)]

    if take is _same:
        return _of(kind, encode, where), lambda data: kind(_list(data))
    return _of(kind, encode, where), lambda data: kind([take(v) for v in _list(data)])


def _row(items: tuple[Any, ...], where: str) -> tuple[_Way, _Way]:
    ways = [_ways(item, where) for item in items]
    size = len(ways)
    simple = all(take is _same for _, take in ways)

    def encode(values: Any) -> object:
        if len(values) != size:
            raise CannotStore(f"{where}: {size} values are announced, not {values!r:.80}")
        return [put(v) for (put, _), v in zip(ways, values, strict=True)]

    def decode(data: object) -> object:
        row = _list(data)
        if len(row) != size:
            raise ValueError(f"{where}: {len(row)} values for {size}")
        if simple:
            return tuple(row)
        return tuple(take(v) for (_, take), v in zip(ways, row, strict=True))

    return _of(tuple, encode, where), decode


def _dict(key: Any, item: Any, where: str) -> tuple[_Way, _Way]:
    put, take = _ways(item, where)
    if key is str:  # an object; other keys would lose their type there

        def encode(values: Any) -> object:
            return {k: put(v) for k, v in values.items()}

        def decode(data: Any) -> object:
            return {k: take(v) for k, v in data.items()}

        return _of(dict, encode, where), decode
    pair_put, pair_take = _many(list, tuple[key, item], where)
    return (
        _of(dict, lambda values: pair_put(list(values.items())), where),
        lambda data: dict(pair_take(data)),
    )


def _union(kinds: tuple[Any, ...], where: str) -> tuple[_Way, _Way]:
    # A scalar tells its type by itself; one other member is then all that can be meant.
    others = [kind for kind in kinds if kind not in _SCALARS and get_origin(kind) is not Literal]
    if not others:
        return _scalar(where), _same
    if len(others) > 1:
        raise CannotStore(f"{where}: of {others} it cannot be told which one is meant")
    put, take = _ways(others[0], where)
    return (
        lambda value: value if type(value) in _SCALARS else put(value),
        lambda data: data if type(data) in _SCALARS else take(data),
    )


@cache  # a class is looked at once, however many fields have it
def _dataclass(kind: type) -> tuple[_Way, _Way]:
    name = kind.__name__
    kept = _kept_fields(kind)
    hints = get_type_hints(kind)
    ways = [_ways(hints[field.name], f"{name}.{field.name}") for field in kept]
    names = [field.name for field in kept]
    puts = [(field.name, put) for field, (put, _) in zip(kept, ways, strict=True)]
    takes = [take for _, take in ways]
    simple = all(take is _same for take in takes)
    caches = len(kept) < len(fields(kind))

    def encode(value: object) -> object:
        return [put(getattr(value, name)) for name, put in puts]

    def decode(data: object) -> object:
        row = _list(data)
        if len(row) != len(names):
            raise ValueError(f"{name}: {len(row)} values for {len(names)} fields")
        if not simple:
            row = [take(value) for take, value in zip(takes, row, strict=True)]
        made = kind(**dict(zip(names, row, strict=True)))
        if caches:
            made.rebuild()
        return made

    return _of(kind, encode, name), decode


def _kept_fields(kind: type) -> "list[Field[Any]]":
    kept = [field for field in fields(kind) if field.compare]
    for field in kept:
        if not field.init:
            raise CannotStore(f"{kind.__name__}.{field.name} cannot be given to the constructor")
    if len(kept) < len(fields(kind)) and not hasattr(kind, "rebuild"):
        raise CannotStore(
            f"{kind.__name__} has fields that do not count when compared, and no rebuild()"
        )
    return kept


def _list(data: object) -> list[Any]:
    if type(data) is list:
        return data
    raise TypeError(f"a list is needed, not {data!r:.40}")
