"""Which kind of function a definition makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from ..symbols.names import Names

# Methods whose result Python waits for, and what is called by the name of the class.
_WAITED_FOR = {
    "__aenter__", "__aexit__", "__aiter__", "__anext__", "__call__", "__new__",
}  # fmt: skip


def is_coroutine(function: cst.FunctionDef, names: Names) -> bool:
    """Distinguish coroutine functions, plain functions and generators."""
    return function.asynchronous is not None and not names.is_generator(function)


def is_operator(name: str) -> bool:
    """Return whether Python calls a method where the source has no call: `a + b`."""
    return name.startswith("__") and name.endswith("__") and name not in _WAITED_FOR
