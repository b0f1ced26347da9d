"""`await event.wait()` for a file descriptor becomes `loop.wait_event(event)`.

This is done for an event that `loop.add_reader(fd, event.set)` sets. The twin waits for
the selector of the loop until the descriptor is ready. Any other event is an event of
`threading`, and `event.wait()` stays as it is.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.descriptor_readiness import loop_that_sets
from .rule import Site, rewrite
from .shared.timeouts import event_wait


@rewrite("TW305", cst.Call, tasks="threads")
def wait_in_selector(site: Site[cst.Call]) -> cst.BaseExpression | None:
    function = site.old.func
    if not (isinstance(function, cst.Attribute) and function.attr.value == "wait"):
        return None
    if not site.is_awaited() or site.names.kind(function.value) != "asyncio.Event":
        return None
    if loop_that_sets(site.names, function.value) is None:
        return None
    return event_wait(site, function.value, None)
