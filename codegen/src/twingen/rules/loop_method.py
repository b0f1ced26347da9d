"""What an event loop is asked for, beyond waiting for descriptors.

`loop.time()` becomes `time.monotonic()`; the methods that the twin's selector
has stay; every other one is refused.
"""

from __future__ import annotations

import libcst as cst

from ..kinds import LOOP
from ..rule import Refused, Site, rewrite

_KEPT = {
    "add_reader",
    "add_writer",
    "create_future",
    "is_closed",
    "remove_reader",
    "remove_writer",
}
_INSTEAD = {
    "getaddrinfo": "await asyncio.to_thread(socket.getaddrinfo, ...)",
    "run_in_executor": "await asyncio.to_thread(function, ...)",
    "create_task": "asyncio.create_task(...)",
    "call_later": "a wait with a timeout",
    "call_at": "a wait with a timeout",
}


@rewrite("TW307", cst.Attribute)
def ask_selector(site: Site[cst.Attribute]) -> cst.BaseExpression | None:
    if site.names.kind(site.old.value) != LOOP:
        return None
    method = site.old.attr.value
    if method in _KEPT:
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
