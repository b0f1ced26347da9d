"""`loop.run_in_executor(None, function, *args)` becomes a call of the function.

The async form runs blocking work in a thread of the default executor, so that the event
loop goes on. The twin has no event loop that would wait. Another executor is refused:
it may limit how many functions run together, or run them in another process.

The thread of an executor does not see the context variables of the caller. Therefore
the twin calls `contextvars.Context().run(function, *args)`, except for functions of the
standard library that use no context variables (`time.sleep`, `os.stat` ...).
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.task_calls import is_loop
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.context_variables import call_in_context


@rewrite("TW315", cst.Call, tasks="threads")
def call_directly(site: Site[cst.Call]) -> cst.Call | None:
    function = site.old.func
    if not (
        isinstance(function, cst.Attribute)
        and function.attr.value == "run_in_executor"
        and is_loop(site.names, function.value)
    ):
        return None
    if not site.is_awaited():
        raise Refused(
            "run_in_executor() is not awaited here, so its function would run beside "
            "this code",
            "await it in place, or use asyncio.create_task() with asyncio.to_thread()",
        )
    if len(site.old.args) < 2 or any(
        argument.star or argument.keyword for argument in site.old.args[:2]
    ):
        raise Refused(
            "the function to call is not the second argument",
            "write `loop.run_in_executor(None, function, ...)`",
        )
    executor = site.old.args[0].value
    if not (isinstance(executor, cst.Name) and executor.value == "None"):
        raise Refused(
            "this executor may limit how many calls run at the same time, or run them "
            "in another process",
            "pass None for the default executor",
            node=executor,
        )
    return call_in_context(
        site,
        site.old.args[1].value,
        site.new.args[1].value,
        site.new.args[2:],
        "Context",
    )
