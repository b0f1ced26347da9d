"""Steps of an asynchronous iteration that are written out."""

from __future__ import annotations

import libcst as cst

from .kinds import COMPLETED
from .names import Names

ANEXT = "twingen.runtime.turns.iterators.anext"
ITERATED = "twingen.runtime.turns.calls.iterated"


def has_two_iterators(names: Names, iterable: cst.BaseExpression) -> bool:
    """Tell whether `for` and `async for` go through something in two ways."""
    return names.owner(iterable) == COMPLETED


def stepped(old: cst.Call, new: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return the iterator, in the twin, of a call `iterator.__anext__()`."""
    function = old.func
    if old.args or not isinstance(function, cst.Attribute):
        return None
    if function.attr.value != "__anext__" or not isinstance(new, cst.Call):
        return None
    method = new.func
    return method.value if isinstance(method, cst.Attribute) else None
