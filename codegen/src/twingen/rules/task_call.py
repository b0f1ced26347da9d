"""`asyncio.create_task(f(x))` becomes `Task(f, x)`: a thread.

So does `loop.create_task(f(x))`; `tg.create_task(f(x))` of a task group becomes
`tg.create_task(f, x)`. Arguments are evaluated at once, as in the async form;
context variables are copied. `await task` becomes `task.wait()`.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Refused, Site, rewrite
from ..started import function_and_arguments, is_in_task_group, starts_task


@rewrite("TW309", cst.Call)
def start_thread(site: Site[cst.Call]) -> cst.Call | None:
    if not starts_task(site.names, site.old):
        return None
    if len(site.old.args) != 1:
        raise Refused(
            "asyncio.create_task() can be given the coroutine call alone",
            "leave out name= and context=",
        )
    started = function_and_arguments(site, site.old.args[0], site.new.args[0])
    if is_in_task_group(site.names, site.old):
        return site.new.with_changes(args=started)
    task = site.imports.name("twingen.runtime.tasks.Task")
    return site.new.with_changes(func=task, args=started)
