"""`await asyncio.shield(f(x))` becomes `Task(f, x).wait()`.

A thread cannot be cancelled, so there is nothing to protect it from. In both forms the
shielded call goes on by itself. `asyncio.wait_for(asyncio.shield(task), t)` becomes
`task.wait(t)`: it raises TimeoutError at the same time, and the task goes on.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.type_inference import TASK
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.thread_starts import function_and_arguments


@rewrite("TW318", cst.Call, tasks="threads")
def shield_task(site: Site[cst.Call]) -> cst.BaseExpression | None:
    if site.names.qualified(site.old.func) != "asyncio.shield":
        return None
    if not (site.is_awaited() or _has_deadline(site)):
        raise Refused(
            "asyncio.shield() is not awaited here",
            "keep the task, and await asyncio.shield(task) in place",
        )
    if len(site.old.args) != 1 or site.old.args[0].star or site.old.args[0].keyword:
        raise Refused(
            "asyncio.shield() must be given one task or call",
            "write `asyncio.shield(task)`",
        )
    old, new = site.old.args[0], site.new.args[0]
    if site.names.kind(old.value) == TASK:
        return new.value
    if not isinstance(old.value, cst.Call):
        raise Refused(
            "nothing shows that this shields a task",
            "shield a task made by asyncio.create_task(), or the call itself",
        )
    started = function_and_arguments(site, old, new)
    return cst.Call(site.imports.name("twingen.runtime.tasks.Task"), started)


def _has_deadline(site: Site[cst.Call]) -> bool:
    """Return whether this is what `asyncio.wait_for()` waits for."""
    argument = site.names.parent(site.old)
    taker = site.names.parent(argument) if isinstance(argument, cst.Arg) else None
    return (
        isinstance(taker, cst.Call)
        and taker.args[0] is argument
        and site.names.qualified(taker.func) == "asyncio.wait_for"
    )
