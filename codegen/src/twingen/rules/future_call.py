"""Futures and tasks are made by the loop, never by their class.

`asyncio.Future()` says neither which loop settles it nor who waits, and
`asyncio.Task(...)` is what `asyncio.create_task()` is for.
"""

from __future__ import annotations

import libcst as cst

from ..kinds import FUTURE, TASK
from ..rule import Refused, Site, rewrite

_INSTEAD = {
    FUTURE: "use loop.create_future() on a loop that you keep in a variable",
    TASK: "use asyncio.create_task()",
}


@rewrite("TW311", cst.Call)
def refuse_constructor(site: Site[cst.Call]) -> None:
    qualified = site.names.qualified(site.old.func)
    if qualified in _INSTEAD:
        raise Refused(f"{qualified}() is called directly", _INSTEAD[qualified])
