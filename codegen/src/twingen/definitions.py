"""What the source folders of a project define, before any of it is converted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import libcst as cst

from .traversal import Reader

if TYPE_CHECKING:
    from .names import Names


@dataclass
class Definitions:
    """What the source folders of a project define, by qualified name.

    `modules` maps each source module to its twin; `names` holds the names
    defined at the top of any of them; `coroutines` the functions and methods
    whose call must be awaited, `properties` those whose value must be;
    `classes` the bases of each class and `members` the methods, some of them
    `asynchronous`; `borrowed` what the modules import from other libraries.
    `async_only` are the modules and definitions that have no twin, `sync_only`
    the modules that only the twin imports; `parameters` are those that functions
    lost, with their positions in the signature, and `receivers` says what is the
    first of these: `self`, `cls` or nothing. `constant` tells the sides apart.
    """

    modules: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    coroutines: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    asynchronous: set[str] = field(default_factory=set)
    borrowed: dict[str, str] = field(default_factory=dict)
    async_only: set[str] = field(default_factory=set)
    sync_only: set[str] = field(default_factory=set)
    parameters: dict[str, dict[str, int | None]] = field(default_factory=dict)
    receivers: dict[str, str] = field(default_factory=dict)
    constant: str = ""
    constant_used: bool = False

    def update(self, other: Definitions) -> None:
        """Add what other sources define."""
        for name in _COLLECTIONS:
            getattr(self, name).update(getattr(other, name))
        self.constant_used |= other.constant_used

    def as_json(self) -> dict[str, Any]:
        """Return this as what JSON can hold, always in the same order."""
        found = {name: getattr(self, name) for name in (*_COLLECTIONS, *_PLAIN)}
        return {
            name: (
                sorted(value)
                if isinstance(value, set)
                else dict(sorted(value.items())) if isinstance(value, dict) else value
            )
            for name, value in found.items()
            if value
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Definitions:
        """Return what :meth:`as_json` was made of."""
        made = cls()
        for name, value in found.items():
            if name == "classes":
                value = {owner: tuple(bases) for owner, bases in value.items()}
            is_set = isinstance(getattr(made, name), set)
            setattr(made, name, set(value) if is_set else value)
        return made

    def original(self, qualified: str) -> str:
        """Return what a name is where it comes from, if that is another library.

        `pkg.module.asyncio.Lock` is `asyncio.Lock` when that module imports asyncio.
        """
        home = self.module_of(qualified)
        if home is None:
            return qualified
        first, dot, rest = qualified[len(home) + 1 :].partition(".")
        borrowed = self.borrowed.get(f"{home}.{first}")
        if borrowed is None:
            return qualified
        return self.original(f"{borrowed}{dot}{rest}")

    def module_of(self, qualified: str) -> str | None:
        """Return the source module that a qualified name belongs to."""
        module = qualified
        while module:
            if module in self.modules:
                return module
            module = module.rpartition(".")[0]
        return None

    def async_only_twins(self) -> set[str]:
        """Return what the modules and definitions without a twin would be called."""
        return {
            f"{self.modules[home]}{name[len(home):]}"
            for name in self.async_only
            if (home := self.module_of(name)) is not None
        }

    def add(self, names: Names) -> None:
        """Add what one module defines."""
        self.modules[names.module] = names.twin
        self._add_side(names)
        for statement in _statements(names.tree.body):
            self.names.update(_defined(statement))
            if isinstance(statement, cst.SimpleStatementLine):
                self._add_imports(statement, names)
            if isinstance(statement, cst.FunctionDef) and is_coroutine(statement):
                self.coroutines.add(f"{names.module}.{statement.name.value}")
            if isinstance(statement, cst.ClassDef):
                self._add_class(statement, names)

    def _add_side(self, names: Names) -> None:
        """Remember what only one side of a module has."""
        side = names.side
        if names.tree in side.sync_only:
            self.sync_only.add(names.module)
        if side.tree is not side.source:
            gone = _bound(side.source.body) - _bound(side.tree.body)
            self.async_only.update(f"{names.module}.{name}" for name in gone)
        for function, lost in side.parameters.items():
            assert isinstance(function, cst.FunctionDef)
            qualified = names.qualified(function) or (
                f"{names.module}.<locals>.{function.name.value}"
            )
            self.parameters[qualified] = {**self.parameters.get(qualified, {}), **lost}
            self.receivers[qualified] = _receiver(function, names)

    def _add_imports(self, line: cst.SimpleStatementLine, names: Names) -> None:
        """Remember what a module imports from elsewhere, for who imports it from here.

        Modules of the project itself keep their own names.
        """
        for statement in line.body:
            if isinstance(statement, cst.ImportFrom):
                module = names.imported_module(statement)
                aliases = statement.names
                if module is None or isinstance(aliases, cst.ImportStar):
                    continue
                found = [
                    (alias, f"{module}.{alias.evaluated_name}") for alias in aliases
                ]
            elif isinstance(statement, cst.Import):
                found = [(alias, alias.evaluated_name) for alias in statement.names]
            else:
                continue
            for alias, qualified in found:
                local = alias.evaluated_alias or alias.evaluated_name
                if "." not in local and _is_foreign(qualified, names):
                    self.borrowed[f"{names.module}.{local}"] = qualified

    def _add_class(self, statement: cst.ClassDef, names: Names) -> None:
        qualified = names.qualified(statement)
        if qualified is None:
            return
        bases = [
            base.value.value if isinstance(base.value, cst.Subscript) else base.value
            for base in statement.bases
        ]
        known = [names.qualified(base) for base in bases]
        self.classes[qualified] = tuple(name for name in known if name)
        for member in _statements(statement.body.body):
            if isinstance(member, cst.ClassDef):
                self._add_class(member, names)
            if isinstance(member, cst.FunctionDef):
                self.members.add(f"{qualified}.{member.name.value}")
                if member.asynchronous is not None:
                    self.asynchronous.add(f"{qualified}.{member.name.value}")
                if is_coroutine(member):
                    where = self.properties if _is_property(member) else self.coroutines
                    where.add(f"{qualified}.{member.name.value}")

    def is_coroutine_method(self, owner: str, name: str) -> bool:
        """Tell whether a class, or a base that we know, defines a coroutine method."""
        return any(f"{each}.{name}" in self.coroutines for each in self.bases(owner))

    def is_coroutine_property(self, owner: str, name: str) -> bool:
        """Tell whether a class, or a base that we know, has a property to await."""
        return any(f"{each}.{name}" in self.properties for each in self.bases(owner))

    def has_member(self, owner: str, name: str) -> bool:
        """Tell whether a class, or a base that we know, defines a method."""
        return any(f"{each}.{name}" in self.members for each in self.bases(owner))

    def parameters_lost(self, qualified: str) -> dict[str, int | None]:
        """Return what a function or the constructor of a class lost."""
        if qualified in self.classes:
            return self.parameters_lost_by_method(qualified, "__init__") or {}
        return self._as_called(qualified, {"cls"})

    def parameters_lost_by_method(
        self, owner: str, name: str, *, above: bool = False
    ) -> dict[str, int | None] | None:
        """Return what a method of an object lost, as its calls count positions.

        `None` for a method that none of the classes that we know defines; with
        `above`, the class itself is not asked.
        """
        for each in list(self.bases(owner))[int(above) :]:
            if f"{each}.{name}" in self.members:
                return self.parameters_lost_on_object(f"{each}.{name}")
        return None

    def parameters_lost_on_object(self, method: str) -> dict[str, int | None]:
        """Return what a function lost if it is called as a method of an object."""
        return self._as_called(method, {"self", "cls"})

    def _as_called(self, function: str, given: set[str]) -> dict[str, int | None]:
        """Return what a function lost, where calls do not give these receivers."""
        shift = int(self.receivers.get(function, "") in given)
        return {
            parameter: None if position is None else position - shift
            for parameter, position in self.parameters.get(function, {}).items()
        }

    def bases(self, owner: str) -> Iterator[str]:
        """Yield a class and all its bases that we know."""
        seen: set[str] = set()
        queue = [owner]
        while queue:
            current = queue.pop(0)
            if current not in seen:
                seen.add(current)
                yield current
                queue.extend(map(self.original, self.classes.get(current, ())))


_PLAIN = ("constant", "constant_used")
_COLLECTIONS = tuple(
    each.name for each in fields(Definitions) if each.name not in _PLAIN
)


def _receiver(function: cst.FunctionDef, names: Names) -> str:
    """Return what a method is given by the object or the class that it is called on."""
    owner = names.enclosing(function, cst.ClassDef, cst.FunctionDef)
    decorators = {names.qualified(d.decorator) for d in function.decorators}
    if not isinstance(owner, cst.ClassDef) or "builtins.staticmethod" in decorators:
        return ""
    implicit = function.name.value in ("__new__", "__init_subclass__")
    return "cls" if implicit or "builtins.classmethod" in decorators else "self"


def _is_property(method: cst.FunctionDef) -> bool:
    decorators = [each.decorator for each in method.decorators]
    return any(
        isinstance(each, cst.Name) and each.value == "property" for each in decorators
    )


def _is_foreign(qualified: str, names: Names) -> bool:
    """Tell whether a name comes from outside of this module's own package."""
    return qualified.split(".")[0] != names.module.split(".")[0]


