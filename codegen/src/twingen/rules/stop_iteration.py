"""A `StopIteration` must not leave an `async def` or be caught as `StopAsyncIteration`.

If a `StopIteration` leaves a coroutine, asyncio turns it into a RuntimeError. In the
twin it stays a `StopIteration`, so that `__next__` and `except StopAsyncIteration` take
it for the end of an iteration. These are refused:

- `raise StopIteration` in a coroutine;
- `next(values)` in `__anext__`;
- `next(values)` or `await anext(stream)` in a `try` that catches only the exception of
  the other one.

In other places `next(values)` stays. Without a next value it raises StopIteration in
the twin, and RuntimeError in asyncio. With `tasks = "turns"` nothing is refused,
because the runtime raises the same errors as asyncio (`turns_function`).
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.stop_iterations import (
    ASYNC_STOP,
    EVERYTHING,
    STOP,
    caught_around,
    end_of,
    leaves_coroutine,
    raised,
)
from ..analysis.types.typed_names import TypedNames
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW115", cst.Raise, cst.Call, tasks="threads")
def refuse_leaving(site: Site[cst.Raise | cst.Call]) -> None:
    old, names = site.old, site.names
    if isinstance(old, cst.Call):
        stop = end_of(names, old)
        if stop is not None:
            _check_call(names, old, stop)
    elif raised(names, old) == STOP and leaves_coroutine(names, old):
        raise Refused(
            "asyncio turns a StopIteration that leaves a coroutine into a "
            "RuntimeError, and the twin does not",
            "raise StopAsyncIteration in __anext__, and another error elsewhere",
        )


def _check_call(names: TypedNames, call: cst.Call, stop: str) -> None:
    """Refuse a call whose end of an iteration is another one in the twin."""
    other = ASYNC_STOP if stop == STOP else STOP
    for caught in caught_around(names, call):
        if stop in caught or not caught.isdisjoint(EVERYTHING) or None in caught:
            return
        if other in caught:
            raise Refused(
                f"at its end this raises {_last(stop)}, which the twin catches as "
                f"{_last(other)}",
                "catch both, give a default, or move it out of this `try`",
            )
    function = names.enclosing(call, cst.FunctionDef)
    is_next = function is not None and function.name.value == "__anext__"
    if stop == STOP and is_next and leaves_coroutine(names, call):
        raise Refused(
            "the StopIteration of next() ends the iteration in the twin, and is a "
            "RuntimeError in asyncio",
            "catch it and raise StopAsyncIteration, or give next() a default",
        )


def _last(qualified: str) -> str:
    return qualified.rpartition(".")[2]
