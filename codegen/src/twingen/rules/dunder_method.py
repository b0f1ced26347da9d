"""The asynchronous protocols become the sync ones.

`__aenter__`, `__aexit__`, `__aiter__` and `__anext__` lose their `a` where they are
defined and where they are called. A class that defines both forms is refused. So is a
class with `__await__`, because the twin has no event loop to which an awaitable object
could yield.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.symbols.async_protocols import DUNDERS
from ..analysis.types.sync_and_async_protocols import sync_beside
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW106", cst.Name)
def rename_dunder(site: Site[cst.Name]) -> cst.Name | None:
    parent = site.names.parent(site.old)
    is_attribute = isinstance(parent, cst.Attribute) and parent.attr is site.old
    if not (is_attribute or site.names.is_reference(site.old)):
        return None
    if site.old.value == "__await__":
        if site.tasks == "turns":
            return None  # the runtime waits for what it yields
        raise Refused(
            "an object that defines or calls __await__ uses the event loop directly",
            "make it a coroutine function, or mark the definition "
            "`# twingen: async-only`",
        )
    sync = DUNDERS.get(site.old.value)
    if sync is None:
        return None
    is_definition = not is_attribute and site.names.is_definition(site.old)
    hidden = sync_beside(site.names, site.old) if is_definition else None
    if hidden == sync:
        raise Refused(
            f"the class defines both {site.old.value} and {sync}",
            f"keep one protocol, or mark {sync} `# twingen: async-only`",
        )
    if hidden is not None:
        raise Refused(
            f"{site.old.value} becomes {sync} in the twin, which would hide {hidden} "
            "of a base",
            "give the class another base, or keep an object of that base in an "
            "attribute",
        )
    return site.new.with_changes(value=sync)
