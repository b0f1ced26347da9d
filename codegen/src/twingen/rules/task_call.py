"""`asyncio.create_task(f(x))` becomes `Task(f, x)`, which runs `f(x)` in a thread.

`loop.create_task(f(x))` becomes the same. `tg.create_task(f(x))` of a task group
becomes `tg.create_task(f, x)`. As in the async form, the arguments are evaluated at
once, and context variables are copied. `await task` becomes `task.wait()`, and `name=`
becomes `.named()`.

`asyncio.ensure_future(f(x))` becomes the same if `f` is known to be a coroutine
function. Otherwise it is refused, because its argument may have been started already.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.coroutine_calls import makes_coroutine
from ..analysis.calls.task_calls import is_in_task_group, starts_task
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.thread_starts import function_and_arguments


@rewrite("TW309", cst.Call, tasks="threads")
def start_thread(site: Site[cst.Call]) -> cst.Call | None:
    if not starts_task(site.names, site.old):
        return None
    keywords = [arg.keyword.value if arg.keyword else None for arg in site.old.args]
    if keywords not in ([None], [None, "name"]):
        raise Refused(
            "asyncio.create_task() takes only the coroutine call and a name",
            "pass the call as the first argument, and no context=: a task has a copy "
            "of the current one",
        )
    old, new = site.old.args[0], site.new.args[0]
    if _is_ensure_future(site) and not (
        isinstance(old.value, cst.Call) and makes_coroutine(site.names, old.value)
    ):
        raise Refused(
            "ensure_future() takes a coroutine or a future, and nothing shows that "
            "this is a call of a coroutine function",
            "use asyncio.create_task()",
        )
    started = function_and_arguments(site, old, new)
    if is_in_task_group(site.names, site.old):
        task = site.new.with_changes(args=started)
    else:
        function = site.imports.name("twingen.runtime.tasks.Task")
        task = site.new.with_changes(func=function, args=started)
    if len(keywords) == 1:
        return task
    return cst.Call(
        cst.Attribute(task, cst.Name("named")), [cst.Arg(site.new.args[1].value)]
    )


def _is_ensure_future(site: Site[cst.Call]) -> bool:
    return site.names.qualified(site.old.func) == "asyncio.ensure_future"
