"""Reads a finished twin as a stranger would, before it is written.

A twin must parse, hold nothing asynchronous, import nothing that has no twin,
and look up no name that is defined nowhere (unless its source does so too).
What is found here is a defect of a rule or a table, not of the author's
source, so the messages say which name or construct was left.

Syntax that is newer than the running Python is read by libcst, so that the
same source is accepted everywhere.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import libcst as cst

from ..syntax.annotation_names import annotation_names, statements
from .newer_syntax import NewerSyntax

_ASYNC_NODES = (
    ast.AsyncFunctionDef,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.Await,
)
# Without these words there is no such node.
_ASYNC_WORD = re.compile(r"\b(async|await)\b")
_IMPORTS = (ast.Import, ast.ImportFrom)
_MODULE_NAMES = {
    "__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__",
    "__path__", "__builtins__", "__annotations__", "__dict__",
    "__class__", "__module__", "__qualname__", "__debug__",
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Residue:
    """What a twin must not have, and the line of the twin that has it.

    `word` is what to look for in the source.
    """

    line: int
    message: str
    word: str = ""


def residue(
    text: str,
    *,
    source: str = "",
    package: str = "",
    without_twin: Collection[str],
    kept: Collection[str] = (),
) -> list[Residue]:
    """Return what a twin must not have.

    `package` is what its relative imports start from; `without_twin` are the
    dotted names that must not be imported. `kept` are the names of asyncio that the
    project keeps.
    """
    try:
        tree = ast.parse(text)
        free = _free_names(text, tree)
    except SyntaxError as error:
        return _of_newer_syntax(text, error, source, package, without_twin)
    found = list(_asynchronous(tree)) if _ASYNC_WORD.search(text) else []
    imports = [each for each in statements(tree) if isinstance(each, _IMPORTS)]
    for node in imports:
        imported = _imported(node, package)
        if not _is_of_kept(tree, node, kept):
            found.extend(_of_asyncio(node.lineno, imported))
        found.extend(_of_import(node.lineno, imported, without_twin))
    found.extend(_undefined(free, source, any(map(_is_star_import, imports))))
    return sorted(found)


def _of_newer_syntax(
    text: str, error: SyntaxError, source: str, package: str, without: Collection[str]
) -> list[Residue]:
    """Read a twin by libcst; what is said of it is what any Python would say."""
    try:
        read = NewerSyntax(text)
    except (cst.ParserSyntaxError, cst.CSTLogicError):
        return [Residue(error.lineno or 1, f"the twin does not parse: {error.msg}")]
    found = [Residue(read.line(node), what) for node, what in read.asynchronous()]
    has_star = False
    for node, level, module, names in read.imports():
        imported = _names_imported(level, module, names, package)
        found.extend(_of_asyncio(read.line(node), imported))
        found.extend(_of_import(read.line(node), imported, without))
        has_star = has_star or names == ["*"]
    found.extend(_undefined(read.free_names(), source, has_star))
    return sorted(found)


def _undefined(free: dict[str, int], source: str, has_star: bool) -> Iterator[Residue]:
    """Yield the free names of a twin that its source does not have."""
    allowed = set(free_names_of(source)) if free and not has_star else set(free)
    for name, line in free.items():
        if name not in allowed and name not in _MODULE_NAMES:
            sentence = f"the name {name} is not defined in the twin"
            yield Residue(line, sentence, name)


def _asynchronous(tree: ast.Module) -> Iterator[Residue]:
    for node in ast.walk(tree):
        if isinstance(node, _ASYNC_NODES):
            sentence = f"{type(node).__name__} is left in the twin"
            yield Residue(node.lineno, sentence)
        elif isinstance(node, ast.comprehension) and node.is_async:
            sentence = "an asynchronous comprehension is left in the twin"
            yield Residue(node.iter.lineno, sentence)


def _of_asyncio(line: int, names: list[str]) -> Iterator[Residue]:
    if any(name.split(".")[0] == "asyncio" for name in names):
        yield Residue(line, "asyncio is still imported in the twin", "asyncio")


def _is_of_kept(
    tree: ast.Module, node: ast.Import | ast.ImportFrom, kept: Collection[str]
) -> bool:
    """Return whether what a statement imports of asyncio is kept by the project."""
    if not kept:
        return False
    if isinstance(node, ast.ImportFrom):
        return all(f"{node.module}.{alias.name}" in kept for alias in node.names)
    own = {a.asname or a.name for a in node.names if a.name == "asyncio"}
    attributes = [
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.Attribute)
        and isinstance(each.value, ast.Name)
        and each.value.id in own
    ]
    loads = sum(isinstance(n, ast.Name) and n.id in own for n in ast.walk(tree))
    return loads == len(attributes) and all(
        f"asyncio.{each.attr}" in kept for each in attributes
    )


def _of_import(
    line: int, names: list[str], without_twin: Collection[str]
) -> Iterator[Residue]:
    """Yield what one statement must not import."""
    for name in names:
        if name in without_twin:
            sentence = (
                f"{name} is for the async side only, so its import and its "
                "uses must be marked `# twingen: async-only` too"
            )
            yield Residue(line, sentence, name.rpartition(".")[2])


def _imported(node: ast.Import | ast.ImportFrom, package: str) -> list[str]:
    """Return the modules that a statement imports, and the names from them."""
    names = [alias.name for alias in node.names]
    if isinstance(node, ast.Import):
        return names
    return _names_imported(node.level, node.module or "", names, package)


def _names_imported(
    level: int, module: str, names: list[str], package: str
) -> list[str]:
    """Return the names of an import as absolute ones, after their module."""
    if not level and not module:
        return names
    parts = package.split(".")
    if level > len(parts):  # above what is known, and in no way absolute
        return []
    base = parts[: len(parts) - level + 1] if level else []
    home = ".".join([*base, *filter(None, [module])])
    return [home, *(f"{home}.{name}" for name in names)]


def _is_star_import(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def free_names_of(source: str) -> Collection[str]:
    """Return the free names of a source; what cannot be read has none."""
    try:
        return _free_names(source, ast.parse(source))
    except (SyntaxError, ValueError):  # the latter says that there is a NUL
        pass
    try:
        return NewerSyntax(source).free_names()
    except (cst.ParserSyntaxError, cst.CSTLogicError):
        return ()


def _free_names(text: str, tree: ast.Module) -> dict[str, int]:
    """Return the names that nothing in a module defines, with their first lines.

    A name in an annotation is free only if no scope of the module binds it.
    """
    top = symtable.symtable(text, "<twin>", "exec")
    tables = list(_tables(top))
    defined = {s.get_name() for s in top.get_symbols() if s.is_local()}
    defined |= {name for table in tables for name in _declared_global(table)}
    free = {
        symbol.get_name()
        for table in tables
        for symbol in table.get_symbols()
        if symbol.is_referenced() and symbol.is_global()
        # symtable takes a function called "top" for the module, too.
        and not symbol.is_local()
        and symbol.get_name() not in defined
        and symbol.get_name() not in _MODULE_NAMES
        and not hasattr(builtins, symbol.get_name())
    }
    lines: dict[str, int] = {}
    for node in ast.walk(tree) if free else ():
        if isinstance(node, ast.Name) and node.id in free:
            lines[node.id] = min(node.lineno, lines.get(node.id, node.lineno))
    in_annotations = annotation_names(tree)
    if in_annotations:
        bound = {s.get_name() for table in tables for s in table.get_symbols()}
        bound -= free  # what is looked up in code counts by itself
        for name, line in in_annotations.items():
            if not (name in bound or name in _MODULE_NAMES or hasattr(builtins, name)):
                lines.setdefault(name, line)
    return lines


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _declared_global(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_declared_global() and symbol.is_assigned():
            yield symbol.get_name()
