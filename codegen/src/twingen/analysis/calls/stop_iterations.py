"""Which ends of iterations may leave a function."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from ...syntax.nodes import find
from ..types.typed_names import TypedNames

STOP, ASYNC_STOP = "builtins.StopIteration", "builtins.StopAsyncIteration"
EVERYTHING = {"builtins.Exception", "builtins.BaseException"}
_ENDLESS = {"itertools.count", "itertools.cycle"}
_FRAMES = (cst.FunctionDef, cst.GeneratorExp, cst.Lambda)


def lets_stop_out(names: TypedNames, function: cst.FunctionDef) -> bool:
    """Return whether a StopIteration of its own may leave a coroutine function."""
    for statement in find(function.body, cst.Raise):
        if _may_stop(names, statement) and leaves_coroutine(names, statement):
            return True
    return any(
        end_of(names, call) == STOP and leaves_coroutine(names, call)
        for call in find(function.body, cst.Call)
    )


def end_of(names: TypedNames, call: cst.Call) -> str | None:
    """Return what `next(x)` and `anext(x)` raise when nothing is left."""
    if len(call.args) != 1 or call.args[0].star:
        return None
    called = names.qualified(call.func)
    if called == "builtins.anext":
        return ASYNC_STOP
    if called != "builtins.next" or names.kind(call.args[0].value) in _ENDLESS:
        return None
    return STOP


def raised(names: TypedNames, statement: cst.Raise) -> str | None:
    """Return the class that is raised, also by a `raise` alone."""
    error = statement.exc
    if error is None:
        handler = names.enclosing(statement, cst.ExceptHandler, cst.FunctionDef)
        error = handler.type if isinstance(handler, cst.ExceptHandler) else None
    error = error.func if isinstance(error, cst.Call) else error
    return names.qualified(error) if error is not None else None


def _may_stop(names: TypedNames, statement: cst.Raise) -> bool:
    """Return whether a StopIteration is raised, or what may be one."""
    kind = raised(names, statement)
    error = statement.exc
    if kind is not None or error is None:
        return kind == STOP
    for each in names.ancestors(statement):
        if isinstance(each, _FRAMES):
            break
        if isinstance(each, cst.ExceptHandler) and each.name is not None:
            caught = each.name.name
            if isinstance(error, cst.Name) and error.value == getattr(
                caught, "value", None
            ):
                return STOP in _classes(names, each.type)  # it is raised again
    return True


def leaves_coroutine(names: TypedNames, node: cst.CSTNode) -> bool:
    """Return whether nothing in a coroutine function can catch a StopIteration."""
    frame = names.enclosing(node, *_FRAMES)
    if not isinstance(frame, cst.FunctionDef) or frame.asynchronous is None:
        return False
    if names.is_generator(frame):  # a RuntimeError in both
        return False
    catching = {STOP, None, *EVERYTHING}
    return all(caught.isdisjoint(catching) for caught in caught_around(names, node))


def caught_around(names: TypedNames, node: cst.CSTNode) -> Iterator[set[str | None]]:
    """Yield what each statement around a node catches, in its function.

    `None` is what is not known, and everything.
    """
    inner: cst.CSTNode = node
    for each in names.ancestors(node):
        if isinstance(each, _FRAMES):
            return
        if isinstance(each, (cst.Try, cst.TryStar)) and inner is each.body:
            clauses = (_classes(names, handler.type) for handler in each.handlers)
            yield {caught for clause in clauses for caught in clause}
        if isinstance(each, cst.With) and inner is each.body:
            for item in each.items:
                arguments = item.item.args if isinstance(item.item, cst.Call) else ()
                for argument in arguments:  # suppress(...), pytest.raises(...)
                    yield set(_classes(names, argument.value)) - {None}
        inner = each


def _classes(
    names: TypedNames, caught: cst.BaseExpression | None
) -> Iterator[str | None]:
    if isinstance(caught, cst.Tuple):
        for element in caught.elements:
            yield from _classes(names, element.value)
    else:
        yield None if caught is None else names.qualified(caught)
