"""`asyncio.create_task(f(x))` becomes `Task(f, x)`: a thread.

Arguments are evaluated at once, as in the async form; context variables are
copied. `await task` becomes `task.result()`. A running thread cannot be
cancelled, so `task.cancel()` is refused.
"""

from __future__ import annotations

import libcst as cst

from ..kinds import TASK
from ..rule import Refused, Site, rewrite
from ..started import function_and_arguments


@rewrite("TW309", cst.Call)
def start_thread(site: Site[cst.Call]) -> cst.Call | None:
    function = site.old.func
    if _is_cancel(site, function):
        raise Refused(
            "a task is a thread in the twin, and a running thread cannot be cancelled",
            "tell the task to stop with an event, or mark the code "
            "`# twingen: async-only`",
        )
    if site.names.qualified(function) != "asyncio.create_task":
        return None
    if len(site.old.args) != 1:
        raise Refused(
            "asyncio.create_task() can be given the coroutine call alone",
            "leave out name= and context=",
        )
    started = function_and_arguments(site, site.old.args[0], site.new.args[0])
    task = site.imports.name("twingen.runtime.tasks.Task")
    return site.new.with_changes(func=task, args=started)


def _is_cancel(site: Site[cst.Call], function: cst.BaseExpression) -> bool:
    return (
        isinstance(function, cst.Attribute)
        and function.attr.value == "cancel"
        and site.names.kind(function.value) == TASK
    )
