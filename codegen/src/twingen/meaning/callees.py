"""Which functions a call may call, where it does not name one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from .names import Names

_LOOKING_UP = {"get", "pop", "setdefault"}


def callees(names: Names, function: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Yield what is called, and what the source shows that to stand for."""
    waiting, seen = [function], {id(function)}
    while waiting:
        each = waiting.pop()
        yield each
        for other in _stands_for(names, each):
            if id(other) not in seen:
                seen.add(id(other))
                waiting.append(other)


def _stands_for(
    names: Names, function: cst.BaseExpression
) -> Iterable[cst.BaseExpression]:
    if isinstance(function, cst.IfExp):
        return [function.body, function.orelse]
    if isinstance(function, cst.BooleanOperation):
        return [function.left, function.right]
    if isinstance(function, cst.Lambda) and isinstance(function.body, cst.Call):
        return [function.body.func]
    if isinstance(function, cst.NamedExpr):
        return [function.value]
    if isinstance(function, cst.Subscript):
        return _elements_of(names, function.value)
    if isinstance(function, cst.Call):
        return _called_for(names, function)
    if isinstance(function, (cst.Name, cst.Attribute)):
        return names.values(function)
    return []


def _called_for(names: Names, call: cst.Call) -> Iterable[cst.BaseExpression]:
    """Return what a call that gives a function may give."""
    maker, arguments = call.func, [each.value for each in call.args]
    if names.qualified(maker) == "functools.partial":
        return arguments[:1]
    if isinstance(maker, cst.Attribute) and maker.attr.value in _LOOKING_UP:
        return [*_elements_of(names, maker.value), *arguments[1:]]
    return []


def _elements_of(
    names: Names, collection: cst.BaseExpression
) -> Iterator[cst.BaseExpression]:
    """Yield what stands in a collection that is written out."""
    for each in (collection, *names.values(collection)):
        if isinstance(each, cst.Dict):
            elements = [e for e in each.elements if isinstance(e, cst.DictElement)]
            yield from (element.value for element in elements)
        elif isinstance(each, (cst.List, cst.Tuple, cst.Set)):
            yield from (e.value for e in each.elements if isinstance(e, cst.Element))
