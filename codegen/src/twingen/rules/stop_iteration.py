"""A `StopIteration` must not leave an `async def`, nor meet a `StopAsyncIteration`.

asyncio makes a RuntimeError of a `StopIteration` that leaves a coroutine; in the twin
it leaves as it is, and `__next__` and `except StopAsyncIteration` take it for the end
of an iteration. Refused are `raise StopIteration` in a coroutine, `next(values)` in
`__anext__`, and `next(values)` and `await anext(stream)` where `except` catches only
the other's end. Elsewhere `next(values)` stays: with nothing left it raises
StopIteration in the twin, and RuntimeError in asyncio.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from ..meaning.names import Names
from ..rule import Refused, Site, rewrite

_STOP, _ASYNC_STOP = "builtins.StopIteration", "builtins.StopAsyncIteration"
_EVERYTHING = {"builtins.Exception", "builtins.BaseException"}
_ENDLESS = {"itertools.count", "itertools.cycle"}
_FRAMES = (cst.FunctionDef, cst.GeneratorExp, cst.Lambda)


@rewrite("TW115", cst.Raise, cst.Call)
def refuse_leaving(site: Site[cst.Raise | cst.Call]) -> None:
    old, names = site.old, site.names
    if isinstance(old, cst.Call):
        stop = _end_of(names, old)
        if stop is not None:
            _check_call(names, old, stop)
    elif _raised(names, old) == _STOP and _leaves_coroutine(names, old):
        raise Refused(
            "asyncio makes a RuntimeError of a StopIteration that leaves a coroutine, "
            "and the twin does not",
            "raise StopAsyncIteration in __anext__, and another error elsewhere",
        )


def _check_call(names: Names, call: cst.Call, stop: str) -> None:
    """Refuse a call whose end of an iteration is another one in the twin."""
    other = _ASYNC_STOP if stop == _STOP else _STOP
    for caught in _caught(names, call):
        if stop in caught or not caught.isdisjoint(_EVERYTHING) or None in caught:
            return
        if other in caught:
            raise Refused(
                f"the twin catches what this raises at its end, {_last(stop)}, as "
                f"{_last(other)}",
                "catch both, give a default, or move it out of this `try`",
            )
    function = names.enclosing(call, cst.FunctionDef)
    is_next = function is not None and function.name.value == "__anext__"
    if stop == _STOP and is_next and _leaves_coroutine(names, call):
        raise Refused(
            "the StopIteration of next() ends the iteration in the twin, and is a "
            "RuntimeError in asyncio",
            "catch it and raise StopAsyncIteration, or give next() a default",
        )


def _end_of(names: Names, call: cst.Call) -> str | None:
    """Return what `next(x)` and `anext(x)` raise when nothing is left."""
    if len(call.args) != 1 or call.args[0].star:
        return None
    called = names.qualified(call.func)
    if called == "builtins.anext":
        return _ASYNC_STOP
    endless = names.kind(call.args[0].value) in _ENDLESS
    return _STOP if called == "builtins.next" and not endless else None


def _raised(names: Names, statement: cst.Raise) -> str | None:
    """Return the class that is raised, also by a `raise` alone."""
    raised = statement.exc
    if raised is None:
        handler = names.enclosing(statement, cst.ExceptHandler, cst.FunctionDef)
        raised = handler.type if isinstance(handler, cst.ExceptHandler) else None
    raised = raised.func if isinstance(raised, cst.Call) else raised
    return names.qualified(raised) if raised is not None else None


def _leaves_coroutine(names: Names, node: cst.CSTNode) -> bool:
    """Tell whether nothing in a coroutine function can catch a StopIteration."""
    frame = names.enclosing(node, *_FRAMES)
    if not isinstance(frame, cst.FunctionDef) or frame.asynchronous is None:
        return False
    if names.is_generator(frame):  # a RuntimeError in both
        return False
    catching = {_STOP, None, *_EVERYTHING}
    return all(caught.isdisjoint(catching) for caught in _caught(names, node))


def _caught(names: Names, node: cst.CSTNode) -> Iterator[set[str | None]]:
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


def _classes(names: Names, caught: cst.BaseExpression | None) -> Iterator[str | None]:
    if isinstance(caught, cst.Tuple):
        for element in caught.elements:
            yield from _classes(names, element.value)
    else:
        yield None if caught is None else names.qualified(caught)


def _last(qualified: str) -> str:
    return qualified.rpartition(".")[2]
