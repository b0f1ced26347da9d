"""`await x` becomes a plain call if that is proven to be enough (`tasks = "turns"`).

- `await f(x)` becomes `f(x)` if every function that may be called is a coroutine
  function of the sources.
- `await f(x)` becomes `awaited(f, x)` if that is not proven. This decides at run time:
  the body of a coroutine function is run, and what any other function returns is
  waited for.
- `await f(x)` becomes `blocking(f, x)` if the function is of a library that has sync
  counterparts. Other tasks go on while it blocks.
- `await task` becomes `await_(task)`.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.awaitables import is_proven
from ..analysis.calls.coroutine_calls import is_property, may_be_property
from ..analysis.calls.library_calls import what_does
from ..analysis.calls.manual_iteration import stepped
from ..analysis.calls.patched_functions import is_patched
from ..syntax.parentheses import bare, beside_another, in_place_of
from .rule import Site, rewrite

_CALLS = "twingen.runtime.turns.dynamic_calls"


@rewrite("TW401", cst.Await, tasks="turns")
def wait_for(site: Site[cst.Await]) -> cst.BaseExpression | None:
    old, new = site.old.expression, site.new.expression
    if is_property(site.names, old):
        return None  # see `async_property`
    if isinstance(old, cst.Call) and (step := stepped(old, new)) is not None:
        new = _called(site, *step)
    elif isinstance(old, cst.Call) and isinstance(new, cst.Call):
        new = _call(site, old, new)
    elif isinstance(old, cst.Call):
        pass  # another rule made a value of it
    elif isinstance(old, cst.Attribute) and may_be_property(site.names, old):
        body = new.with_changes(lpar=[], rpar=[])
        new = _called(site, f"{_CALLS}.awaited", [cst.Arg(cst.Lambda(_NONE, body))])
    else:
        new = _called(site, f"{_CALLS}.await_", [cst.Arg(bare(new))])
    return in_place_of(site.new, new, site.names.parent(site.old))


_NONE = cst.Parameters()


def _call(site: Site[cst.Await], old: cst.Call, new: cst.Call) -> cst.BaseExpression:
    """Return what the twin does for an awaited call."""
    called = site.names.qualified(old.func) or ""
    if is_patched(site.names.definitions, called):
        return _handed(site, f"{_CALLS}.awaited", new)
    foreign = what_does(site.names, site.libraries, old.func)
    if foreign is None:
        if is_proven(site.names, old):
            return new
        made = site.names.qualified(old.func) or ""
        if site.names.definitions.has_member(made, "__await__"):
            return _called(site, f"{_CALLS}.await_", [cst.Arg(bare(new))])
        return _handed(site, f"{_CALLS}.awaited", new)
    if foreign == "waits":
        return new
    if foreign == "gives":
        return _called(site, f"{_CALLS}.await_", [cst.Arg(bare(new))])
    return _handed(site, "twingen.runtime.turns.blocking_calls.blocking", new)


def _handed(site: Site[cst.Await], dotted: str, call: cst.Call) -> cst.Call:
    """Return `dotted(f, x)` for the call `f(x)`, whose layout it keeps."""
    arguments = [cst.Arg(bare(call.func)), *beside_another(call.args)]
    return call.with_changes(func=site.imports.name(dotted), args=arguments)


def _called(site: Site[cst.Await], dotted: str, arguments: list[cst.Arg]) -> cst.Call:
    return cst.Call(site.imports.name(dotted), arguments)
