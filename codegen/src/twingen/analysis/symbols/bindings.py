"""The bindings of one module: its scopes, and what its statements bind to names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, TypeVar, cast

import libcst as cst
from libcst.helpers import get_full_name_for_node
from libcst.metadata import Assignment, Scope

from ...syntax.nodes import Nodes
from .scopes import Scopes

NodeT = TypeVar("NodeT", bound=cst.CSTNode)
Attributes = dict[cst.ClassDef, dict[str, list[cst.CSTNode]]]
_TARGETS = {cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For}


class Bindings:
    """Answers about the nodes of one module: what they are in, and what binds them."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self._scopes = Scopes(nodes)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self.nodes.parent(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield the parents of a node, innermost first."""
        parent = self.nodes.parent
        current = parent(node)
        while current is not None:
            yield current
            current = parent(current)

    def enclosing(self, node: cst.CSTNode, *types: type[NodeT]) -> NodeT | None:
        """Return the innermost ancestor of exactly one of these types."""
        parent = self.nodes.parent
        current = parent(node)
        while current is not None and type(current) not in types:
            current = parent(current)
        return cast("NodeT | None", current)

    def scope(self, node: cst.CSTNode) -> Scope | None:
        """Return the scope that a name is looked up in."""
        current: cst.CSTNode | None = node
        while current is not None:
            if (scope := self._scopes.get(current)) is not None:
                return scope
            current = self.nodes.parent(current)
        return None

    def is_reference(self, node: cst.CSTNode) -> bool:
        """Return whether a name is looked up or bound, not an attribute or keyword."""
        return self._scopes.get(node) is not None

    # -- what binds a name --------------------------------------------------

    def targets(self, node: cst.BaseExpression) -> list[cst.CSTNode]:
        """Return the nodes that bind a name, or an attribute of `self`."""
        if isinstance(node, cst.Name):
            scope = self.scope(node)
            if scope is None:
                return []
            return [
                assignment.node
                for assignment in scope[node.value]
                if isinstance(assignment, Assignment)
            ]
        if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
            owner = self.enclosing(node, cst.ClassDef)
            if owner is not None and node.value.value == "self":
                return self.attributes.get(owner, {}).get(node.attr.value, [])
        return []

    def values(self, node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
        """Yield what is assigned to a name or attribute, where that is shown."""
        for target in self.targets(node):
            holder = self.holder(target)
            if isinstance(holder, (cst.Assign, cst.AnnAssign, cst.NamedExpr)):
                yield from [] if holder.value is None else [holder.value]
            elif isinstance(holder, cst.Element):
                yield from self.unpacked(holder)

    def iterated(self, node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
        """Yield the collections of the loops that bind a name."""
        for target in self.targets(node):
            holder = self.holder(target)
            if isinstance(holder, (cst.For, cst.CompFor)) and holder.target is target:
                yield holder.iter

    def is_element(self, node: cst.BaseExpression) -> bool:
        """Return whether a name is bound by a loop or a comprehension."""
        loops = (cst.For, cst.CompFor)
        return any(isinstance(self.holder(t), loops) for t in self.targets(node))

    @cached_property
    def attributes(self) -> Attributes:
        """The nodes that bind each attribute of each class of the module."""
        return _attributes_in(self)

    def holder(self, target: cst.CSTNode) -> cst.CSTNode | None:
        """Return the statement, parameter or element that binds a target."""
        if isinstance(target, cst.Param):
            return target
        holder = self.parent(target)
        return (
            self.parent(holder)
            if isinstance(holder, (cst.AssignTarget, cst.AsName))
            else holder
        )

    def unpacked(self, element: cst.Element) -> Iterator[cst.BaseExpression]:
        """Yield `x` for the element `a` of `a, b = x, y`."""
        targets = self.parent(element)
        target = self.parent(targets) if targets else None
        assign = self.parent(target) if target else None
        if not (
            isinstance(target, cst.AssignTarget) and isinstance(assign, cst.Assign)
        ):
            return
        left, right = targets, assign.value
        if isinstance(left, cst.Tuple) and isinstance(right, cst.Tuple):
            plain = all(
                isinstance(e, cst.Element) for e in (*left.elements, *right.elements)
            )
            if plain and len(left.elements) == len(right.elements):
                yield right.elements[left.elements.index(element)].value

    def function(self, node: cst.Name) -> cst.FunctionDef | None:
        """Return the one function of this module that a name stands for."""
        found = self.functions(node)
        return found[0] if len(found) == 1 else None

    def functions(self, node: cst.Name) -> list[cst.FunctionDef]:
        """Return the functions of this module for which alone a name stands."""
        return self._defined(node, cst.FunctionDef)

    def classes(self, node: cst.Name) -> list[cst.ClassDef]:
        """Return the classes of this module for which alone a name stands."""
        return self._defined(node, cst.ClassDef)

    def _defined(self, node: cst.Name, kind: type[NodeT]) -> list[NodeT]:
        scope = self.scope(node)
        found = [
            assignment.node
            for assignment in (scope[node.value] if scope else ())
            if isinstance(assignment, Assignment)
        ]
        definitions = [each for each in found if isinstance(each, kind)]
        return definitions if len(definitions) == len(found) else []

    def is_generator(self, function: cst.FunctionDef) -> bool:
        """Return whether a function of this module yields."""
        return id(function) in self._generators

    @cached_property
    def _generators(self) -> set[int]:
        yields = self.nodes.of(cst.Yield)
        return {id(self.enclosing(y, cst.FunctionDef, cst.Lambda)) for y in yields}

    def same_value(self, one: cst.CSTNode, other: cst.CSTNode) -> bool:
        """Return whether these are the same variable, or attribute of `self`."""
        name = get_full_name_for_node(one)
        if name is None or name != get_full_name_for_node(other):
            return False
        if not (is_named(one) and is_named(other)):
            return False
        return not isinstance(one, cst.Name) or self.means_the_same(name, one, other)

    def means_the_same(self, name: str, one: cst.CSTNode, other: cst.CSTNode) -> bool:
        """Return whether a name is one variable at two places."""
        scopes = self.scope(one), self.scope(other)
        bindings = [set(scope[name]) if scope else set() for scope in scopes]
        return bindings[0] == bindings[1]


def _attributes_in(
    bindings: Bindings,
) -> Attributes:
    """Return the nodes that bind each attribute of each class of a module."""
    found: Attributes = {}
    for node in bindings.nodes if bindings.nodes.of(cst.ClassDef) else ():
        binds: Any = node
        if type(node) in _TARGETS:
            target = binds.target
        elif type(node) is cst.AsName:
            target = binds.name
        else:
            continue
        owner = bindings.enclosing(target, cst.ClassDef)
        if owner is not None:
            _collect(target, bindings, found.setdefault(owner, {}))
    return found


def _collect(
    target: cst.BaseExpression, bindings: Bindings, found: dict[str, list[cst.CSTNode]]
) -> None:
    if isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            _collect(element.value, bindings, found)
    elif isinstance(target, cst.Attribute) and isinstance(target.value, cst.Name):
        if target.value.value == "self":
            found.setdefault(target.attr.value, []).append(target)
    elif isinstance(target, cst.Name):
        owner = bindings.enclosing(target, cst.ClassDef, cst.FunctionDef)
        if isinstance(owner, cst.ClassDef):
            found.setdefault(target.value, []).append(target)


def is_named(node: cst.CSTNode) -> bool:
    """Return whether this is a definition, a name or a dotted name, not computed.

    `f().x` is an attribute of a value, though libcst spells it `f.x` too.
    """
    while type(node) is cst.Attribute:
        node = node.value
    if type(node) in (cst.Name, cst.Call, cst.Subscript):
        return type(node) is cst.Name
    return get_full_name_for_node(node) is not None
