"""Reads a module whose syntax is newer than the running Python's.

libcst's parser and scopes answer here what `ast` and `symtable` answer of a
module that Python itself can read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import libcst as cst
from libcst.helpers import get_full_name_for_node
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from ..analysis.symbols.scopes import Scopes
from ..syntax.nodes import Nodes

_STATEMENTS = {
    cst.FunctionDef: "AsyncFunctionDef is left in the twin",
    cst.For: "AsyncFor is left in the twin",
    cst.With: "AsyncWith is left in the twin",
    cst.CompFor: "an asynchronous comprehension is left in the twin",
}


class NewerSyntax:
    """Answers about one module; raises libcst's errors if it cannot be read."""

    def __init__(self, text: str) -> None:
        self._tree = cst.parse_module(text)
        self._nodes = Nodes(self._tree)

    def line(self, node: cst.CSTNode) -> int:
        """Return the line on which a node starts."""
        return self._places[node].start.line

    @cached_property
    def _places(self) -> dict[cst.CSTNode, CodeRange]:
        wrapper = MetadataWrapper(self._tree, unsafe_skip_copy=True)
        return dict(wrapper.resolve(PositionProvider))

    def asynchronous(self) -> Iterator[tuple[cst.CSTNode, str]]:
        """Yield what is asynchronous, with what `verify` says of it."""
        for node in self._nodes:
            if isinstance(node, cst.Await):
                yield node, "Await is left in the twin"
            elif getattr(node, "asynchronous", None) is not None:
                place = node.iter if isinstance(node, cst.CompFor) else node
                yield place, _STATEMENTS[type(node)]

    def imports(self) -> Iterator[tuple[cst.CSTNode, int, str, list[str]]]:
        """Yield (statement, level, module, names) of each import.

        `import x, y` is given as names of no module.
        """
        for node in self._nodes:
            if isinstance(node, cst.Import):
                yield node, 0, "", [alias.evaluated_name for alias in node.names]
            elif isinstance(node, cst.ImportFrom):
                module = get_full_name_for_node(node.module) if node.module else ""
                names = (
                    ["*"]
                    if isinstance(node.names, cst.ImportStar)
                    else [alias.evaluated_name for alias in node.names]
                )
                yield node, len(node.relative), module or "", names

    def free_names(self) -> dict[str, int]:
        """Return the names that nothing defines, with their first lines."""
        scopes = Scopes(self._nodes)
        nodes = [
            access.node
            for scope in scopes.all
            for access in scope.accesses
            if not access.referents
        ]
        lines: dict[str, int] = {}
        for found in nodes:
            node: cst.CSTNode = found
            while isinstance(node, cst.Attribute):
                node = node.value
            if isinstance(node, cst.Name) and node in self._nodes:
                line = self.line(node)
                lines[node.value] = min(line, lines.get(node.value, line))
        return lines
