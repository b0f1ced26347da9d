"""Where the attributes of `self` are bound in a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from .traversal import Reader

if TYPE_CHECKING:
    from .names import Names


def attributes_of(owner: cst.ClassDef, names: Names) -> dict[str, list[cst.CSTNode]]:
    """Return the nodes that bind each attribute of a class."""
    collector = _AttributeCollector(names)
    owner.body.visit(collector)
    return collector.found


class _AttributeCollector(Reader):
    """Collects where `self.x` is bound anywhere in one class."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self.found: dict[str, list[cst.CSTNode]] = {}
        self._names = names

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._collect(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._collect(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._collect(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._collect(node.target)

    def visit_AsName(self, node: cst.AsName) -> None:
        self._collect(node.name)

    def _collect(self, target: cst.BaseExpression) -> None:
        if isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self._collect(element.value)
        elif isinstance(target, cst.Attribute) and isinstance(target.value, cst.Name):
            if target.value.value == "self":
                self.found.setdefault(target.attr.value, []).append(target)
        elif isinstance(target, cst.Name):
            owner = self._names.enclosing(target, cst.ClassDef, cst.FunctionDef)
            if isinstance(owner, cst.ClassDef):
                self.found.setdefault(target.value, []).append(target)
