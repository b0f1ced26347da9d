"""The functions that servers call for each connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from ..symbols.names import Names

_STARTS = {"asyncio.start_server", "asyncio.start_unix_server"}


def handlers_in(names: Names) -> set[str]:
    """Return the names of the functions that are given to servers of a module."""
    found: set[str] = set()
    for call in names.nodes.of(cst.Call):
        if call.args and names.qualified(call.func) in _STARTS:
            handler = call.args[0].value
            last = handler.attr if isinstance(handler, cst.Attribute) else handler
            if isinstance(last, cst.Name):
                found.add(last.value)
    return found
