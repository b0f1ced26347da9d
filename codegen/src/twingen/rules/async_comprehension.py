"""`[x async for x in xs]` becomes `[x for x in xs]`.

An asynchronous generator expression becomes a plain one: both evaluate the
first iterable at once and the rest while they are consumed.
"""

from __future__ import annotations

import libcst as cst

from ..meaning.iteration import ITERATED, has_two_iterators
from ..rule import Site, rewrite


@rewrite("TW105", cst.CompFor)
def drop_async(site: Site[cst.CompFor]) -> cst.CompFor | None:
    if site.old.asynchronous is None:
        return None
    new = site.new
    if site.tasks == "turns" and has_two_iterators(site.names, site.old.iter):
        iterated = cst.Call(site.imports.name(ITERATED), [cst.Arg(new.iter)])
        new = new.with_changes(iter=iterated)
    return new.with_changes(asynchronous=None)
