"""`tg.start_soon(f, x)` of an anyio task group becomes `tg.create_task(f, x)`.

The task group is the runtime's (`task_group`), and each call runs in a thread of its
own. `name=` becomes `.named()`. The source must show that the object is a task group,
by its `async with` or by an annotation. `start()` and `cancel_scope` are refused.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.type_inference import ANYIO_GROUP
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW321", cst.Call, tasks="threads")
def start_thread(site: Site[cst.Call]) -> cst.Call | None:
    function = site.old.func
    if not (
        isinstance(function, cst.Attribute)
        and function.attr.value == "start_soon"
        and site.names.kind(function.value) == ANYIO_GROUP
    ):
        return None
    first = site.old.args[0] if site.old.args else None
    if first is None or first.star or first.keyword is not None:
        raise Refused(
            "the function to start is not the first argument",
            "write `tg.start_soon(function, ...)`",
        )
    named = [arg for arg in site.new.args if arg.keyword is not None]
    if any(arg.keyword and arg.keyword.value != "name" for arg in named):
        raise Refused(
            "start_soon() passes arguments by their positions",
            "use functools.partial() for keywords",
        )
    plain = [arg for arg in site.new.args if arg.keyword is None]
    plain[-1] = plain[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    new = site.new.func
    assert isinstance(new, cst.Attribute)
    create = new.with_changes(attr=cst.Name("create_task"))
    task = site.new.with_changes(func=create, args=plain)
    if not named:
        return task
    return cst.Call(cst.Attribute(task, cst.Name("named")), [cst.Arg(named[0].value)])
