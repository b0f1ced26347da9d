"""`await asyncio.wait(tasks)` becomes a call of the runtime's `wait`.

It returns the same two sets after the same time. `timeout` and `return_when` are passed
on. As in asyncio, it cancels nothing and raises nothing. The source must show that the
elements are tasks: they come from `create_task()` in a list, a set or a comprehension,
or they are annotated, as in `set[asyncio.Task[None]]`.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.type_inference import TASK
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW313", cst.Call, tasks="threads")
def wait_for_tasks(site: Site[cst.Call]) -> cst.Call | None:
    if site.names.qualified(site.old.func) != "asyncio.wait":
        return None
    if not site.is_awaited():
        raise Refused("asyncio.wait() is not awaited here", "await it in place")
    first = site.old.args[0] if site.old.args else None
    if first is None or first.star or (first.keyword and first.keyword.value != "fs"):
        raise Refused(
            "the tasks are not the first argument", "write `asyncio.wait(tasks, ...)`"
        )
    if site.names.element_kind(first.value) != TASK:
        raise Refused(
            "nothing shows that these are tasks",
            "start them with asyncio.create_task(), and annotate the collection as "
            "set[asyncio.Task[...]]",
        )
    tasks = site.new.args[0].with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)
    function = site.imports.name("twingen.runtime.tasks.wait")
    return site.new.with_changes(func=function, args=[tasks, *site.new.args[1:]])
