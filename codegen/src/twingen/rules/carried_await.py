"""`await x` where tasks take turns: plain where it is proven, else decided at run time.

`await f(x)` becomes `f(x)` where every function that may be called is a coroutine
function of the sources, and `awaited(f, x)` where that is not shown: the runtime runs
the body of a coroutine function, and waits for what any other gives. `await task`
becomes `await_(task)`. A call of a library that has sync counterparts becomes
`blocking(f, x)`, so that other tasks go on meanwhile.
"""

from __future__ import annotations

import sys

import libcst as cst

from ..meaning.awaitables import PROTOCOLS, is_proven
from ..meaning.coroutines import METHODS, is_property, may_be_property, owner_of
from ..meaning.iteration import stepped
from ..meaning.kinds import TASK_GROUP
from ..rule import Site, rewrite
from ..syntax.parentheses import beside_another, in_place_of

_CALLS = "twingen.runtime.turns.calls"


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
        new = _called(site, f"{_CALLS}.await_", [cst.Arg(_bare(new))])
    return in_place_of(site.new, new, site.names.parent(site.old))


_NONE = cst.Parameters()


def _call(site: Site[cst.Await], old: cst.Call, new: cst.Call) -> cst.BaseExpression:
    """Return what the twin does for an awaited call."""
    foreign = _foreign(site, old.func)
    if foreign is None:
        if is_proven(site.names, old):
            return new
        made = site.names.qualified(old.func) or ""
        if site.names.definitions.has_member(made, "__await__"):
            return _called(site, f"{_CALLS}.await_", [cst.Arg(_bare(new))])
        return _handed(site, f"{_CALLS}.awaited", new)
    if foreign == "waits":
        return new
    if foreign == "gives":
        return _called(site, f"{_CALLS}.await_", [cst.Arg(_bare(new))])
    return _handed(site, "twingen.runtime.turns.entries.blocking", new)


def _foreign(site: Site[cst.Await], function: cst.BaseExpression) -> str | None:
    """Tell what a function of a library does, `None` of one of the sources.

    It waits itself, it gives what has to be waited for, or it blocks.
    """
    names = site.names
    imported = names.imported(function)
    outside = [e for e in imported if names.definitions.module_of(e) is None]
    for each in outside:
        verdict = site.libraries.verdict(each)
        if verdict and verdict.call:
            return None  # what it calls may be one of the sources
        becomes = verdict.becomes if verdict else ""
        of_runtime = becomes.startswith("twingen.runtime.")
        if of_runtime or each.partition(".")[0] in sys.stdlib_module_names:
            if verdict and verdict.coroutine:
                return "waits"
            # What another function calls may be one of the sources.
            return "gives" if of_runtime or each.startswith("asyncio.") else None
        return "blocks"
    if outside or imported:
        return None
    if names.qualified(function) in ("builtins.anext",):
        return "waits"
    if not isinstance(function, cst.Attribute):
        return None
    kind = owner_of(names, function) or names.owner(function.value)
    if kind is None or names.definitions.module_of(kind) is not None:
        return None
    member = function.attr.value
    if kind.startswith("asyncio.") and member in PROTOCOLS:
        return "waits"
    if kind in METHODS:
        return "waits" if member in METHODS[kind] else "gives"
    if kind == TASK_GROUP:
        return "gives"
    known = site.libraries.verdict(kind)
    home = kind.partition(".")[0]
    if known is not None and home not in sys.stdlib_module_names:
        return "blocks"
    return None


def _handed(site: Site[cst.Await], dotted: str, call: cst.Call) -> cst.Call:
    """Return `dotted(f, x)` for the call `f(x)`, whose layout it keeps."""
    arguments = [cst.Arg(_bare(call.func)), *beside_another(call.args)]
    return call.with_changes(func=site.imports.name(dotted), args=arguments)


def _called(site: Site[cst.Await], dotted: str, arguments: list[cst.Arg]) -> cst.Call:
    return cst.Call(site.imports.name(dotted), arguments)


def _bare(value: cst.BaseExpression) -> cst.BaseExpression:
    """Return an argument without the parentheses that held it together."""
    if isinstance(value, (cst.GeneratorExp, cst.NamedExpr, cst.Yield, cst.Tuple)):
        return value
    if "\n" in cst.Module([]).code_for_node(value):
        return value
    return value.with_changes(lpar=[], rpar=[])
