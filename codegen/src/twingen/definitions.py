"""What the source folders of a project define, before any of it is converted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from .sides import is_async_only
from .traversal import Reader

if TYPE_CHECKING:
    from .names import Names


@dataclass
class Definitions:
    """What the source folders of a project define, by qualified name.

    `modules` maps each source module to its twin; `names` holds the names
    defined at the top of any of them; `coroutines` the functions and methods
    whose call must be awaited; `classes` the bases of each class and `members`
    the methods; `borrowed` what the modules import from other libraries.
    `async_only` are the modules and definitions that have no twin.
    """

    modules: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    coroutines: set[str] = field(default_factory=set)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    borrowed: dict[str, str] = field(default_factory=dict)
    async_only: set[str] = field(default_factory=set)

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
        for statement in names.tree.body:
            if is_async_only(statement):
                self.async_only.update(
                    f"{names.module}.{name}" for name in _defined(statement)
                )
                continue
            self.names.update(_defined(statement))
            if isinstance(statement, cst.SimpleStatementLine):
                self._add_imports(statement, names)
            if isinstance(statement, cst.FunctionDef) and is_coroutine(statement):
                self.coroutines.add(f"{names.module}.{statement.name.value}")
            if isinstance(statement, cst.ClassDef):
                self._add_class(statement, names)

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
        qualified = f"{names.module}.{statement.name.value}"
        bases = [
            base.value.value if isinstance(base.value, cst.Subscript) else base.value
            for base in statement.bases
        ]
        known = [names.qualified(base) for base in bases]
        self.classes[qualified] = tuple(name for name in known if name)
        for member in statement.body.body:
            if isinstance(member, cst.FunctionDef) and not is_async_only(member):
                self.members.add(f"{qualified}.{member.name.value}")
                if is_coroutine(member):
                    self.coroutines.add(f"{qualified}.{member.name.value}")

    def is_coroutine_method(self, owner: str, name: str) -> bool:
        """Tell whether a class, or a base that we know, defines a coroutine method."""
        return any(f"{each}.{name}" in self.coroutines for each in self._bases(owner))

    def has_member(self, owner: str, name: str) -> bool:
        """Tell whether a class, or a base that we know, defines a method."""
        return any(f"{each}.{name}" in self.members for each in self._bases(owner))

    def _bases(self, owner: str) -> Iterator[str]:
        """Yield a class and all its bases that we know."""
        seen: set[str] = set()
        queue = [owner]
        while queue:
            current = queue.pop(0)
            if current not in seen:
                seen.add(current)
                yield current
                queue.extend(self.classes.get(current, ()))


def _is_foreign(qualified: str, names: Names) -> bool:
    """Tell whether a name comes from outside of this module's own package."""
    return qualified.split(".")[0] != names.module.split(".")[0]


def _defined(statement: cst.CSTNode) -> Iterator[str]:
    if isinstance(statement, (cst.ClassDef, cst.FunctionDef)):
        yield statement.name.value
    elif isinstance(statement, cst.SimpleStatementLine):
        yield from _assigned(statement)


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
