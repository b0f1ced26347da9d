"""The names that the annotations of a module look up, in strings too.

Python's own tables do not show them: a string is text there, and so is every
annotation of a module with `from __future__ import annotations`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_QUOTED_TEXT = {"Literal", "LiteralString"}


def annotation_names(tree: ast.Module) -> dict[str, int]:
    """Return the names with the first line that each stands on."""
    lines: dict[str, int] = {}
    for node in ast.walk(tree):
        for annotation in _annotations(node):
            for name in _names(annotation):
                line = getattr(annotation, "lineno", 1)
                lines[name] = min(line, lines.get(name, line))
    return lines


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the types that one node has; of the bases of a class, those in `[]`."""
    if isinstance(node, (ast.AnnAssign, ast.arg)):
        if node.annotation is not None:
            yield node.annotation
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
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
        name = ast.unparse(node.value).rpartition(".")[2]
        if name == "Annotated" and isinstance(node.slice, ast.Tuple):
            yield from _names(node.slice.elts[0])
        elif name not in _QUOTED_TEXT:
            yield from _names(node.slice)
    elif not isinstance(node, (ast.Call, ast.Lambda, ast.JoinedStr)):
        for child in ast.iter_child_nodes(node):
            yield from _names(child)


def _quoted(text: str) -> Iterator[str]:
    """Yield the names of a type in a string; what is no expression has none."""
    try:
        yield from _names(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
