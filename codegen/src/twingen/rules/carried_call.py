"""`f(x)` that may make a coroutine and is not awaited there becomes `later(f, x)`.

The runtime makes a coroutine of the call of a coroutine function, whose body runs when
it is waited for; any other function is called at once. `map(f, xs)` is given a function
that does so for each.
"""

from __future__ import annotations

import libcst as cst

from ..meaning.awaitables import (
    is_forgotten,
    is_kept,
    mapped,
    may_be_coroutine_function,
    may_make,
)
from ..meaning.iteration import ANEXT, stepped
from ..rule import Site, rewrite

_LATER = "twingen.runtime.turns.calls.later"


@rewrite("TW402", cst.Call, tasks="turns")
def make_later(site: Site[cst.Call]) -> cst.Call | None:
    names, new = site.names, site.new
    given = mapped(names, site.old)
    if given is not None:
        if not may_be_coroutine_function(names, site.libraries, given.value):
            return None
        partial = site.imports.name("functools.partial")
        maker = cst.Call(partial, [cst.Arg(site.imports.name(_LATER)), new.args[0]])
        return new.with_changes(args=[cst.Arg(maker), *new.args[1:]])
    kept = is_kept(names, site.old)
    if kept and (iterator := stepped(site.old, new)) is not None:
        step = cst.Arg(site.imports.name(ANEXT))
        return cst.Call(site.imports.name(_LATER), [step, cst.Arg(iterator)])
    if kept:
        carried = may_make(names, site.libraries, site.old)
    else:
        carried = is_forgotten(names, site.libraries, site.old)
    if not carried:
        return None
    function = new.func.with_changes(lpar=[], rpar=[])
    return new.with_changes(
        func=site.imports.name(_LATER), args=[cst.Arg(function), *new.args]
    )
