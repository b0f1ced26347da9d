"""Which scope each node of a module is in.

The scopes are libcst's; what it would make three times to get there is not made
(see `traversal`).
"""

from __future__ import annotations

from typing import Any, cast

import libcst as cst
from libcst.metadata import ExpressionContext, Scope, ScopeProvider
from libcst.metadata.scope_provider import _ASSIGNMENT_LIKE_NODES, ScopeVisitor

from ...syntax.nodes import Nodes
from ...syntax.traversal import Reader


class Scopes:
    """The scopes of one module; `all` are those that have a node."""

    def __init__(self, nodes: Nodes) -> None:
        provider = _Provider(nodes)
        visitor = _ScopeReader(cast(ScopeProvider, provider))
        nodes.tree.visit(visitor)
        visitor.infer_accesses()
        self._found = provider.found
        self.all = set(self._found.values())

    def close(self) -> None:
        """Take apart what refers to itself, so that the tree goes with its last user.

        Scopes, what they bind and what looks it up refer to each other and to nodes.
        """
        scopes = {*self.all, *(scope.parent for scope in self.all)}
        for scope in scopes:
            for binding in scope.assignments:
                for access in binding.references:
                    cast("set[object]", access.referents).clear()
                cast("set[object]", binding.references).clear()
        for scope in scopes:
            scope._assignments.clear()
            scope._accesses_by_name.clear()
            scope._accesses_by_node.clear()
        self.all.clear()
        self._found.clear()

    def get(self, node: cst.CSTNode) -> Scope | None:
        """Return the scope of a node that can hold a name."""
        return self._found.get(id(node))


class _ScopeReader(ScopeVisitor, Reader):
    """libcst's own reading of scopes."""

    def on_leave(self, original_node: cst.CSTNode) -> None:
        # Of most types libcst wants to know nothing more than the scope.
        if type(original_node) in _COUNTED:
            ScopeVisitor.on_leave(self, original_node)
        else:
            self.provider.set_metadata(original_node, self.scope)
            Reader.on_leave(self, original_node)


_COUNTED = set(_ASSIGNMENT_LIKE_NODES)


class _Provider:
    """What libcst's reading of scopes asks, and where it leaves what it found."""

    def __init__(self, nodes: Nodes) -> None:
        self.found: dict[int, Scope] = {}
        self._nodes = nodes
        self._stored = _stored(nodes)

    def set_metadata(self, node: cst.CSTNode, scope: Scope) -> None:
        if node in self._nodes:  # and not in a string, whose nodes do not stay
            self.found[id(node)] = scope

    def get_metadata(
        self, provider: object, node: cst.CSTNode, default: object
    ) -> ExpressionContext:
        """Return whether a name is bound, not looked up."""
        return ExpressionContext.STORE if id(node) in self._stored else _LOAD


_LOAD = ExpressionContext.LOAD
_BINDERS: dict[type[cst.CSTNode], str] = {
    cst.AssignTarget: "target", cst.AnnAssign: "target", cst.AugAssign: "target",
    cst.NamedExpr: "target", cst.CompFor: "target", cst.For: "target",
    cst.AsName: "name",
}  # fmt: skip


def _stored(nodes: Nodes) -> set[int]:
    """Return the ids of the names that statements and expressions bind."""
    waiting: list[Any] = [
        getattr(node, field)
        for kind, field in _BINDERS.items()
        for node in nodes.of(kind)
    ]
    found: set[int] = set()
    while waiting:
        target = waiting.pop()
        if isinstance(target, cst.Name):
            found.add(id(target))
        elif isinstance(target, (cst.Tuple, cst.List)):
            waiting.extend(element.value for element in target.elements)
        elif isinstance(target, cst.StarredElement):
            waiting.append(target.value)
    return found
