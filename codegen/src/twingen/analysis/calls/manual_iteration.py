"""Steps of an asynchronous iteration that are written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ..types.aliases import meant_by

if TYPE_CHECKING:
    from ..symbols.names import Names

ITERATED = "twingen.runtime.turns.dynamic_calls.iterated"
_ITERATORS = "twingen.runtime.turns.iterators"
ANEXT = f"{_ITERATORS}.anext"
# These methods say by StopAsyncIteration that there is no more; in the twin they do so
# by StopIteration, which no coroutine may raise.
_STEPS = {
    "__anext__": ANEXT,
    "asend": f"{_ITERATORS}.asend",
    "athrow": f"{_ITERATORS}.athrow",
}


def stepped(old: cst.Call, new: cst.BaseExpression) -> tuple[str, list[cst.Arg]] | None:
    """Return the runtime's function for `iterator.__anext__()`, and its arguments."""
    function = old.func
    if not isinstance(function, cst.Attribute) or not isinstance(new, cst.Call):
        return None
    step, method = _STEPS.get(function.attr.value), new.func
    if step is None or not isinstance(method, cst.Attribute):
        return None
    return step, [cst.Arg(method.value), *new.args]


def gives_futures(names: Names, iterable: cst.BaseExpression) -> bool:
    """Return whether an iterable may be what `asyncio.as_completed()` returns."""
    return any(
        isinstance(each, cst.Call)
        and names.qualified(each.func) == "asyncio.as_completed"
        for each in meant_by(names, iterable)
    )
