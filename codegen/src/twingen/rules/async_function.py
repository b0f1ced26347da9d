"""`async def` becomes `def`.

A coroutine function becomes a function, an asynchronous generator a generator.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Site, rewrite


@rewrite("TW103", cst.FunctionDef, tasks="threads")
def drop_async(site: Site[cst.FunctionDef]) -> cst.FunctionDef | None:
    if site.old.asynchronous is None:
        return None
    return site.new.with_changes(asynchronous=None)
