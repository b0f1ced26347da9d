"""Where the attributes of `self` are bound in a class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

if TYPE_CHECKING:
    from ..symbols.names import Names

_TARGETS = {cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For}


def attributes_in(names: Names) -> dict[cst.ClassDef, dict[str, list[cst.CSTNode]]]:
    """Return the nodes that bind each attribute of each class of a module."""
    found: dict[cst.ClassDef, dict[str, list[cst.CSTNode]]] = {}
    for node in names.nodes if names.nodes.of(cst.ClassDef) else ():
        binds: Any = node
        if type(node) in _TARGETS:
            target = binds.target
        elif type(node) is cst.AsName:
            target = binds.name
        else:
            continue
        owner = names.enclosing(target, cst.ClassDef)
        if owner is not None:
            _collect(target, names, found.setdefault(owner, {}))
    return found


def _collect(
    target: cst.BaseExpression, names: Names, found: dict[str, list[cst.CSTNode]]
) -> None:
    if isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            _collect(element.value, names, found)
    elif isinstance(target, cst.Attribute) and isinstance(target.value, cst.Name):
        if target.value.value == "self":
            found.setdefault(target.attr.value, []).append(target)
    elif isinstance(target, cst.Name):
        owner = names.enclosing(target, cst.ClassDef, cst.FunctionDef)
        if isinstance(owner, cst.ClassDef):
            found.setdefault(target.value, []).append(target)
