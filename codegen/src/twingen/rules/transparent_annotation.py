"""`Awaitable[T]` becomes `T`.

In the twin there is no step between a call and its value, so a type that
stands for that step alone (`Awaitable`, `Coroutine`, a wrapper of the
project's own) is replaced by its last parameter: rows with `unwrap = true`. Python
cannot evaluate `None | None` and `"T" | None`: `Awaitable[None] | None` becomes
`None`, and `Awaitable["T"] | None` becomes `Union["T", None]`.
"""

from __future__ import annotations

import libcst as cst

from ..meaning.annotations import is_one_none, last_parameter
from ..rule import Site, rewrite


@rewrite("TW205", cst.Subscript, cst.BinaryOperation)
def unwrap_type(
    site: Site[cst.Subscript | cst.BinaryOperation],
) -> cst.BaseExpression | None:
    old, new = site.old, site.new
    if isinstance(old, cst.BinaryOperation):
        assert isinstance(new, cst.BinaryOperation)
        return _united(site, old, new)
    assert isinstance(new, cst.Subscript)
    return last_parameter(new) if _is_unwrapped(site, old) else None


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
    if is_one_none(old, new):
        return new.left
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
