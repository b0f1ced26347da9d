"""`asyncio.gather(f(x), g(y))` becomes `gather(partial(f, x), partial(g, y))`.

Each call runs in a thread of its own; results come in the order of the
arguments, and the first exception is raised as soon as it happens unless
`return_exceptions=True`. A starred list hides which calls to start.
"""

from __future__ import annotations

import libcst as cst

from ..kinds import TASK
from ..rule import Refused, Site, rewrite
from ..started import function_and_arguments


@rewrite("TW310", cst.Call)
def gather_in_threads(site: Site[cst.Call]) -> cst.Call | None:
    if site.names.qualified(site.old.func) != "asyncio.gather":
        return None
    if not site.is_awaited():
        raise Refused("asyncio.gather() is not awaited here", "await it in place")
    pairs = zip(site.old.args, site.new.args, strict=True)
    function = site.imports.name("twingen.runtime.tasks.gather")
    return site.new.with_changes(
        func=function, args=[_started(site, old, new) for old, new in pairs]
    )


def _started(site: Site[cst.Call], old: cst.Arg, new: cst.Arg) -> cst.Arg:
    if old.keyword is not None:
        return new
    if old.star:
        raise Refused(
            "asyncio.gather() over a starred list cannot be started in threads here",
            "start each one with asyncio.create_task() and await them in turn",
        )
    if site.names.kind(old.value) == TASK:
        return new.with_changes(value=cst.Attribute(new.value, cst.Name("result")))
    started = function_and_arguments(site, old, new)
    if len(started) == 1:
        return new.with_changes(value=started[0].value)
    partial = site.imports.name("functools.partial")
    return new.with_changes(value=cst.Call(partial, started))
