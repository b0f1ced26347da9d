"""Finds the messages of the errors that the driver raises, in its source.

A message is found wherever an exception is made of one, raised there or elsewhere.
What varies in it is `…`, in the page as here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.website.mirror import ROOT

SOURCES = ROOT / "async_src" / "pgtwin"
VARIES = "…"
KINDS = ("Error", "Timeout", "Unknown", "Nesting", "Aborted", "ImproperlyConfigured")


def messages() -> dict[str, str]:
    """Return the messages and the modules that have them."""
    found: dict[str, str] = {}
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCES.rglob("*.py"))
    }
    # Modules import them from each other: names are the same everywhere.
    constants = {
        target.id: node.value
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }
    for path, tree in trees.items():
        for message in of_module(tree, constants):
            if "has no attribute" not in message:
                found.setdefault(message, path.relative_to(ROOT).as_posix())
    assert found, f"no message in {SOURCES}: was it moved?"
    return found


def of_module(tree: ast.Module, constants: dict[str, ast.expr]) -> Iterator[str]:
    """Yield the messages that are written in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = ast.unparse(node.func).rpartition(".")[2]
            first = node.args[0]
            choices = [first]
            if isinstance(first, ast.IfExp):
                choices = [first.body, first.orelse]
            elif isinstance(first, ast.Call) and isinstance(first.func, ast.Name):
                choices = returned(tree, first.func.id)
            for each in choices:
                text = written(each, constants)
                if name.endswith(KINDS) and text and text.strip(VARIES + " "):
                    yield text


def returned(tree: ast.Module, name: str) -> list[ast.expr]:
    """Return what a function of a module returns."""
    return [
        node.value
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and function.name == name
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None
    ]


def written(node: ast.expr, constants: dict[str, ast.expr]) -> str | None:
    """Return the text of an expression, with `…` for what is computed."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = [written(each, constants) or VARIES for each in node.values]
        return re.sub(f"{VARIES}+", VARIES, "".join(parts))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = (written(each, constants) for each in (node.left, node.right))
        if left is None and right is None:
            return None
        return (left or VARIES) + (right or VARIES)
    if isinstance(node, ast.FormattedValue):
        return written(node.value, constants)
    if isinstance(node, ast.Name) and node.id in constants:
        return written(constants[node.id], {})
    return None


def listed(page: Path) -> set[str]:
    """Return the messages that a page lists, in the first column of its tables."""
    found = set()
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            mark = "``" if line.startswith("| ``") else "`"
            found.add(line.removeprefix("| ").split(mark)[1].strip())
    return found