def _defined(statement: cst.CSTNode) -> Iterator[str]:
    if isinstance(statement, (cst.ClassDef, cst.FunctionDef)):
        yield statement.name.value
    elif isinstance(statement, cst.SimpleStatementLine):
        yield from _assigned(statement)


def _statements(body: Iterable[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """Yield statements and those of their blocks, but of classes and functions."""
    for statement in body:
        yield statement
        if isinstance(
            statement, (cst.SimpleStatementLine, cst.ClassDef, cst.FunctionDef)
        ):
            continue
        for branch in ("body", "orelse", "handlers", "finalbody", "cases"):
            inner = getattr(statement, branch, None)
            if isinstance(inner, cst.IndentedBlock):
                yield from _statements(inner.body)
            elif isinstance(inner, (cst.If, cst.Else, cst.Finally)):
                yield from _statements([inner])
            elif isinstance(inner, (list, tuple)):
                yield from _statements(inner)


def _bound(body: Iterable[cst.CSTNode]) -> set[str]:
    """Return the names that statements bind at the top of a module."""
    found: set[str] = set()
    for statement in _statements(body):
        found.update(_defined(statement))
        if isinstance(statement, cst.SimpleStatementLine):
            found.update(_imported(statement))
    return found


def _imported(line: cst.SimpleStatementLine) -> Iterator[str]:
    """Yield the names that a statement imports."""
    for statement in line.body:
        if not isinstance(statement, (cst.Import, cst.ImportFrom)):
            continue
        if not isinstance(statement.names, cst.ImportStar):
            for alias in statement.names:
                name = alias.evaluated_alias or alias.evaluated_name
                yield name.split(".")[0]


def _assigned(line: cst.SimpleStatementLine) -> Iterator[str]:
    """Yield the names that a statement assigns at the top of a module."""
    for statement in line.body:
        targets: list[cst.BaseExpression] = []
        if isinstance(statement, cst.Assign):
            targets = [target.target for target in statement.targets]
        elif isinstance(statement, cst.AnnAssign):
            targets = [statement.target]
        for target in targets:
            if isinstance(target, cst.Name):
                yield target.value


def is_coroutine(function: cst.FunctionDef) -> bool:
    """Tell a coroutine function from a plain one and from a generator."""
    if function.asynchronous is None:
        return False
    finder = _YieldFinder()
    function.body.visit(finder)
    return not finder.found


class _YieldFinder(Reader):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def visit_Yield(self, node: cst.Yield) -> None:
        self.found = True

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False
