"""What an event loop is asked for, beyond waiting for descriptors.

`loop.time()` becomes `time.monotonic()`; the methods that the twin's selector
has stay; every other one is refused.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Refused, Site, rewrite
from ..started import is_loop

_KEPT = {
    "add_reader",
    "add_writer",
    "create_future",
    "is_closed",
    "remove_reader",
    "remove_writer",
}
# Rules of their own: `executor_call` and `task_call`.
_CALLED = {"create_task", "run_in_executor"}
_INSTEAD = {
    "getaddrinfo": "await asyncio.to_thread(socket.getaddrinfo, ...)",
    "run_in_executor": "await asyncio.to_thread(function, ...)",
    "create_task": "asyncio.create_task(f())",
    "call_later": "a wait with a timeout",
    "call_at": "a wait with a timeout",
}


@rewrite("TW307", cst.Attribute)
def ask_selector(site: Site[cst.Attribute]) -> cst.BaseExpression | None:
    if not is_loop(site.names, site.old.value):
        return None
    method = site.old.attr.value
    if method in _KEPT:
        return None
    parent = site.names.parent(site.old)
    if method in _CALLED and isinstance(parent, cst.Call) and parent.func is site.old:
        return None
    if method == "time":
        return site.imports.name("time.monotonic")
    raise Refused(
        f"{method}() of the event loop has no counterpart in the twin's selector",
        (
            f"use {_INSTEAD[method]}"
            if method in _INSTEAD
            else "move it to code marked `# twingen: async-only`"
        ),
    )
