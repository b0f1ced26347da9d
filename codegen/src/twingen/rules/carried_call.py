"""`f(x)` that may make a coroutine and is not awaited there becomes `later(f, x)`.

The runtime makes a coroutine of the call of a coroutine function, whose body runs when
it is waited for; any other function is called at once. `map(f, xs)` is given a function
that does so for each, and an exit stack one that waits.
"""

from __future__ import annotations

import libcst as cst

from ..meaning.awaitables import (
    is_kept,
    mapped,
    may_be_coroutine_function,
    may_make,
)
from ..meaning.iteration import stepped
from ..rule import Site, rewrite
from ..syntax.parentheses import beside_another

_LATER = "twingen.runtime.turns.calls.later"


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
        maker = cst.Call(partial, [cst.Arg(site.imports.name(_LATER)), function])
        return new.with_changes(args=[cst.Arg(maker), *new.args[1:]])
    kept = is_kept(names, site.old)
    if kept and (step := stepped(site.old, new)) is not None:
        given_first = cst.Arg(site.imports.name(step[0]))
        return cst.Call(site.imports.name(_LATER), [given_first, *step[1]])
    if names.is_sync_only(site.old):
        return None  # written for the twin, where it is a plain call
    if not kept or not may_make(names, site.libraries, site.old):
        return None
    called = new.func.with_changes(lpar=[], rpar=[])
    return new.with_changes(
        func=site.imports.name(_LATER),
        args=[cst.Arg(called), *beside_another(new.args)],
    )


def _callback(site: Site[cst.Call]) -> cst.Call | None:
    """Return `stack.callback(awaited, f, x)` for `stack.push_async_callback(f, x)`."""
    old, new = site.old, site.new
    function = old.func
    if not isinstance(function, cst.Attribute) or not old.args or old.args[0].star:
        return None
    if function.attr.value != "push_async_callback" or old.args[0].keyword:
        return None
    waiting = cst.Arg(site.imports.name("twingen.runtime.turns.calls.awaited"))
    return new.with_changes(args=[waiting, *new.args])
