"""What an expression may stand for, as far as the source shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from ..symbols.names import Names

_LOOKING_UP = {"get", "pop", "setdefault"}


def meant_by(names: Names, value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Yield an expression and, from name to name, all that it may stand for.

    For a function that is all that may be called by it: what a `partial()` was given,
    and what a lambda calls.
    """
    waiting, seen = [value], {id(value)}
    while waiting:
        each = waiting.pop()
        yield each
        for other in _stands_for(names, each):
            if id(other) not in seen:
                seen.add(id(other))
                waiting.append(other)


def _stands_for(
    names: Names, value: cst.BaseExpression
) -> Iterable[cst.BaseExpression]:
    if isinstance(value, cst.IfExp):
        return [value.body, value.orelse]
    if isinstance(value, cst.BooleanOperation):
        return [value.left, value.right]
    if isinstance(value, cst.Lambda) and isinstance(value.body, cst.Call):
        return [value.body.func]
    if isinstance(value, cst.NamedExpr):
        return [value.value]
    if isinstance(value, cst.Subscript):
        return _elements_of(names, value.value)
    if isinstance(value, cst.Call):
        return _called_for(names, value)
    if isinstance(value, (cst.Name, cst.Attribute)):
        listed = [_elements_of(names, each) for each in names.iterated(value)]
        return chain(names.values(value), names.given(value), *listed)
    return []


def _called_for(names: Names, call: cst.Call) -> Iterable[cst.BaseExpression]:
    """Return what a call that hands on a value may give."""
    maker, arguments = call.func, [each.value for each in call.args]
    if names.qualified(maker) == "functools.partial":
        return arguments[:1]
    if isinstance(maker, cst.Attribute) and maker.attr.value in _LOOKING_UP:
        return [*_elements_of(names, maker.value), *arguments[1:]]
    return []


def _elements_of(
    names: Names, collection: cst.BaseExpression
) -> Iterator[cst.BaseExpression]:
    """Yield what stands in a collection that is written out, or is put into one."""
    if isinstance(collection, cst.Call) and isinstance(collection.func, cst.Attribute):
        collection = collection.func.value  # of table.values()
    for each in (collection, *names.values(collection)):
        if isinstance(each, cst.Dict):
            elements = [e for e in each.elements if isinstance(e, cst.DictElement)]
            yield from (element.value for element in elements)
        elif isinstance(each, (cst.List, cst.Tuple, cst.Set)):
            yield from (e.value for e in each.elements if isinstance(e, cst.Element))
    yield from names.stored(collection)
