"""What the twin calls parameters and local variables: `[tool.twingen.locals]`.

A name is renamed in a whole function, with all functions inside of it, or not at
all: so it does not matter which of them binds it.
"""

from __future__ import annotations

from keyword import iskeyword
from typing import NamedTuple

import libcst as cst
from libcst.metadata import (
    Assignment,
    BaseAssignment,
    ComprehensionScope,
    FunctionScope,
)

from ...syntax.nodes import find
from .bindings import Bindings
from .definitions import Definitions
from .name_patterns import Patterns

# Calls that see the names of variables.
_SEEING = {"dir", "eval", "exec", "locals", "vars"}
_CAPTURES = (cst.MatchAs, cst.MatchStar, cst.MatchMapping)


class LocalName(NamedTuple):
    """A name in a function, and what becomes of it by a row.

    `function` is the outermost one. `refused` says why that cannot be; it is said once,
    of the `first` such name.
    """

    twin: str
    row: str
    function: cst.FunctionDef | cst.Lambda
    refused: str
    first: bool


def local_names(bindings: Bindings, definitions: Definitions) -> dict[int, LocalName]:
    """Return the names in functions that rows are for, by the ids of their nodes."""
    rows = definitions.variables
    if not rows:
        return {}
    patterns = Patterns(rows, _is_name)
    groups: dict[tuple[int, str], list[cst.Name]] = {}
    outermost: dict[int, cst.FunctionDef | cst.Lambda] = {}
    for node in bindings.nodes.of(cst.Name):
        if patterns.find(node.value) is None or not is_variable(bindings, node):
            continue
        function = outermost_function(bindings, node)
        if function is not None:
            outermost[id(function)] = function
            groups.setdefault((id(function), node.value), []).append(node)
    found: dict[int, LocalName] = {}
    for (function_id, name), nodes in groups.items():
        match = patterns.find(name)
        assert match is not None
        function = outermost[function_id]
        local = [_is_local(bindings, each) for each in nodes]
        if not any(local):
            continue
        why = "" if all(local) else f"{name} is more than a variable of this function"
        why = why or _reason(bindings, definitions, function, nodes, match.filled)
        for index, node in enumerate(nodes):
            found[id(node)] = LocalName(
                match.filled, match.pattern, function, why, first=index == 0
            )
    return found


def parameters_of(function: cst.FunctionDef) -> list[cst.Param]:
    """Return the parameters that a call can name."""
    return [*function.params.params, *function.params.kwonly_params]


def is_variable(bindings: Bindings, node: cst.Name) -> bool:
    """Return whether a name is looked up or bound, not an attribute or keyword."""
    parent = bindings.parent(node)
    if isinstance(parent, cst.Attribute):
        return parent.attr is not node
    if isinstance(parent, cst.Arg):
        return parent.keyword is not node
    if isinstance(parent, cst.MatchKeywordElement):
        return parent.key is not node
    return True


def outermost_function(
    bindings: Bindings, node: cst.CSTNode
) -> cst.FunctionDef | cst.Lambda | None:
    """Return the outermost function that a node is in; it is not in its own name."""
    found = None
    inner = node
    for each in bindings.ancestors(node):
        if isinstance(each, (cst.FunctionDef, cst.Lambda)):
            is_name = isinstance(each, cst.FunctionDef) and each.name is inner
            found = found if is_name else each
        inner = each
    return found


def _is_local(bindings: Bindings, node: cst.Name) -> bool:
    scope = bindings.scope(node)
    found = scope[node.value] if scope is not None else set()
    if found and all(map(_is_of_function, found)):
        return True
    # libcst does not count what a pattern binds.
    around = {id(each) for each in bindings.ancestors(node)}
    return any(
        id(bindings.enclosing(each, cst.FunctionDef)) in around
        for kind in _CAPTURES
        for each in bindings.nodes.of(kind)
        if any(_is_captured(part, node.value) for part in each.children)
    )


def _is_captured(part: cst.CSTNode, name: str) -> bool:
    return isinstance(part, cst.Name) and part.value == name


def _is_of_function(binding: BaseAssignment) -> bool:
    return (
        isinstance(binding, Assignment)
        and isinstance(binding.scope, (FunctionScope, ComprehensionScope))
        and isinstance(binding.node, (cst.Name, cst.Param))
    )


def _reason(
    bindings: Bindings,
    definitions: Definitions,
    function: cst.FunctionDef | cst.Lambda,
    nodes: list[cst.Name],
    twin: str,
) -> str:
    """Return why a name of a function cannot be another one, if it cannot."""
    name = nodes[0].value
    others = find(function, cst.Name)
    if any(each.value == twin and is_variable(bindings, each) for each in others):
        return f"this function has {twin}, too"
    if name in definitions.fixtures:
        return f"a fixture of pytest is called {name}"
    for each in find(function, cst.Call):
        if isinstance(each.func, cst.Name) and each.func.value in _SEEING:
            return f"{each.func.value}() sees the names of variables"
    for node in nodes:
        shown = bindings.enclosing(node, cst.FormattedStringExpression)
        if shown is not None and shown.equal is not None:
            return f"an f-string prints {name} as it is written"
    return ""


def _is_name(text: str) -> bool:
    return text.isidentifier() and not iskeyword(text)
