"""Reads a finished twin as a stranger would, before it is written.

A twin must parse, hold nothing asynchronous and no free name. What is found
here is a defect of a rule or a table, not of the author's source, so the
messages say which name or construct was left.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

_ASYNC_NODES = (
    ast.AsyncFunctionDef,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.Await,
)
_MODULE_NAMES = {
    "__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__",
    "__path__", "__builtins__", "__annotations__", "__dict__",
    "__class__", "__module__", "__qualname__", "__debug__",
}  # fmt: skip


def residue(text: str) -> list[tuple[int, str]]:
    """Return what a twin must not have, as (line, sentence) pairs."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return [(error.lineno or 1, f"the twin does not parse: {error.msg}")]
    found = list(_asynchronous(tree))
    if not any(_is_star_import(node) for node in ast.walk(tree)):
        found.extend(_free_names(text, tree))
    return sorted(found)


def _asynchronous(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, _ASYNC_NODES):
            yield node.lineno, f"{type(node).__name__} is left in the twin"
        elif isinstance(node, ast.comprehension) and node.is_async:
            yield node.iter.lineno, "an asynchronous comprehension is left in the twin"
        elif isinstance(node, ast.stmt) and "asyncio" in _imported_packages(node):
            yield node.lineno, "asyncio is still imported in the twin"


def _imported_packages(node: ast.stmt) -> list[str]:
    """Return the top-level packages that a statement imports from."""
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [node.module.split(".")[0]]
    return []


def _is_star_import(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def _free_names(text: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield names that are looked up in the module and defined nowhere in it."""
    top = symtable.symtable(text, "<twin>", "exec")
    defined = {s.get_name() for s in top.get_symbols() if s.is_local()}
    defined |= {name for table in _tables(top) for name in _declared_global(table)}
    free = {
        symbol.get_name()
        for table in _tables(top)
        for symbol in table.get_symbols()
        if symbol.is_referenced()
        and symbol.is_global()
        and symbol.get_name() not in defined
        and symbol.get_name() not in _MODULE_NAMES
        and not hasattr(builtins, symbol.get_name())
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in free:
            free.discard(node.id)
            yield node.lineno, f"the name {node.id} is not defined in the twin"


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _declared_global(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_declared_global() and symbol.is_assigned():
            yield symbol.get_name()
