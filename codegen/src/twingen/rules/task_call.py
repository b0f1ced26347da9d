"""`asyncio.create_task(f(x))` becomes `Task(f, x)`: a thread.

Arguments are evaluated at once, as in the async form; context variables are
copied. `await task` becomes `task.wait()`.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Refused, Site, rewrite
from ..started import function_and_arguments


@rewrite("TW309", cst.Call)
def start_thread(site: Site[cst.Call]) -> cst.Call | None:
    if site.names.qualified(site.old.func) != "asyncio.create_task":
        return None
    if len(site.old.args) != 1:
        raise Refused(
            "asyncio.create_task() can be given the coroutine call alone",
            "leave out name= and context=",
        )
    started = function_and_arguments(site, site.old.args[0], site.new.args[0])
    task = site.imports.name("twingen.runtime.tasks.Task")
    return site.new.with_changes(func=task, args=started)
