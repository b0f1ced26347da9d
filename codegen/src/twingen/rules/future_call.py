"""Futures, tasks, streams and servers must be created by functions, not by classes.

`asyncio.Future()` shows neither which loop settles it nor who waits for it. Use
`asyncio.create_task()` in place of `asyncio.Task(...)`. A stream that is created by its
class gets its data from a protocol, and the twin has no protocols.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.type_inference import (
    FUTURE,
    PROCESS,
    READER,
    SERVER,
    TASK,
    WRITER,
)
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_INSTEAD = {
    FUTURE: "use loop.create_future() on a loop that you keep in a variable",
    PROCESS: "use asyncio.create_subprocess_exec()",
    READER: "use asyncio.open_connection() or asyncio.start_server()",
    SERVER: "use asyncio.start_server()",
    TASK: "use asyncio.create_task()",
    WRITER: "use asyncio.open_connection() or asyncio.start_server()",
}


@rewrite("TW311", cst.Call, tasks="threads")
def refuse_constructor(site: Site[cst.Call]) -> None:
    qualified = site.names.qualified(site.old.func)
    if qualified in _INSTEAD:
        raise Refused(f"{qualified}() is called directly", _INSTEAD[qualified])
