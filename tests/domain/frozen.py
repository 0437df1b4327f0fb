"""A hall as nested tuples and back: copies at a few microseconds, snapshots of a few hundred bytes.

The code is made from the annotations of the hall's dataclasses, so that a new field or class is
copied without a word here; a type that it cannot copy is an error when this module is used first.
"""

import marshal
import types
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from operator import attrgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

from gateway.domain import Hall
from gateway.domain.hall import SiteIndex

Frozen = tuple[Any, ...]
_PLAIN = (str, int, float, bool, type(None))


class CannotCopy(Exception):
    """A field of the hall of a type that is not known here; the text names it."""


@dataclass(slots=True)
class Shared:
    """Frozen things that all copies share, by number; equal ones share a number."""

    things: list[Any]
    numbers: dict[int, int]  # by id, of the very objects seen so far
    kept: list[Any]  # whose ids these are

    def number(self, thing: Any) -> int:
        """Give the number of a frozen thing."""
        found = self.numbers.get(id(thing))
        if found is None:
            found = next((n for n, t in enumerate(self.things) if t == thing), len(self.things))
            if found == len(self.things):
                self.things.append(thing)
            self.numbers[id(thing)] = found
            self.kept.append(thing)
        return found


SHARED = Shared([], {}, [])
_INDEXES: dict[int, SiteIndex] = {}


def _index(site: int) -> SiteIndex:
    if site not in _INDEXES:
        _INDEXES[site] = SiteIndex(SHARED.things[site])
    return _INDEXES[site]


def is_plain(hint: Any) -> bool:
    """Tell whether values of this type are never changed and can be kept as they are."""
    if hint in _PLAIN:
        return True
    origin = get_origin(hint)
    if origin in (tuple, Union, types.UnionType):
        return all(arg is Ellipsis or is_plain(arg) for arg in get_args(hint))
    return False


def none_or(hint: Any) -> Any | None:
    """Give X for the type `X | None`, else None."""
    if get_origin(hint) in (Union, types.UnionType):
        rest = [arg for arg in get_args(hint) if arg is not type(None)]
        if len(rest) == 1 and len(rest) < len(get_args(hint)):
            return rest[0]
    return None


class _Maker:
    """Makes the two functions of each class once."""

    def __init__(self) -> None:
        self.space: dict[str, Any] = {"number": SHARED.number, "things": SHARED.things}
        self._made: set[str] = set()

    def expressions(self, hint: Any, value: str, where: str) -> tuple[str, str]:
        """Give the code that freezes, and that thaws, `value` of type `hint`."""
        if is_plain(hint):
            return value, value
        maybe = none_or(hint)
        if maybe is not None:
            freeze, thaw = self.expressions(maybe, value, where)
            return tuple(f"(None if {value} is None else {code})" for code in (freeze, thaw))  # type: ignore[return-value]
        origin, args = get_origin(hint), get_args(hint)
        item = "i" + value.replace(".", "_").replace("[", "_").replace("]", "_")
        if origin in (list, set, frozenset, tuple):
            if origin is tuple and (len(args) != 2 or args[1] is not Ellipsis):
                raise CannotCopy(f"{where}: a tuple of things that change: {hint}")
            name = origin.__name__
            if is_plain(args[0]):
                frozen = f"tuple(sorted({value}))" if name in ("set", "frozenset") else None
                return frozen or f"tuple({value})", f"{name}({value})"
            freeze, thaw = self.expressions(args[0], item, where)
            return (
                f"tuple([{freeze} for {item} in {value}])",
                f"{name}([{thaw} for {item} in {value}])",
            )
        if origin is dict:
            if not is_plain(args[0]):
                raise CannotCopy(f"{where}: a dict by {args[0]}")
            if is_plain(args[1]):
                return f"tuple({value}.items())", f"dict({value})"
            freeze, thaw = self.expressions(args[1], item, where)
            return (
                f"tuple([(k{item}, {freeze}) for k{item}, {item} in {value}.items()])",
                f"{{k{item}: {thaw} for k{item}, {item} in {value}}}",
            )
        if is_dataclass(hint) and isinstance(hint, type):
            if hint.__dataclass_params__.frozen:  # type: ignore[attr-defined]
                return f"number({value})", f"things[{value}]"
            self.make(hint)
            return f"freeze_{hint.__name__}({value})", f"thaw_{hint.__name__}({value})"
        raise CannotCopy(f"{where}: no way to copy {hint}")

    def make(self, cls: type) -> None:
        """Make freeze_NAME and thaw_NAME."""
        name = cls.__name__
        if name in self._made:
            return
        self._made.add(name)
        hints = get_type_hints(cls)
        self.space[name] = cls
        names = [f.name for f in fields(cls) if f.name != "index" or cls is not Hall]
        if not all(f.init for f in fields(cls)):
            raise CannotCopy(f"{name}: a field that is not given at making")
        if all(is_plain(hints[field]) for field in names) and len(names) > 1:
            self.space[f"freeze_{name}"] = attrgetter(*names)
            self._define(f"thaw_{name}", f"{name}(*t)")
            return
        freezes, thaws = [], []
        for n, field in enumerate(names):
            where = f"{name}.{field}"
            freezes.append(self.expressions(hints[field], f"t.{field}", where)[0])
            thaws.append(f"{field}=" + self.expressions(hints[field], f"t[{n}]", where)[1])
        if cls is Hall:
            self.space["index"] = _index
            thaws.append(f"index=index(t[{names.index('site')}])")
        self._define(f"freeze_{name}", "(" + ", ".join(freezes) + ",)")
        self._define(f"thaw_{name}", f"{name}({', '.join(thaws)})")

    def _define(self, name: str, code: str) -> None:
        exec(f"def {name}(t):\n    return {code}\n", self.space)


def _made() -> tuple[Callable[[Hall], Frozen], Callable[[Frozen], Hall]]:
    maker = _Maker()
    maker.make(Hall)
    return maker.space["freeze_Hall"], maker.space["thaw_Hall"]


freeze, thaw = _made()


def pack(frozen: Frozen) -> bytes:
    """Give a frozen hall as bytes; things that are one object stay one (a lane's places do)."""
    return marshal.dumps(frozen)


def unpack(data: bytes) -> Frozen:
    """Give the frozen hall that `pack` made bytes of."""
    return marshal.loads(data)
