"""`asyncio.gather(f(x), g(y))` becomes `gather(partial(f, x), partial(g, y))`.

Each call runs in a thread of its own, and tasks are waited for. The results are in the
order of the arguments. The first exception is raised as soon as it happens, unless
`return_exceptions=True`.

A starred comprehension of calls (`*[f(x) for x in xs]`) and a starred list of tasks are
converted as well. Other starred arguments are refused, because they do not show which
calls to start.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.type_inference import TASK
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.thread_starts import function_and_arguments


@rewrite("TW310", cst.Call, tasks="threads")
def gather_in_threads(site: Site[cst.Call]) -> cst.Call | None:
    if site.names.qualified(site.old.func) != "asyncio.gather":
        return None
    if not site.is_awaited():
        raise Refused("asyncio.gather() is not awaited here", "await it in place")
    pairs = zip(site.old.args, site.new.args, strict=True)
    started = [_started(site, old, new) for old, new in pairs]
    function = site.imports.name("twingen.runtime.tasks.gather")
    return site.new.with_changes(func=function, args=started)


def _started(site: Site[cst.Call], old: cst.Arg, new: cst.Arg) -> cst.Arg:
    if old.keyword is not None:
        return new
    if old.star:
        return new.with_changes(value=_each_started(site, old, new))
    if site.names.kind(old.value) == TASK:
        return new.with_changes(value=cst.Attribute(new.value, cst.Name("wait")))
    return new.with_changes(value=_later(site, old.value, new.value))


def _later(
    site: Site[cst.Call], old: cst.BaseExpression, new: cst.BaseExpression
) -> cst.BaseExpression:
    """Return what a thread calls to make the call `f(x)`."""
    started = function_and_arguments(site, cst.Arg(old), cst.Arg(new))
    if len(started) == 1:
        return started[0].value
    return cst.Call(site.imports.name("functools.partial"), started)


def _each_started(
    site: Site[cst.Call], old: cst.Arg, new: cst.Arg
) -> cst.BaseExpression:
    comprehensions = (cst.ListComp, cst.SetComp, cst.GeneratorExp)
    if isinstance(old.value, comprehensions) and isinstance(old.value.elt, cst.Call):
        assert isinstance(new.value, comprehensions)
        changed = _later(site, old.value.elt, new.value.elt)
        return new.value.with_changes(elt=changed)
    if site.names.element_kind(old.value) == TASK:
        wait = cst.Attribute(
            site.imports.name("twingen.runtime.tasks.Task"), cst.Name("wait")
        )
        partial = site.imports.name("functools.partial")
        each = cst.Name(site.imports.free_name("task"))
        return cst.ListComp(
            cst.Call(partial, [cst.Arg(wait), cst.Arg(each)]),
            cst.CompFor(each, new.value),
        )
    raise Refused(
        "asyncio.gather() over this starred list cannot be started in threads here",
        "write the calls in place, `*[f(x) for x in xs]`, or annotate the list as "
        "list[asyncio.Task[...]]",
    )
