"""`async with asyncio.timeout(delay)` becomes `with Deadline(delay)`.

`timeout_at(loop.time() + delay)` becomes `Deadline.at(time.monotonic() + delay)`.

Every await in the block gets the time that is left. So each must be a call that can
take a timeout (`wait_for_call`). `async for`, `async with` and another timeout inside
the block are refused.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from ..syntax.nodes import find
from .rule import Site, rewrite
from .shared.timeouts import (
    deadline_name,
    enclosing_deadline,
    is_timeout_block,
)


@rewrite("TW303", cst.With, tasks="threads")
def with_deadline(site: Site[cst.With]) -> cst.With | None:
    if not is_timeout_block(site.old, site.names):
        return None
    if len(site.old.items) != 1 or enclosing_deadline(site, site.old):
        raise Refused(
            "asyncio.timeout() shares its block with another context manager",
            "give it a `with` statement of its own, and no timeout inside another",
        )
    loops = [loop for loop in find(site.old.body, cst.For) if loop.asynchronous]
    blocks = [block for block in find(site.old.body, cst.With) if block.asynchronous]
    parts = [part for part in find(site.old.body, cst.CompFor) if part.asynchronous]
    for statement in [*loops, *blocks, *parts]:
        raise Refused(
            "this statement awaits where no deadline can be passed",
            "move it out of the timeout block",
            node=statement,
        )
    item = site.new.items[0]
    assert isinstance(item.item, cst.Call)
    name = cst.Name(deadline_name(site, site.old))
    function = site.imports.name("twingen.runtime.deadline.Deadline")
    old = site.old.items[0].item
    assert isinstance(old, cst.Call)
    if site.names.qualified(old.func) == "asyncio.timeout_at":
        function = cst.Attribute(function, cst.Name("at"))
    changed = item.with_changes(
        item=item.item.with_changes(func=function),
        asname=cst.AsName(cst.Name(name.value)),
    )
    return site.new.with_changes(asynchronous=None, items=[changed])
