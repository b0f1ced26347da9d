"""Which scope each node of a module is in, and which node is its parent.

The scopes are libcst's; what it would make three times to get there is not made
(see `traversal`).
"""

from __future__ import annotations

from typing import Any, cast

import libcst as cst
from libcst.metadata import ExpressionContext, Scope, ScopeProvider
from libcst.metadata.scope_provider import ScopeVisitor

from .traversal import Reader, children

Scopes = dict[cst.CSTNode, "Scope | None"]
Parents = dict[cst.CSTNode, cst.CSTNode]


def parents_of(tree: cst.Module) -> Parents:
    """Return the parent of every node that is not plain whitespace."""
    found: Parents = {}
    waiting: list[cst.CSTNode] = [tree]
    while waiting:
        node = waiting.pop()
        for child in children(node):
            found[child] = node
            waiting.append(child)
    return found


def scopes_of(tree: cst.Module, parents: Parents) -> Scopes:
    """Return the scope of every node that can hold a name."""
    provider = _Provider(parents)
    visitor = _ScopeReader(cast(ScopeProvider, provider))
    tree.visit(visitor)
    visitor.infer_accesses()
    return provider.found


class _ScopeReader(ScopeVisitor, Reader):
    """libcst's own reading of scopes."""


class _Provider:
    """What libcst's reading of scopes asks, and where it leaves what it found."""

    def __init__(self, parents: Parents) -> None:
        self.found: Scopes = {}
        self._stored = set(_stored(parents))

    def set_metadata(self, node: cst.CSTNode, scope: Scope) -> None:
        self.found[node] = scope

    def get_metadata(
        self, provider: object, node: cst.CSTNode, default: object
    ) -> ExpressionContext:
        """Tell a name that is bound from one that is looked up."""
        return ExpressionContext.STORE if node in self._stored else _LOAD


_LOAD = ExpressionContext.LOAD
_BINDERS = {
    cst.AssignTarget: "target", cst.AnnAssign: "target", cst.AugAssign: "target",
    cst.NamedExpr: "target", cst.CompFor: "target", cst.For: "target",
    cst.AsName: "name",
}  # fmt: skip


def _stored(parents: Parents) -> list[cst.CSTNode]:
    """Return the names that statements and expressions bind."""
    waiting: list[Any] = []
    for node in parents:
        field = _BINDERS.get(type(node))
        if field is not None:
            waiting.append(getattr(node, field))
    found: list[cst.CSTNode] = []
    while waiting:
        target = waiting.pop()
        if isinstance(target, cst.Name):
            found.append(target)
        elif isinstance(target, (cst.Tuple, cst.List)):
            waiting.extend(element.value for element in target.elements)
        elif isinstance(target, cst.StarredElement):
            waiting.append(target.value)
    return found
