"""`Awaitable[T]` becomes `T`.

In the twin there is no step between a call and its value, so a type that
stands for that step alone (`Awaitable`, `Coroutine`, a wrapper of the
project's own) is replaced by its last parameter: rows with `unwrap = true`. Types of
a union that are the same then are one: `T | Awaitable[T]` becomes `T`, and so does
`Union[T, Awaitable[T]]`. So are overloads; where one alone is left, its annotations go
to the function, if that has the same parameters.

Python cannot evaluate `"T" | None`: `Awaitable["T"] | None` becomes `Union["T", None]`.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.type_parameters import last_parameter
from ..analysis.types.unions import once_each, once_in_subscript
from .rule import Site, rewrite


@rewrite("TW205", cst.Subscript, cst.BinaryOperation)
def unwrap_type(
    site: Site[cst.Subscript | cst.BinaryOperation],
) -> cst.BaseExpression | None:
    old, new = site.old, site.new
    if isinstance(old, cst.BinaryOperation):
        assert isinstance(new, cst.BinaryOperation)
        return _united(site, old, new)
    assert isinstance(new, cst.Subscript)
    if _is_unwrapped(site, old):
        return last_parameter(new)
    return once_in_subscript(site.names.qualified(old.value), old, new)


def _is_unwrapped(
    site: Site[cst.Subscript | cst.BinaryOperation], node: cst.BaseExpression
) -> bool:
    if not isinstance(node, cst.Subscript):
        return False
    verdict = site.verdict(node.value)
    return verdict is not None and verdict.unwrap


def _united(
    site: Site[cst.Subscript | cst.BinaryOperation],
    old: cst.BinaryOperation,
    new: cst.BinaryOperation,
) -> cst.BaseExpression | None:
    if (once := once_each(old, new)) is not None:
        return once
    if not isinstance(old.operator, cst.BitOr):
        return None
    parts = new.left, new.right
    if not any(isinstance(each, cst.SimpleString) for each in parts):
        return None
    if not any(_is_unwrapped(site, each) for each in (old.left, old.right)):
        return None
    union = site.imports.name("typing.Union")
    elements = [cst.SubscriptElement(cst.Index(each)) for each in parts]
    return cst.Subscript(union, elements, lpar=new.lpar, rpar=new.rpar)
