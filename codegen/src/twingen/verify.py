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
import symtable
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

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


@dataclass(frozen=True, order=True)
class Residue:
    """What a twin must not have, and the line of the twin that has it.

    `word` is what to look for in the source.
    """

    line: int
    message: str
    word: str = ""


def residue(
    text: str, *, source: str = "", package: str = "", without_twin: Collection[str]
) -> list[Residue]:
    """Return what a twin must not have.

    `package` is what its relative imports start from; `without_twin` are the
    dotted names that must not be imported.
    """
    try:
        tree = ast.parse(text)
        free = _free_names(text, tree)
    except SyntaxError as error:
        return _residue_of_newer_syntax(text, error)
    nodes = list(ast.walk(tree))
    found = list(_asynchronous(nodes))
    found.extend(_imports_of(nodes, package, without_twin))
    if free and not any(map(_is_star_import, nodes)):
        allowed = set(_free_names_of(source))
        found.extend(
            Residue(line, f"the name {name} is not defined in the twin", name)
            for name, line in free.items()
            if name not in allowed
        )
    return sorted(found)


def _residue_of_newer_syntax(text: str, error: SyntaxError) -> list[Residue]:
    try:
        tree = cst.parse_module(text)
    except cst.ParserSyntaxError:
        return [Residue(error.lineno or 1, f"the twin does not parse: {error.msg}")]
    finder = _KeywordFinder()
    tree.visit(finder)
    sentence = "something asynchronous is left in the twin"
    return [Residue(1, sentence)] if finder.found else []


class _KeywordFinder(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def visit_Asynchronous(self, node: cst.Asynchronous) -> None:
        self.found = True

    def visit_Await(self, node: cst.Await) -> None:
        self.found = True

    def visit_ImportAlias(self, node: cst.ImportAlias) -> None:
        self.found |= node.evaluated_name.split(".")[0] == "asyncio"

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        module = cst.Module([]).code_for_node(node.module) if node.module else ""
        self.found |= not node.relative and module.split(".")[0] == "asyncio"
        return False


def _asynchronous(nodes: Iterable[ast.AST]) -> Iterator[Residue]:
    for node in nodes:
        if isinstance(node, _ASYNC_NODES):
            sentence = f"{type(node).__name__} is left in the twin"
            yield Residue(node.lineno, sentence)
        elif isinstance(node, ast.comprehension) and node.is_async:
            sentence = "an asynchronous comprehension is left in the twin"
            yield Residue(node.iter.lineno, sentence)
        elif isinstance(node, ast.stmt) and any(
            name.split(".")[0] == "asyncio" for name in _imported(node, "")
        ):
            sentence = "asyncio is still imported in the twin"
            yield Residue(node.lineno, sentence, "asyncio")


def _imports_of(
    nodes: Iterable[ast.AST], package: str, without_twin: Collection[str]
) -> Iterator[Residue]:
    for node in nodes if without_twin else ():
        if isinstance(node, ast.stmt):
            for name in _imported(node, package):
                if name in without_twin:
                    sentence = (
                        f"{name} is for the async side only, so its import and its "
                        "uses must be marked `# twingen: async-only` too"
                    )
                    yield Residue(node.lineno, sentence, name.rpartition(".")[2])


def _imported(node: ast.stmt, package: str) -> list[str]:
    """Return the modules that a statement imports, and the names from them."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        parts = package.split(".")
        base = parts[: len(parts) - node.level + 1] if node.level else []
        module = ".".join([*base, *filter(None, [node.module])])
        return [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return []


def _is_star_import(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def _free_names_of(source: str) -> Collection[str]:
    """Return the free names of a source; what cannot be read has none."""
    try:
        return _free_names(source, ast.parse(source))
    except SyntaxError:
        return ()


def _free_names(text: str, tree: ast.Module) -> dict[str, int]:
    """Return the names that nothing in a module defines, with their first lines."""
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
    lines: dict[str, int] = {}
    for node in ast.walk(tree) if free else ():
        if isinstance(node, ast.Name) and node.id in free:
            lines[node.id] = min(node.lineno, lines.get(node.id, node.lineno))
    return lines


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _declared_global(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_declared_global() and symbol.is_assigned():
            yield symbol.get_name()
