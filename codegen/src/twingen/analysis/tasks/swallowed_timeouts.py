"""What would catch the TimeoutError that ends a timeout block, inside the block.

asyncio cancels what waits in the block and raises TimeoutError where it ends; in
the twin the wait itself raises it, so handlers in between would see it.
"""

from __future__ import annotations

import libcst as cst

from ..symbols.names import Names

# The classes that an `except` catches a TimeoutError with.
_CATCHING = {
    "asyncio.TimeoutError",
    "builtins.EnvironmentError",
    "builtins.Exception",
    "builtins.IOError",
    "builtins.OSError",
    "builtins.TimeoutError",
    "concurrent.futures.TimeoutError",
    "socket.error",
    "socket.timeout",
}


def catching_part(
    names: Names, statement: cst.CSTNode, inner: cst.CSTNode
) -> cst.CSTNode | None:
    """Return the part of a statement that catches a TimeoutError from `inner`."""
    if isinstance(statement, (cst.Try, cst.TryStar)) and inner is statement.body:
        for handler in statement.handlers:
            if _catches(names, handler):
                return handler
    if isinstance(statement, cst.With) and inner is statement.body:
        for item in statement.items:
            if _suppresses(names, item.item):
                return item
    return None


def _suppresses(names: Names, manager: cst.BaseExpression) -> bool:
    if not isinstance(manager, cst.Call):
        return False
    return names.qualified(manager.func) == "contextlib.suppress" and any(
        _catches_type(names, argument.value) for argument in manager.args
    )


def _catches(names: Names, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    everything = handler.type is None or (
        names.qualified(handler.type) == "builtins.BaseException"
    )
    if everything:  # it sees asyncio's cancellation as well
        return not _raises_again(handler.body)
    return handler.type is not None and _catches_type(names, handler.type)


def _catches_type(names: Names, caught: cst.BaseExpression) -> bool:
    if isinstance(caught, cst.Tuple):
        return any(_catches_type(names, each.value) for each in caught.elements)
    qualified = names.qualified(caught)
    if qualified is None or qualified in _CATCHING:
        return True
    home = names.definitions.module_of(qualified)
    return home is not None and qualified not in names.definitions.classes


def _raises_again(body: cst.BaseSuite) -> bool:
    last = body.body[-1] if body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, cst.Raise) and last.exc is None
