"""`[x async for x in xs]` becomes `[x for x in xs]`.

An asynchronous generator expression becomes a plain one. Both evaluate the first
iterable immediately, and the rest while they are consumed.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.library_calls import iterated_by
from ..syntax.parentheses import bare
from .rule import Site, rewrite


@rewrite("TW105", cst.CompFor)
def drop_async(site: Site[cst.CompFor]) -> cst.CompFor | None:
    if site.old.asynchronous is None:
        return None
    new = site.new.with_changes(asynchronous=None)
    helper = iterated_by(site.names, site.libraries, site.old.iter, site.tasks)
    if helper is None:
        return new
    called = cst.Call(site.imports.name(helper), [cst.Arg(bare(new.iter))])
    return new.with_changes(iter=called)
