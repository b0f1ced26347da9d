"""`await VALUE` waits for something that was started earlier: a future or a task.

- A future made by `loop.create_future()` becomes `future.wait()`. The twin waits for
  the descriptors of the loop until a reader or writer settles the future.
- A task made by `asyncio.create_task()` becomes `task.wait()`.
- The elements of `asyncio.as_completed()` become `each.wait()` (`as_completed_loop`).

Any other value is refused. It may be a coroutine that starts now or a task that runs
already, and the source does not show which.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.coroutine_calls import is_property
from ..analysis.types.coroutine_tests import chosen, is_unwrapping
from ..analysis.types.type_inference import COMPLETED, FUTURE, TASK
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.timeouts import enclosing_deadline, timed_value


@rewrite("TW102", cst.Await, tasks="threads")
def wait_for_value(site: Site[cst.Await]) -> cst.BaseExpression | None:
    old, new = site.old.expression, site.new.expression
    if isinstance(old, (cst.Call, cst.IfExp)):
        return None
    if is_unwrapping(site.names, site.names.enclosing(site.old, cst.If)):
        return None  # the whole statement goes: `coroutine_test`
    if chosen(site.names, site.names.parent(site.old)) is not None:
        return None  # the whole expression goes: `coroutine_test`
    if is_property(site.names, old):
        return None  # `async_property`
    kind = site.names.kind(old)
    if kind == COMPLETED and enclosing_deadline(site, site.old) is None:
        return cst.Call(cst.Attribute(new, cst.Name("wait")))
    if kind not in (FUTURE, TASK):
        raise Refused(
            "this awaits a value that is not a call, and nothing shows that it is a "
            "future or a task",
            "await the call itself where its value is needed, start it with "
            "asyncio.create_task(), or annotate the task or future: `task: "
            "asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`",
        )
    deadline = enclosing_deadline(site, site.old)
    rest = cst.parse_expression(f"{deadline}.remaining()") if deadline else None
    return timed_value(kind, new, rest)
