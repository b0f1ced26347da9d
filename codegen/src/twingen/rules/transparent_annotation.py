"""`Awaitable[T]` becomes `T`.

In the twin, a call returns its value directly. A type that only describes the step in
between (`Awaitable`, `Coroutine`, or a wrapper of the project) is replaced by its last
parameter. These are rows with `unwrap = true`.

Types of a union that become equal are written once: `T | Awaitable[T]` and
`Union[T, Awaitable[T]]` become `T`. Overloads that become equal are written once as
well. If only one overload is left, its annotations move to the function, provided that
the function has the same parameters.

Python cannot evaluate `"T" | None`, so `Awaitable["T"] | None` becomes
`Union["T", None]`.
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
