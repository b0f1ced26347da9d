"""`asyncio.as_completed(tasks)` in a `for` becomes the runtime's `as_completed`.

`await each` becomes `each.wait()`. It returns the result of the next task that is done,
or raises what the task raised, or TimeoutError when the timeout of the loop has passed.
After a timeout the tasks go on, in both forms. Calls, as in
`as_completed([f(x) for x in xs])`, are started as tasks.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.type_inference import COMPLETED, TASK
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.thread_starts import function_and_arguments

_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.GeneratorExp)
_LISTS = (cst.List, cst.Set, cst.Tuple)


@rewrite("TW314", cst.Call, tasks="threads")
def go_through_completed(site: Site[cst.Call]) -> cst.Call | None:
    if site.names.qualified(site.old.func) != COMPLETED:
        return None
    loop = site.names.parent(site.old)
    plain = isinstance(loop, (cst.For, cst.CompFor)) and loop.asynchronous is None
    if not plain:
        raise Refused(
            "asyncio.as_completed() is not used in a plain `for` here",
            "write `for each in asyncio.as_completed(tasks):` and `await each` in it",
        )
    arguments = list(site.new.args)
    keywords = [arg.keyword.value if arg.keyword else None for arg in site.old.args]
    if keywords not in ([None], [None, "timeout"]) or site.old.args[0].star:
        raise Refused(
            "the arguments of asyncio.as_completed() must be the tasks and a timeout",
            "write `asyncio.as_completed(tasks, timeout=...)`",
        )
    tasks = _started(site, site.old.args[0].value, arguments[0].value)
    return site.new.with_changes(
        func=site.imports.name("twingen.runtime.tasks.as_completed"),
        args=[arguments[0].with_changes(value=tasks), *arguments[1:]],
    )


def _started(
    site: Site[cst.Call], old: cst.BaseExpression, new: cst.BaseExpression
) -> cst.BaseExpression:
    """Return the tasks; calls that are given in place are started."""
    if site.names.element_kind(old) == TASK:
        return new
    if isinstance(old, _COMPREHENSIONS) and isinstance(new, _COMPREHENSIONS):
        return new.with_changes(elt=_task(site, old.elt, new.elt))
    if isinstance(old, _LISTS) and isinstance(new, _LISTS):
        pairs = zip(old.elements, new.elements, strict=True)
        elements = [
            after.with_changes(value=_task(site, before.value, after.value))
            for before, after in pairs
        ]
        return new.with_changes(elements=elements)
    raise Refused(
        "nothing shows that these are tasks",
        "start them with asyncio.create_task(), and annotate the collection as "
        "list[asyncio.Task[...]]",
        node=old,
    )


def _task(
    site: Site[cst.Call], old: cst.BaseExpression, new: cst.BaseExpression
) -> cst.BaseExpression:
    if site.names.kind(old) == TASK:
        return new
    started = function_and_arguments(site, cst.Arg(old), cst.Arg(new))
    return cst.Call(site.imports.name("twingen.runtime.tasks.Task"), started)
