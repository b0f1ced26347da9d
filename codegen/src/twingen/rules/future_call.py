"""Futures, tasks, streams and servers are made by functions, never by their class.

`asyncio.Future()` says neither which loop settles it nor who waits, and
`asyncio.Task(...)` is what `asyncio.create_task()` is for. A stream made by hand is
fed by a protocol, which the twin has none of.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.value_types import FUTURE, PROCESS, READER, SERVER, TASK, WRITER
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
