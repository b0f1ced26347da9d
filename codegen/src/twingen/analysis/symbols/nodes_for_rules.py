"""Which nodes of a module the rules have to be offered.

Most nodes are names that only functions bind, attributes and keywords. None of them
means anything by itself: what becomes of `x.y` is decided at the attribute, and of a
local variable at what is done with it. A plug-in that looks at names sees them all.
"""

from __future__ import annotations

import builtins
from collections.abc import Container, Iterable, Set

import libcst as cst
from libcst.metadata import ClassScope, GlobalScope, ImportAssignment, Scope

from ...syntax.nodes import Nodes


def nodes_to_visit(
    nodes: Nodes,
    scopes: Iterable[Scope],
    types: Container[type[object]],
    *,
    every_name: bool,
    fixtures: Set[str] = frozenset(),
) -> set[int]:
    """Return the ids of nodes of these types that can matter, and of all above them.

    `fixtures` are names of parameters that matter.
    """
    local = set() if every_name else _local_names(scopes) - fixtures
    found: set[int] = set()
    for kind, of_kind in nodes.by_type.items():
        if kind not in types:
            continue
        for node in of_kind:
            if type(node) is cst.Name and not (
                every_name or _can_matter(node, nodes, local)
            ):
                continue
            current: cst.CSTNode | None = node
            while current is not None and id(current) not in found:
                found.add(id(current))
                current = nodes.parent(current)
    return found


def _local_names(scopes: Iterable[Scope]) -> set[str]:
    """Return the names that only functions and comprehensions bind, by no import."""
    local: set[str] = set()
    others: set[str] = set(vars(builtins))
    for scope in scopes:
        is_shown = isinstance(scope, (GlobalScope, ClassScope))
        for assignment in scope.assignments:
            if assignment.scope is scope:
                imported = isinstance(assignment, ImportAssignment)
                (others if is_shown or imported else local).add(assignment.name)
    return local - others


def _can_matter(node: cst.Name, nodes: Nodes, local: set[str]) -> bool:
    if node.value.startswith("__a"):
        return True  # the asynchronous protocols, of any object
    parent = nodes.parent(node)
    if type(parent) is cst.Attribute and parent.attr is node:
        return False
    if type(parent) is cst.Arg and parent.keyword is node:
        return False
    if type(parent) in (cst.FunctionDef, cst.ClassDef):
        return True  # what they define may be renamed
    return node.value not in local
