"""What the source folders of a project define, before any of it is converted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from .sides import is_async_only

if TYPE_CHECKING:
    from .names import Names


@dataclass
class Definitions:
    """What the source folders of a project define, by qualified name.

    `modules` maps each source module to its twin; `names` holds the names
    defined at the top of any of them; `coroutines` the functions and methods
    whose call must be awaited; `classes` the bases of each class.
    """

    modules: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    coroutines: set[str] = field(default_factory=set)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def module_of(self, qualified: str) -> str | None:
        """Return the source module that a qualified name belongs to."""
        module = qualified
        while module:
            if module in self.modules:
                return module
            module = module.rpartition(".")[0]
        return None

    def add(self, names: Names) -> None:
        """Add what one module defines."""
        self.modules[names.module] = names.twin
        for statement in names.tree.body:
            if isinstance(statement, (cst.ClassDef, cst.FunctionDef)):
                self.names.add(statement.name.value)
            elif isinstance(statement, cst.SimpleStatementLine):
                self.names.update(_assigned(statement))
            if isinstance(statement, cst.FunctionDef) and is_coroutine(statement):
                self.coroutines.add(f"{names.module}.{statement.name.value}")
            if isinstance(statement, cst.ClassDef):
                self._add_class(statement, names)

    def _add_class(self, statement: cst.ClassDef, names: Names) -> None:
        qualified = f"{names.module}.{statement.name.value}"
        bases = [
            base.value.value if isinstance(base.value, cst.Subscript) else base.value
            for base in statement.bases
        ]
        known = [names.qualified(base) for base in bases]
        self.classes[qualified] = tuple(name for name in known if name)
        for member in statement.body.body:
            if isinstance(member, cst.FunctionDef) and is_coroutine(member):
                self.coroutines.add(f"{qualified}.{member.name.value}")

    def is_coroutine_method(self, owner: str, name: str) -> bool:
        """Tell whether a class, or a base that we know, defines a coroutine method."""
        seen: set[str] = set()
        queue = [owner]
        while queue:
            current = queue.pop(0)
            if current in seen:
                continue
            seen.add(current)
            if f"{current}.{name}" in self.coroutines:
                return True
            queue.extend(self.classes.get(current, ()))
        return False


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


class _YieldFinder(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def visit_Yield(self, node: cst.Yield) -> None:
        self.found = True

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False
