"""The functions that servers call for each connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from .traversal import Reader

if TYPE_CHECKING:
    from .names import Names

_STARTS = {"asyncio.start_server", "asyncio.start_unix_server"}


def handlers_in(names: Names) -> set[str]:
    """Return the names of the functions that are given to servers of a module."""
    finder = _HandlerFinder(names)
    names.tree.visit(finder)
    return finder.found


class _HandlerFinder(Reader):
    def __init__(self, names: Names) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._names = names

    def visit_Call(self, node: cst.Call) -> None:
        if node.args and self._names.qualified(node.func) in _STARTS:
            handler = node.args[0].value
            last = handler.attr if isinstance(handler, cst.Attribute) else handler
            if isinstance(last, cst.Name):
                self.found.add(last.value)
