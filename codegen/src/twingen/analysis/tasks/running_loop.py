"""Whether an event loop runs, where a source asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from ..symbols.names import Names

_FUNCTION = "asyncio.get_running_loop"
_CATCHING = {"builtins.RuntimeError", "builtins.Exception", "builtins.BaseException"}


def is_question(names: Names, call: cst.Call) -> bool:
    """Return whether `get_running_loop()` may raise, and that is caught around it."""
    if names.qualified(call.func) != _FUNCTION:
        return False
    inner: cst.CSTNode = call
    for each in names.ancestors(call):
        if isinstance(each, (cst.FunctionDef, cst.Lambda)):
            return False
        if isinstance(each, cst.Try) and inner is each.body:
            return any(_catches(names, handler) for handler in each.handlers)
        if isinstance(each, cst.With) and inner is each.body:
            for item in each.items:
                arguments = item.item.args if isinstance(item.item, cst.Call) else ()
                if any(names.qualified(a.value) in _CATCHING for a in arguments):
                    return True
        inner = each
    return False


def _catches(names: Names, handler: cst.ExceptHandler) -> bool:
    caught = handler.type
    if caught is None:
        return True
    each = caught.elements if isinstance(caught, cst.Tuple) else None
    values = [caught] if each is None else [element.value for element in each]
    return any(names.qualified(value) in _CATCHING for value in values)


def asks_for_loop(names: Names, function: cst.FunctionDef) -> bool:
    """Return whether a function asks whether a loop runs."""
    return any(
        is_question(names, call) and names.enclosing(call, cst.FunctionDef) is function
        for call in names.nodes.of(cst.Call)
        if names.qualified(call.func) == _FUNCTION
    )
