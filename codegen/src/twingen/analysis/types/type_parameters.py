"""Types that lose or gain a parameter on their way into the twin."""

from __future__ import annotations

import libcst as cst

from ...diagnostics.refusal import Refused

ASYNC_GENERATORS = {
    "collections.abc.AsyncGenerator",
    "typing.AsyncGenerator",
    "typing_extensions.AsyncGenerator",
}
AWAITABLE_TYPES = {
    f"{home}.{name}"
    for home in ("collections.abc", "typing", "typing_extensions")
    for name in ("Awaitable", "Coroutine")
}


def with_return_type(subscript: cst.Subscript) -> cst.Subscript:
    """Return `Generator[...]` with the parameters that its async form leaves out."""
    none = cst.SubscriptElement(cst.Index(cst.Name("None")))
    slices = [
        element.with_changes(comma=cst.MaybeSentinel.DEFAULT)
        for element in subscript.slice
    ]
    return subscript.with_changes(slice=[*slices, *[none] * (3 - len(slices))])


def last_parameter(subscript: cst.Subscript) -> cst.BaseExpression:
    """Return `T` of `Coroutine[A, B, T]`."""
    last = subscript.slice[-1].slice
    if not isinstance(last, cst.Index) or last.star:
        raise Refused(
            "the last parameter of this type is not a single type",
            "write the type of the awaited value as the last parameter",
        )
    return last.value
