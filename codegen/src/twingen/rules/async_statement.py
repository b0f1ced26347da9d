"""`async for` and `async with` become `for` and `with`.

Their iterables and context managers have the sync protocol in the twin
(`dunder_method`). The rule `timeout_block` converts `async with asyncio.timeout()`.

With `tasks = "turns"`, an object of a library may block. Other tasks go on while it
does:

| In the source | It is of a library | Decided at run time |
|---|---|---|
| `async for x in xs` | `for x in blocking_each(xs)` | `for x in each_of(xs)` |
| `async with f(x)` | `with blocking_opening(f, x)` | `with opening(f, x)` |
| `async with x` | | `with entering(x)` |

`asyncio.as_completed()` returns an object for both kinds of loops. A plain `for` gets
awaitables. `async for` gets the futures themselves, and becomes a `for` over
`iterated()` of the object.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.library_calls import entered_by, iterated_by
from ..syntax.parentheses import bare, beside_another
from .rule import Site, rewrite
from .shared.timeouts import is_timeout_block


@rewrite("TW104", cst.For, cst.With)
def drop_async(site: Site[cst.For | cst.With]) -> cst.For | cst.With | None:
    old, new = site.old, site.new
    if old.asynchronous is None:
        return None
    if site.tasks == "threads" and is_timeout_block(old, site.names):
        return None
    if isinstance(old, cst.For) and isinstance(new, cst.For):
        helper = iterated_by(site.names, site.libraries, old.iter, site.tasks)
        if helper is not None:
            called = cst.Call(site.imports.name(helper), [cst.Arg(bare(new.iter))])
            new = new.with_changes(iter=called)
    elif isinstance(new, cst.With) and site.tasks == "turns":
        assert isinstance(old, cst.With)
        pairs = zip(old.items, new.items, strict=True)
        new = new.with_changes(items=[_entered(site, *pair) for pair in pairs])
    return new.with_changes(asynchronous=None)


def _entered(
    site: Site[cst.For | cst.With], old: cst.WithItem, new: cst.WithItem
) -> cst.WithItem:
    """Return what `with` enters in place of an item of `async with`."""
    helper = entered_by(site.names, site.libraries, old.item)
    if helper is None:
        return new
    function, item = site.imports.name(helper), new.item
    if isinstance(old.item, cst.Call) and isinstance(item, cst.Call):
        arguments = [cst.Arg(bare(item.func)), *beside_another(item.args)]
        return new.with_changes(item=item.with_changes(func=function, args=arguments))
    return new.with_changes(item=cst.Call(function, [cst.Arg(bare(item))]))
