"""The source of a board's module without the names that only its readers need.

    source = shrunk("firmware.net.mqtt")

To MicroPython a name is memory: its text lies in each file that has it, and each one that is loaded
takes a place in a table of the heap, and one in its module or its object. So before a module is
compiled,

- a constant stands where it is used, in other modules too, and has no name any more
- a private name (`_resend_ms`) becomes a letter or two, the same in all that inherits it
- an argument that nobody gives by its name becomes a letter

Public functions and classes keep their names, so a traceback can be read; what the letters in it
stand for tells `python -m boards.shrink firmware.net.mqtt`.
"""

import ast
import builtins
import itertools
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from string import ascii_lowercase
from typing import cast

Value = int | str | bytes | tuple["Value", ...]
Sources = tuple[tuple[str, str], ...]
_PROJECT = Path(__file__).resolve().parents[1]
_OF_A_RELEASE = "firmware.version"  # a release has its own in its place
_MOST_CHARS = 40  # of a text that takes less where it is used than a name does
_MOST_INT = 1 << 30  # from here on an integer is an object


def shrunk(module: str) -> str:
    """Give the source of a module of the firmware as it is to be compiled; raise RuntimeError where
    it uses what is private to another one."""
    return _program(_sources()).shrunk(module)


def _sources() -> Sources:
    files = sorted((_PROJECT / "firmware").rglob("*.py"))
    names = [".".join(file.relative_to(_PROJECT).with_suffix("").parts) for file in files]
    return tuple((name, file.read_text()) for name, file in zip(names, files, strict=True))


@lru_cache(2)  # at a developer's desk files change
def _program(sources: Sources) -> "Program":
    return Program(dict(sources))


