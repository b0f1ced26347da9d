"""Calls whose results are waited for elsewhere: there a user's function runs.

A user of the twin gives a plain function where a user of the source gives a coroutine
function. Its body must run where the source waits for the coroutine, if what the call
gives is handed to asyncio, awaited in another line, or asked whether it can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from ..types.coroutine_tests import VALUE_TESTS
from ..types.type_parameters import AWAITABLE_TYPES
from .awaitables import is_handed_to_asyncio, is_proven, says_awaitable

if TYPE_CHECKING:
    from ..types.typed_names import TypedNames

_HOLDERS = (cst.Element, cst.GeneratorExp, cst.List, cst.ListComp, cst.Set, cst.SetComp,
            cst.Tuple)  # fmt: skip
_STORING = {"add", "append", "appendleft"}


def runs_later(names: TypedNames, call: cst.Call, function: cst.BaseExpression) -> bool:
    """Return whether the body of what is called, if it is a user's, must not run yet.

    `function` is what is called, by `map(function, xs)` for each.
    """
    if not _may_be_of_user(names, function) or is_proven(names, call):
        return False
    if is_handed_to_asyncio(names, call):
        return True
    parent = names.parent(call)
    while parent is not None and (
        isinstance(parent, _HOLDERS) or _is_copied(names, parent)
    ):
        parent = names.parent(parent)
    if isinstance(parent, cst.Return):
        around = names.enclosing(parent, cst.FunctionDef, cst.Lambda)
        return isinstance(around, cst.FunctionDef) and says_awaitable(names, around)
    kept = list(_kept_as(names, parent))
    return any(
        _is_waited_for(names, each) for name in kept for each in _uses(names, name)
    )


def _is_copied(names: TypedNames, node: cst.CSTNode | None) -> bool:
    """Recognize `list(values)`, and the argument in it."""
    call = names.parent(node) if isinstance(node, cst.Arg) else node
    return isinstance(call, cst.Call) and names.qualified(call.func) in (
        "builtins.list", "builtins.set", "builtins.tuple",
    )  # fmt: skip


def _may_be_of_user(names: TypedNames, function: cst.BaseExpression) -> bool:
    """Return whether a user may have given a function: no import or definition has."""
    if names.imported(function) or names.qualified(function) is not None:
        return False
    if isinstance(function, cst.Attribute):
        owner = function.value
        called = owner.func if isinstance(owner, cst.Call) else owner
        return names.qualified(called) != "builtins.super"
    return not (isinstance(function, cst.Name) and names.functions(function))


def _kept_as(
    names: TypedNames, holder: cst.CSTNode | None
) -> Iterator[cst.Name | cst.Attribute]:
    """Yield the variables and attributes of `self` that a value is kept in."""
    targets: list[cst.BaseExpression] = []
    call = names.parent(holder) if isinstance(holder, cst.Arg) else None
    if isinstance(holder, cst.Assign):
        targets = [each.target for each in holder.targets]
    elif isinstance(holder, (cst.AnnAssign, cst.NamedExpr)):
        targets = [holder.target]
    elif isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute):
        stores = call.func.attr.value in _STORING
        targets = [call.func.value] if stores else []
    for target in targets:
        if isinstance(target, cst.Name) or _is_of_self(target):
            assert isinstance(target, (cst.Name, cst.Attribute))
            yield target


def _is_of_self(target: cst.BaseExpression) -> bool:
    return (
        isinstance(target, cst.Attribute)
        and isinstance(target.value, cst.Name)
        and target.value.value == "self"
    )


def _uses(
    names: TypedNames, kept: cst.Name | cst.Attribute
) -> Iterator[cst.BaseExpression]:
    """Yield the other places of a variable or attribute."""
    of_class = names.enclosing(kept, cst.ClassDef)
    last = _last_word(kept)
    for each in names.nodes.of(type(kept)):
        if _last_word(each) != last or each is kept:
            continue
        if names.same_value(kept, each):
            is_attribute = isinstance(kept, cst.Attribute)
            if not is_attribute or names.enclosing(each, cst.ClassDef) is of_class:
                yield each
    if isinstance(kept, cst.Name):
        yield from _taken(names, kept)


def _last_word(name: cst.Name | cst.Attribute) -> str:
    return name.value if isinstance(name, cst.Name) else name.attr.value


def _taken(names: TypedNames, collection: cst.Name) -> Iterator[cst.BaseExpression]:
    """Yield the places of what a loop takes out of a collection."""
    loops = [(each.target, each.iter) for each in names.nodes.of(cst.For)]
    loops += [(each.target, each.iter) for each in names.nodes.of(cst.CompFor)]
    for taken, taken_from in loops:
        if isinstance(taken, cst.Name) and names.same_value(taken_from, collection):
            for each in names.nodes.of(cst.Name):
                if each.value != taken.value or each is taken:
                    continue
                if names.same_value(taken, each):
                    yield each


def _is_waited_for(names: TypedNames, value: cst.BaseExpression) -> bool:
    """Return whether a value is awaited, handed to asyncio, or asked about."""
    parent = names.parent(value)
    if isinstance(parent, cst.Await):
        return True
    if isinstance(parent, cst.NamedExpr) and parent.target is value:
        return _is_waited_for(names, parent)
    asking = names.parent(parent) if isinstance(parent, cst.Arg) else None
    if isinstance(asking, cst.Call) and asking.args[0] is parent:
        function = names.qualified(asking.func)
        if function in VALUE_TESTS:
            return True
        if function == "builtins.isinstance" and len(asking.args) == 2:
            return _names_awaitable(names, asking.args[1].value)
    return is_handed_to_asyncio(names, value)


def _names_awaitable(names: TypedNames, classes: cst.BaseExpression) -> bool:
    if isinstance(classes, cst.Tuple):
        return any(_names_awaitable(names, each.value) for each in classes.elements)
    return names.qualified(classes) in AWAITABLE_TYPES
