"""`f(x)` that may create a coroutine, and is not awaited here, becomes `later(f, x)`.

If `f` is a coroutine function, `later` returns a coroutine, whose body runs when it is
waited for. It calls any other function immediately. `map(f, xs)` is given a function
that does this for each element, and an exit stack is given one that waits.

The call becomes `deferred(f, x)` if `f` may be a function of the user, and its result
is passed to asyncio, awaited elsewhere, or tested for being awaitable. The user of the
twin writes a plain function there. Its body then runs at the time at which the body of
the coroutine function would run.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.awaitables import (
    is_kept,
    mapped,
    may_be_coroutine_function,
    may_make,
)
from ..analysis.calls.deferred_results import runs_later
from ..analysis.calls.library_calls import is_entered
from ..analysis.calls.manual_iteration import stepped
from ..analysis.types.typed_names import TypedNames
from ..syntax.parentheses import beside_another
from .rule import Site, rewrite

_LATER = "twingen.runtime.turns.dynamic_calls.later"
_DEFERRED = "twingen.runtime.turns.dynamic_calls.deferred"


@rewrite("TW402", cst.Call, tasks="turns")
def make_later(site: Site[cst.Call]) -> cst.Call | None:
    names, new = site.names, site.new
    if (registered := _callback(site)) is not None:
        return registered
    given = mapped(names, site.old)
    if given is not None:
        if not may_be_coroutine_function(names, site.libraries, given.value):
            return None
        partial = site.imports.name("functools.partial")
        function = new.args[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        each = site.imports.name(_maker(names, site.old, given.value))
        made = cst.Call(partial, [cst.Arg(each), function])
        return new.with_changes(args=[cst.Arg(made), *new.args[1:]])
    kept = is_kept(names, site.old)
    if kept and (step := stepped(site.old, new)) is not None:
        given_first = cst.Arg(site.imports.name(step[0]))
        return cst.Call(site.imports.name(_LATER), [given_first, *step[1]])
    if names.is_sync_only(site.old):
        return None  # written for the twin, where it is a plain call
    if is_entered(names, site.old):
        return None  # see `async_statement`
    if not kept or not may_make(names, site.libraries, site.old):
        return None
    called = new.func.with_changes(lpar=[], rpar=[])
    return new.with_changes(
        func=site.imports.name(_maker(names, site.old, site.old.func)),
        args=[cst.Arg(called), *beside_another(new.args)],
    )


def _maker(names: TypedNames, call: cst.Call, function: cst.BaseExpression) -> str:
    return _DEFERRED if runs_later(names, call, function) else _LATER


def _callback(site: Site[cst.Call]) -> cst.Call | None:
    """Return `stack.callback(awaited, f, x)` for `stack.push_async_callback(f, x)`."""
    old, new = site.old, site.new
    function = old.func
    if not isinstance(function, cst.Attribute) or not old.args:
        return None
    if function.attr.value != "push_async_callback":
        return None
    if old.args[0].keyword or old.args[0].star == "**":
        return None
    waiting = cst.Arg(site.imports.name("twingen.runtime.turns.dynamic_calls.awaited"))
    return new.with_changes(args=[waiting, *new.args])
