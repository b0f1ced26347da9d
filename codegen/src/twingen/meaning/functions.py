"""Which kind of function a definition makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from .names import Names


def is_coroutine(function: cst.FunctionDef, names: Names) -> bool:
    """Tell a coroutine function from a plain one and from a generator."""
    return function.asynchronous is not None and not names.is_generator(function)
