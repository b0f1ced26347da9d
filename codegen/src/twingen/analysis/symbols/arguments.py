"""What the calls of a module give to the parameters of its functions."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from .bindings import Bindings


def calls_in(bindings: Bindings) -> dict[str, list[cst.Call]]:
    """Return the calls by the names of what is called, of methods by the last one."""
    found: dict[str, list[cst.Call]] = {}
    for call in bindings.nodes.of(cst.Call):
        function = call.func
        if isinstance(function, (cst.Attribute, cst.Name)):
            last = function.attr if isinstance(function, cst.Attribute) else function
            found.setdefault(last.value, []).append(call)
    return found


def handed_to(
    bindings: Bindings, param: cst.Param, calls: dict[str, list[cst.Call]]
) -> Iterator[cst.BaseExpression]:
    """Yield the default of a parameter, and what its function is given for it here."""
    if param.default is not None:
        yield param.default
    function = bindings.enclosing(param, cst.FunctionDef, cst.Lambda)
    if not isinstance(function, cst.FunctionDef):
        return
    owner = bindings.enclosing(function, cst.ClassDef, cst.FunctionDef)
    called: cst.ClassDef | cst.FunctionDef = function
    if isinstance(owner, cst.ClassDef) and function.name.value == "__init__":
        called = owner
    positional = [*function.params.posonly_params, *function.params.params]
    if positional and positional[0].name.value in ("cls", "self"):
        positional = positional[1:]
    for call in calls.get(called.name.value, ()):
        of_object = isinstance(call.func, cst.Attribute)
        if of_object or called in bindings.targets(call.func):
            yield from _given(call, param, positional)


def _given(
    call: cst.Call, param: cst.Param, positional: list[cst.Param]
) -> Iterator[cst.BaseExpression]:
    """Yield what one call gives to a parameter, by name or position."""
    for index, arg in enumerate(call.args):
        if arg.star:
            return
        if arg.keyword is not None:
            matches = arg.keyword.value == param.name.value
        else:
            matches = index < len(positional) and positional[index] is param
        if matches:
            yield arg.value
