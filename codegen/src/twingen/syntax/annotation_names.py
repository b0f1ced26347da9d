"""The names that the annotations of a module look up, in strings too.

Python's own tables do not show them: a string is text there, and so is every
annotation of a module with `from __future__ import annotations`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

# The fields in which statements hold others.
_BLOCKS = frozenset(("body", "orelse", "finalbody", "handlers", "cases"))
_QUOTED_TEXT = {"Literal", "LiteralString"}


def annotation_names(tree: ast.Module) -> dict[str, int]:
    """Return the names with the first line that each stands on."""
    lines: dict[str, int] = {}
    for node in statements(tree):
        for annotation in _annotations(node):
            for name in _names(annotation):
                line = getattr(annotation, "lineno", 1)
                lines[name] = min(line, lines.get(name, line))
    return lines


def statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all statements, and what blocks are made of."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in _BLOCKS.intersection(node._fields):
            waiting.extend(getattr(node, name))


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the types that a statement has; of the bases of a class, those in `[]`."""
    if isinstance(node, ast.AnnAssign):
        yield node.annotation
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        taken = node.args
        several = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs]
        several += filter(None, [taken.vararg, taken.kwarg])
        yield from (each.annotation for each in several if each.annotation is not None)
        if node.returns is not None:
            yield node.returns
    elif isinstance(node, ast.ClassDef):
        yield from (each for each in node.bases if isinstance(each, ast.Subscript))


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _quoted(node.value)
    elif isinstance(node, ast.Subscript):
        yield from _names(node.value)
        name = _last_name(node.value)
        if name == "Annotated" and isinstance(node.slice, ast.Tuple):
            yield from _names(node.slice.elts[0])
        elif name not in _QUOTED_TEXT:
            yield from _names(node.slice)
    elif not isinstance(node, (ast.Call, ast.Lambda, ast.JoinedStr)):
        for child in ast.iter_child_nodes(node):
            yield from _names(child)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return ast.unparse(node).rpartition(".")[2]


def _quoted(text: str) -> Iterator[str]:
    """Yield the names of a type in a string; what is no expression has none."""
    try:
        yield from _names(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
