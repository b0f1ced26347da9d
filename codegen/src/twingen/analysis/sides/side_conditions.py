"""Where a source asks on which side it runs: a constant, or a call of a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import libcst as cst

from .side_configuration import Constant, SideTable


@dataclass
class Asked:
    """Answers for one module; the rows that it has are added to `used`."""

    table: SideTable = field(default_factory=lambda: SideTable({}))
    qualified: Callable[[cst.CSTNode], str | None] = lambda node: None
    used: set[str] = field(default_factory=set)

    def value(self, node: cst.CSTNode) -> bool | None:
        """Return what an expression is in the async program, if it tells the sides.

        That is a constant, a call of a function that asks, or `not` before either.
        """
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
            inner = self.value(node.expression)
            return None if inner is None else not inner
        if isinstance(node, cst.Call):
            has_effects = any(not _is_plain(each.value) for each in node.args)
            found = None if has_effects else self.constant(node.func, "()")
        else:
            found = self.constant(node)
        return None if found is None else found.value

    def constant(self, node: cst.CSTNode, suffix: str = "") -> Constant | None:
        """Return the constant of a name, or the function, with `()` behind it."""
        if not self.table or not isinstance(node, (cst.Name, cst.Attribute)):
            return None
        qualified = self.qualified(node)
        found = self.table.constant(qualified and qualified + suffix)
        if found is not None:
            self.used.add(found.row)
        return found

    def flipped(self, node: cst.CSTNode) -> tuple[str, str] | None:
        """Return the two values of a constant that stays, on each side one."""
        if not self.table or not isinstance(node, (cst.Name, cst.Attribute)):
            return None
        qualified = self.qualified(node)
        found = self.table.flipped(qualified)
        if found is not None:
            self.used.add(self.table.row(qualified) or "")
        return found

    def side(self, node: cst.CSTNode) -> str | None:
        """Return the side that the decorators of a definition mean."""
        for decorator in getattr(node, "decorators", ()) if self.table else ():
            if (found := self.of_decorator(decorator)) is not None:
                return found
        return None

    def of_decorator(self, decorator: cst.Decorator) -> str | None:
        called = decorator.decorator
        maker = called.func if isinstance(called, cst.Call) else called
        if not isinstance(maker, (cst.Name, cst.Attribute)):
            return None
        found = self.table.decorator(self.qualified(maker))
        if found is None:
            return None
        self.used.add(found[0])
        return found[1]


def _is_plain(value: cst.BaseExpression) -> bool:
    """Recognize statements that can be left out without a difference."""
    while isinstance(value, cst.Attribute):
        value = value.value
    return isinstance(value, (cst.Name, cst.BaseNumber, cst.SimpleString))
