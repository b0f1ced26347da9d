"""Coroutine calls that are started in threads of their own."""

from __future__ import annotations

import libcst as cst

from ..rule import Refused, Site
from ..syntax.nodes import find
from .kinds import CALLS_FOR_LOOP, FUTURE, LOOP, RUNNER, TASK, TASK_GROUP
from .names import Names

_TAKE_MANY = {"asyncio.as_completed": "", "asyncio.gather": "*"}


def function_and_arguments(
    site: Site[cst.Call], old: cst.Arg, new: cst.Arg
) -> list[cst.Arg]:
    """Return `f, x` for the argument `f(x)`, ready to be called by a thread.

    Raises :class:`Refused` for anything but a plain call.
    """
    call = old.value
    verdict = site.verdict(call.func) if isinstance(call, cst.Call) else None
    plain = verdict is None or not (verdict.rule or verdict.unwrap)
    if not (isinstance(call, cst.Call) and isinstance(new.value, cst.Call) and plain):
        raise Refused(
            "what is started here is not a call of a function of your own",
            "pass the call of a coroutine function",
            node=call,
        )
    return [cst.Arg(new.value.func), *new.value.args]


def starts_task(names: Names, call: cst.Call) -> bool:
    """Tell whether this is `create_task()` of asyncio, a loop or a task group."""
    if names.qualified(call.func) in ("asyncio.create_task", "asyncio.ensure_future"):
        return True
    function = call.func
    if not (
        isinstance(function, cst.Attribute) and function.attr.value == "create_task"
    ):
        return False
    return is_in_task_group(names, call) or is_loop(names, function.value)


def runs_in_runner(names: Names, call: cst.Call) -> bool:
    """Tell whether this is `run()` of an `asyncio.Runner`."""
    function = call.func
    return (
        isinstance(function, cst.Attribute)
        and function.attr.value == "run"
        and names.kind(function.value) == RUNNER
    )


def returns_started(names: Names, call: cst.Call) -> bool:
    """Tell whether a plain function of this module returns a task or a future."""
    function = names.function(call.func) if isinstance(call.func, cst.Name) else None
    owner = names.enclosing(call, cst.ClassDef)
    if isinstance(call.func, cst.Attribute) and owner is not None:
        receiver = call.func.value
        if isinstance(receiver, cst.Name) and receiver.value in ("self", "cls"):
            methods = [m for m in owner.body.body if isinstance(m, cst.FunctionDef)]
            named = [m for m in methods if m.name.value == call.func.attr.value]
            function = named[0] if len(named) == 1 else None
    if function is None or function.asynchronous is not None:
        return False
    if function.returns is not None:
        annotated = function.returns.annotation
        if isinstance(annotated, cst.Subscript):
            annotated = annotated.value
        return names.qualified(annotated) in (TASK, FUTURE)
    return any(
        names.kind(each.value) in (TASK, FUTURE)
        or (isinstance(each.value, cst.Call) and starts_task(names, each.value))
        for each in find(function.body, cst.Return)
        if each.value is not None
    )


def is_in_task_group(names: Names, call: cst.Call) -> bool:
    """Tell whether a method of a task group is called."""
    function = call.func
    return (
        isinstance(function, cst.Attribute) and names.kind(function.value) == TASK_GROUP
    )


def is_loop(names: Names, value: cst.BaseExpression) -> bool:
    """Tell whether a value is an event loop, with or without a name of its own."""
    if isinstance(value, cst.Call):
        return names.qualified(value.func) in CALLS_FOR_LOOP
    return names.kind(value) == LOOP


def is_started_element(names: Names, call: cst.CSTNode) -> bool:
    """Tell whether a call is one of those that `gather(*[call for ...])` starts.

    So it is in `as_completed([call for ...])` and `as_completed([call, ...])`.
    """
    collection = names.parent(call)
    if isinstance(collection, cst.Element):
        collection = names.parent(collection)
    elif not (
        isinstance(collection, (cst.ListComp, cst.SetComp, cst.GeneratorExp))
        and collection.elt is call
    ):
        return False
    argument = None if collection is None else names.parent(collection)
    taker = names.parent(argument) if isinstance(argument, cst.Arg) else None
    if not (isinstance(argument, cst.Arg) and isinstance(taker, cst.Call)):
        return False
    star = _TAKE_MANY.get(names.qualified(taker.func) or "")
    listed = isinstance(collection, (cst.List, cst.Set, cst.Tuple))
    return star is not None and argument.star == star and not (star and listed)
