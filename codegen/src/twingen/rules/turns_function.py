"""`async def` becomes `def` with a decorator that marks what it was in the source.

With `tasks = "turns"` the runtime reads these marks:

- `@entry` is for coroutine functions that users call. A thread that has no turn waits
  for one.
- `@coroutine` is for other coroutine functions, and `@generator` for asynchronous
  generators.
- `@returns_awaitable` is for plain functions that may return a coroutine. A user who
  calls one gets the result, as one who awaits it in the async form.
- `@entry_generator` is for fixtures of pytest that yield. In the source the event loop
  runs each of their steps; in the twin each step waits for its turn.
- `@operator_method` is for coroutine functions that Python calls for an operator, such
  as `__getitem__`, `__add__` and `__get__`. The source awaits `a[b]`, now or
  later. Code of the twins gets a coroutine, and a user gets the result.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.awaitables import calls_around, hands_out, is_patch, waits_around
from ..analysis.calls.blocking_calls import may_block
from ..analysis.calls.function_kinds import is_operator
from ..analysis.calls.stop_iterations import lets_stop_out
from ..analysis.tasks.running_loop import asks_for_loop
from ..analysis.types.overloads import OVERLOADS
from ..analysis.types.sync_and_async_protocols import delegates
from ..analysis.types.type_parameters import AWAITABLE_TYPES, last_parameter
from ..syntax.nodes import find
from .rule import Site, rewrite

_TURNS = "twingen.runtime.turns"
_MAKES = f"{_TURNS}.dynamic_calls.makes_coroutine"
_WAITS = f"{_TURNS}.dynamic_calls.returns_awaitable"
_NEXT = f"{_TURNS}.iterators.decorated_next_method"
_TRANSPARENT = {"builtins.classmethod", "builtins.staticmethod", "typing.override"}
_ADDS_NOTHING = {*_TRANSPARENT, "abc.abstractmethod", "typing.final"}
_CALLED_BY_USERS = {"__aenter__", "__aexit__", "__anext__", "__call__"}
# The end of an iteration is told to who iterates, not to what is around the function.
_MARKS_OF_DECORATED = {"dynamic_calls.returns_awaitable", "function_kinds.coroutine"}
_PROPERTIES = {"builtins.property", "functools.cached_property"}


@rewrite("TW403", cst.FunctionDef, tasks="turns")
def mark(site: Site[cst.FunctionDef]) -> cst.FunctionDef | None:
    old, new = site.old, site.new
    if old.name.value == "__await__":
        return None  # see `awaitable_class`
    if delegates(site.names, old):
        return None  # see `sync_protocol`
    decorators = {
        site.names.qualified(_maker(each.decorator)) or "" for each in old.decorators
    }
    is_async = old.asynchronous is not None
    if decorators & OVERLOADS:
        return new.with_changes(asynchronous=None) if is_async else None
    mark = _mark(site, decorators)
    if mark is None:
        return new.with_changes(asynchronous=None) if is_async else None
    if not is_async:
        new = new.with_changes(returns=_returns(site))
    decorator = cst.Decorator(site.imports.name(f"{_TURNS}.{mark}"))
    marks = [decorator]
    around: list[cst.Decorator] = []
    if is_async and any(calls_around(site.names, each) for each in old.decorators):
        # What is no twin calls the function, and does the same as in the source.
        marks.insert(0, cst.Decorator(site.imports.name(_MAKES)))
        around = [cst.Decorator(site.imports.name(_WAITS))]
    elif is_async and (number := _waited_around(site)):
        above = max(len(new.decorators) - number, 0)  # some may have gone
        entry = cst.Decorator(site.imports.name(f"{_TURNS}.entry_points.entry"))
        around = [*new.decorators[:above], entry]
        new = new.with_changes(decorators=new.decorators[above:])
    if old.name.value == "__anext__" and mark in _MARKS_OF_DECORATED:
        around = [cst.Decorator(site.imports.name(_NEXT))]
    return new.with_changes(
        asynchronous=None, decorators=[*around, *new.decorators, *marks]
    )


def _waited_around(site: Site[cst.FunctionDef]) -> int:
    """Return how many decorators make a coroutine function that waits for the last.

    What `patch()` is given is waited for if it is a coroutine function still: what
    another decorator makes of one is not known, it may run a loop itself.
    """
    names, found = site.names, site.old.decorators
    above = len(found)
    while above and (
        is_patch(names, found[above - 1]) or waits_around(names, found[above - 1])
    ):
        above -= 1
    others = {names.qualified(_maker(each.decorator)) or "" for each in found[:above]}
    marks = {each for each in others if each.startswith("pytest.mark.")}
    if above < len(found):
        return len(found) - (0 if others <= _TRANSPARENT | marks else above)
    return len(found) if any(waits_around(names, each) for each in found) else 0


def _mark(site: Site[cst.FunctionDef], decorators: set[str]) -> str | None:
    function, names = site.old, site.names
    if any(each.startswith("pytest") and "fixture" in each for each in decorators):
        if function.asynchronous is None:
            return None
        # pytest itself asks what kind of function it is.
        kind = "entry_generator" if names.is_generator(function) else "entry"
        return f"entry_points.{kind}"
    if function.asynchronous is None:
        if decorators & _PROPERTIES or is_operator(function.name.value):
            return None
        if function.name.value == "__aiter__" and _is_method(site):
            return "function_kinds.iter_method"
        if hands_out(names, site.libraries, function):
            is_next = function.name.value == "__anext__"
            if is_next and not decorators - _ADDS_NOTHING:
                return "iterators.plain_next_method"
            return "dynamic_calls.returns_awaitable"
        guarded = not decorators - _TRANSPARENT and _shares_state(site)
        return "entry_points.guarded" if guarded else None
    if names.is_generator(function):
        return "generators.generator"
    if function.name.value == "__anext__":
        alone = not decorators - _ADDS_NOTHING
        return "iterators.next_method" if alone else "function_kinds.coroutine"
    if is_operator(function.name.value) and _is_method(site):
        return "operator_methods.operator_method"
    wrapped = _is_for_users(site) or lets_stop_out(names, function)
    return "entry_points.entry" if wrapped else "function_kinds.coroutine"


def _is_method(site: Site[cst.FunctionDef]) -> bool:
    return isinstance(
        site.names.enclosing(site.old, cst.ClassDef, cst.FunctionDef), cst.ClassDef
    )


def _shares_state(site: Site[cst.FunctionDef]) -> bool:
    """Return whether a plain function changes what tasks see, when a user calls it.

    So does one that calls or assigns anything in a class with coroutine functions. A
    function that asks whether a loop runs must be told the truth, and one that runs a
    loop, or waits for another thread, must not keep tasks from going on.
    """
    function, names = site.old, site.names
    owner = names.enclosing(function, cst.ClassDef, cst.FunctionDef, cst.Lambda)
    if function.name.value.startswith("_") or names.is_generator(function):
        return False
    if not isinstance(owner, cst.ClassDef) or asks_for_loop(names, function):
        return False
    if not any(
        isinstance(each, cst.FunctionDef) and each.asynchronous is not None
        for each in owner.body.body
    ):
        return False
    if may_block(names, function):
        return False
    changes = (cst.AssignTarget, cst.AugAssign, cst.Call, cst.Del)
    return any(find(function.body, each) for each in changes)


def _is_for_users(site: Site[cst.FunctionDef]) -> bool:
    name = site.old.name.value
    if site.names.enclosing(site.old, cst.FunctionDef, cst.Lambda) is not None:
        return False
    return not name.startswith("_") or name in _CALLED_BY_USERS


def _returns(site: Site[cst.FunctionDef]) -> cst.Annotation | None:
    """Return the annotation of what a user is given, who does not await."""
    old, new = site.old.returns, site.new.returns
    if old is None or new is None:
        return new
    annotation, twin = old.annotation, new.annotation
    if (
        isinstance(annotation, cst.Subscript)
        and isinstance(twin, cst.Subscript)
        and site.names.qualified(annotation.value) in AWAITABLE_TYPES
    ):
        return new.with_changes(annotation=last_parameter(twin))
    return new


def _maker(decorator: cst.BaseExpression) -> cst.BaseExpression:
    return decorator.func if isinstance(decorator, cst.Call) else decorator
