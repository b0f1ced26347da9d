"""`async for` and `async with` become `for` and `with`.

Their iterables and context managers have the sync protocol in the twin
(`dunder_method`). What `asyncio.as_completed()` gives has both: awaitables for a plain
`for`, and the futures themselves for `async for`, which becomes `for` over `iterated()`
of it where tasks take turns. `async with asyncio.timeout()` is left to
`timeout_block`.
"""

from __future__ import annotations

import libcst as cst

from ..meaning.iteration import ITERATED, gives_futures
from ..meaning.timed import is_timeout_block
from ..rule import Site, rewrite


@rewrite("TW104", cst.For, cst.With)
def drop_async(site: Site[cst.For | cst.With]) -> cst.For | cst.With | None:
    if site.old.asynchronous is None:
        return None
    if site.tasks == "threads" and is_timeout_block(site.old, site.names):
        return None
    new = site.new.with_changes(asynchronous=None)
    if isinstance(site.old, cst.For) and gives_futures(site.names, site.old.iter):
        assert isinstance(new, cst.For)
        futures = cst.Call(site.imports.name(ITERATED), [cst.Arg(new.iter)])
        return new.with_changes(iter=futures)
    return new
