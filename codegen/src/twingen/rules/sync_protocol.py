"""A sync method beside its asynchronous form is left out if it has no use of its own.

This is done for

- an `__enter__` that only raises ("use async with"), and its `__exit__`;
- a method that does the same as the asynchronous one without its awaits.

The twin of the asynchronous method takes its place. If the asynchronous method only
calls the sync one, it is left out itself
(`async def __aexit__(self, *exc): return self.__exit__(*exc)`).

If both methods do something, the class is refused (`dunder_method`). So is a subclass
that adds `__enter__` to a base class with `__aenter__`.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.sync_and_async_protocols import delegates, gives_way, hides
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW118", cst.FunctionDef)
def leave_out(
    site: Site[cst.FunctionDef],
) -> cst.RemovalSentinel | cst.SimpleStatementLine | None:
    if gives_way(site.names, site.old) or delegates(site.names, site.old):
        block = site.names.parent(site.old)
        alone = isinstance(block, cst.IndentedBlock) and len(block.body) == 1
        if alone:
            return cst.SimpleStatementLine([cst.Pass()])
        return cst.RemovalSentinel.REMOVE
    hidden = hides(site.names, site.old)
    if hidden is not None:
        raise Refused(
            f"{site.old.name.value} would hide the twin of {hidden}, of the same name",
            "keep one protocol, or mark this method `# twingen: async-only`",
            node=site.old.name,
        )
    return None
