"""`async def` becomes `def`.

A coroutine function becomes a function, and an asynchronous generator becomes a
generator.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.sync_and_async_protocols import delegates
from .rule import Site, rewrite


@rewrite("TW103", cst.FunctionDef, tasks="threads")
def drop_async(site: Site[cst.FunctionDef]) -> cst.FunctionDef | None:
    if site.old.asynchronous is None or delegates(site.names, site.old):
        return None  # see `sync_protocol`
    return site.new.with_changes(asynchronous=None)