class Program:
    """All modules of a program, `sources` by their names: what one may be called depends on where
    the others use it."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._trees = {name: _at_run_time(ast.parse(text)) for name, text in sources.items()}
        self._constants: dict[str, dict[str, Value]] = {}
        self._letters: dict[str, dict[str, str]] = {}
        self._shrunk: dict[str, str] = {}
        self._kept = set(dir(builtins))
        self._privates: set[str] = set()
        for tree in self._trees.values():
            self._kept.update(_said(tree))
            self._privates.update(name for name in _given(tree) if _is_private(name))

    def shrunk(self, module: str) -> str:
        """Give the source of a module with less names; raise RuntimeError where it uses what is
        private to another one."""
        if module not in self._shrunk:
            self._shrunk[module] = self._made(module)
        return self._shrunk[module]

    def _made(self, module: str) -> str:
        tree = self._with_constants(module)
        letters = self.letters(module)
        strange = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        strange = (strange & self._privates) - letters.keys() - self._kept
        if strange:
            raise RuntimeError(f"{module}: {', '.join(sorted(strange))} belongs to other modules")
        _Renamed(letters, attributes=True).visit(tree)
        outside = set(_of_module(tree))
        for function in _outermost_functions(tree):
            self._shorten_arguments(function, outside)
        return ast.unparse(tree)

    def letters(self, module: str) -> dict[str, str]:
        """Give private names of a module -> what they are called: those that its classes inherit,
        and its own."""
        if module in self._letters:
            return self._letters[module]
        names: dict[str, str] = {}
        bases = sorted(_bases(self._trees[module]) & self._trees.keys())
        inherited = {pair for base in bases for pair in self.letters(base).items()}
        names.update(inherited)
        if not len(inherited) == len(names) == len(set(names.values())):
            raise RuntimeError(f"{module} inherits from modules with the same letters")
        given = dict.fromkeys(_given(self._trees[module]))
        free = (short for short in _short("_") if short not in given)
        free = (short for short in free if short not in names.values())
        gone = names.keys() | self._kept | self.constants(module).keys()
        for name in given:
            if _is_private(name) and name not in gone:
                names[name] = next(free)
        self._letters[module] = names
        return names

    # Constants.

    def constants(self, module: str) -> dict[str, Value]:
        """Give the constants of a module that stand where they are used."""
        if module in self._constants:
            return self._constants[module]
        own: dict[str, Value] = {}
        self._constants[module] = own
        if module == _OF_A_RELEASE or module not in self._trees:
            return own
        tree = self._trees[module]
        known = _Known(self, [node for node in tree.body if isinstance(node, ast.ImportFrom)])
        stored = [name for node in ast.walk(tree) for name in _stored(node)]
        for node in tree.body:
            name, value = _assigned(node)
            if value is not None and name.strip("_").isupper() and stored.count(name) == 1:
                try:
                    own[name] = known.names[name] = known.value(value)
                except LookupError:
                    continue
        for name in [name for name, constant in own.items() if not _is_small(constant)]:
            del own[name]
        return own

    def _with_constants(self, module: str) -> ast.Module:
        tree = ast.parse(ast.unparse(self._trees[module]))  # to be changed
        known = _Known(self, [tree])
        own = self.constants(module)
        known.names.update(own)
        tree = _Constant(known).visit(tree)
        tree.body = [node for node in tree.body if _assigned(node)[0] not in {"__all__", *own}]
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        for node, alias, name in list(_imports(tree)):
            if name not in used and (name in known.names or name in known.modules):
                node.names.remove(alias)
        return ast.fix_missing_locations(cast(ast.Module, _Emptied().visit(tree)))

    # Arguments.

    def _shorten_arguments(self, function: ast.AST, outside: set[str]) -> None:
        # `outside` are the names of the module: an inner function may mean them.
        inside = list(ast.walk(function))
        arguments = dict.fromkeys(node.arg for node in inside if isinstance(node, ast.arg))
        taken = {node.id for node in inside if isinstance(node, ast.Name)} | outside
        taken |= arguments.keys() | set(_of_module(function)) | set(_given(function))
        free = (name for name in _short("") if name not in taken)
        kept = self._kept | outside
        names = {name: next(free) for name in arguments if len(name) > 1 and name not in kept}
        _Renamed(names, attributes=False).visit(function)


def _at_run_time(tree: ast.Module) -> ast.Module:
    # Without what is there for type checkers only, which imports in circles.
    body: list[ast.stmt] = []
    for node in tree.body:
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=others):
                body += others
            case _:
                body.append(node)
    return ast.Module(body, [])


def _imports(tree: ast.AST) -> Iterator[tuple[ast.ImportFrom, ast.alias, str]]:
    # (statement, alias, local name)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node, alias, alias.asname or alias.name


def _assigned(node: ast.stmt) -> tuple[str, ast.expr | None]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return name, value
    return "", None


def _stored(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return [name]
    return []


def _is_small(value: Value) -> bool:
    if isinstance(value, int):
        return -_MOST_INT < value < _MOST_INT
    if isinstance(value, tuple):
        return all(_is_small(part) for part in value)
    return len(value) <= _MOST_CHARS


def _written(value: Value) -> ast.expr:
    if isinstance(value, tuple):
        return ast.Tuple([_written(part) for part in value], ast.Load())
    return ast.Constant(value)


class _Known:
    """What can be named that is constant: `names`, and those of the `modules` that are imported."""

    def __init__(self, program: Program, trees: Iterable[ast.AST]) -> None:
        self._program = program
        self.names: dict[str, Value] = {}
        self.modules: dict[str, str] = {}
        for node, alias, local in [found for tree in trees for found in _imports(tree)]:
            module = node.module or ""
            constants = program.constants(module)
            if alias.name in constants:
                self.names[local] = constants[alias.name]
            elif program.constants(f"{module}.{alias.name}"):
                self.modules[local] = f"{module}.{alias.name}"
            elif alias.name == "const":  # mpy-cross knows it by itself
                self.modules[local] = ""

    def value(self, node: ast.expr) -> Value:
        """Give the value of an expression; raise LookupError if it is not constant."""
        match node:
            case ast.Constant(value=int() | str() | bytes() as value):
                return value
            case ast.Tuple(elts=parts):
                return tuple(self.value(part) for part in parts)
            case ast.Name(id=name):
                return self.names[name]
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                return self._program.constants(self.modules[name])[attr]
            case ast.Call(func=ast.Name(id="const"), args=[argument]):
                return self.value(argument)
            case ast.BinOp(left=left, right=right):
                parts = [_written(self.value(part)) for part in (left, right)]
                return self._reckoned(ast.BinOp(parts[0], node.op, parts[1]))
            case ast.UnaryOp(operand=operand):
                return self._reckoned(ast.UnaryOp(node.op, _written(self.value(operand))))
        raise LookupError

    def _reckoned(self, node: ast.expr) -> Value:
        try:
            value = eval(ast.unparse(node), {"__builtins__": {}})  # literals only
        except (TypeError, ValueError, ArithmeticError) as why:
            raise LookupError from why
        if isinstance(value, int | str | bytes):
            return value
        raise LookupError


class _Constant(ast.NodeTransformer):
    """Puts the values of constants in the place of their names."""

    def __init__(self, known: _Known) -> None:
        self._known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._put(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        return self._put(node)

    def _put(self, node: ast.Name | ast.Attribute) -> ast.expr:
        if isinstance(node.ctx, ast.Load):
            try:
                return _written(self._known.value(node))
            except LookupError:
                pass
        return node


class _Emptied(ast.NodeTransformer):
    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | None:
        return node if node.names else None


# Names.


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _given(tree: ast.AST) -> Iterator[str]:
    # What gets a name here; of attributes only those of a class's own objects.
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def _said(tree: ast.AST) -> Iterator[str]:
    # Texts, by which something could be looked up, and arguments that are given by their names.
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text):
                yield text
            case ast.keyword(arg=str() as name):
                yield name


def _of_module(tree: ast.AST) -> Iterator[str]:
    # What the functions in it can mean by a name.
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.Name(id=name):
                yield name
            case ast.alias():
                yield node.asname or node.name.partition(".")[0]
            case _:
                yield from _of_module(node)


def _bases(tree: ast.AST) -> set[str]:
    # The modules whose classes are inherited from.
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bases = {base.id for node in classes for base in node.bases if isinstance(base, ast.Name)}
    return {node.module or "" for node, _, name in _imports(tree) if name in bases}


def _short(before: str) -> Iterator[str]:
    for length in itertools.count(1):
        for word in itertools.product(ascii_lowercase, repeat=length):
            yield before + "".join(word)


def _outermost_functions(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        else:
            yield from _outermost_functions(node)


class _Renamed(ast.NodeTransformer):
    """Gives names their letters; with `attributes` those of objects, functions and classes, too."""

    def __init__(self, names: dict[str, str], attributes: bool) -> None:
        self._names = names
        self._fields = {ast.Name: "id", ast.arg: "arg", ast.ExceptHandler: "name"}
        if attributes:
            self._fields.update({ast.Attribute: "attr", ast.ClassDef: "name"})
            self._fields.update({ast.FunctionDef: "name", ast.AsyncFunctionDef: "name"})

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        field = self._fields.get(type(node))
        if field:
            name = getattr(node, field)
            setattr(node, field, self._names.get(name, name))
        return node


if __name__ == "__main__":
    for named in sys.argv[1:]:
        for long, short in _program(_sources()).letters(named).items():
            print(named, short, long)
