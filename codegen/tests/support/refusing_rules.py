"""Which functions of twingen can raise `Refused`, found in its own source."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "src" / "twingen"
# They call rules, whatever these do.
_CALLERS = {"plugins"}


@cache
def refusing_rules() -> frozenset[str]:
    """Return the names of the rules that can refuse, by themselves or by a call."""
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in [*FOLDER.glob("*.py"), *FOLDER.glob("rules/*.py")]
        if path.stem not in _CALLERS
    }
    functions = [
        node
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]
    raising: set[str] = set()
    while True:
        found = {each.name for each in functions if _raises(each, raising)}
        if found == raising:
            break
        raising = found
    return frozenset(
        path.stem
        for path, tree in trees.items()
        if path.parent.name == "rules"
        and path.stem != "rule"
        and _raises(tree, raising)
    )


def _raises(tree: ast.AST, raising: set[str]) -> bool:
    return any(
        (isinstance(node, ast.Raise) and "Refused(" in ast.unparse(node))
        or (isinstance(node, ast.Call) and _called(node) in raising)
        for node in ast.walk(tree)
    )


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""
