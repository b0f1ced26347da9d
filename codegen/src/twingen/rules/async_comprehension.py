"""`[x async for x in xs]` becomes `[x for x in xs]`.

An asynchronous generator expression becomes a plain one: both evaluate the
first iterable at once and the rest while they are consumed.
"""

from __future__ import annotations

import libcst as cst

from ..meaning.iteration import ITERATED, gives_futures
from ..rule import Site, rewrite


@rewrite("TW105", cst.CompFor)
def drop_async(site: Site[cst.CompFor]) -> cst.CompFor | None:
    if site.old.asynchronous is None:
        return None
    new = site.new.with_changes(asynchronous=None)
    if gives_futures(site.names, site.old.iter):
        futures = cst.Call(site.imports.name(ITERATED), [cst.Arg(new.iter)])
        return new.with_changes(iter=futures)
    return new
