"""A coroutine that is made but not awaited on the spot is refused.

In the async form `call = self.fetch()` starts nothing until it is awaited; the
twin would run it there and then. Allowed are an await, a call that takes
coroutines (`asyncio.gather`, `asyncio.run`, ...), and handing the coroutine to
the caller with `return` from a plain function or a lambda.
"""

from __future__ import annotations

import libcst as cst

from ..meaning.already import starts_task
from ..meaning.coroutines import makes_coroutine
from ..meaning.started import is_started_element, runs_in_runner
from ..rule import Refused, Site, rewrite


@rewrite("TW108", cst.Call, tasks="threads")
def refuse_stored_coroutine(site: Site[cst.Call]) -> None:
    if not makes_coroutine(site.names, site.old) or _is_taken_up(site):
        return
    if site.names.is_sync_only(site.old):
        return  # written for the twin, where it is a plain call
    raise Refused(
        "this call makes a coroutine that is not awaited here; the twin would run "
        "it at once",
        "await it here, or start it with asyncio.create_task()",
    )


def _is_taken_up(site: Site[cst.Call]) -> bool:
    parent = site.names.parent(site.old)
    if isinstance(parent, (cst.Await, cst.Lambda)):
        return True
    if is_started_element(site.names, site.old):
        return True
    if isinstance(parent, cst.IfExp):
        return isinstance(site.names.parent(parent), cst.Await)
    if isinstance(parent, cst.Return):
        function = site.names.enclosing(parent, cst.FunctionDef)
        return function is not None and function.asynchronous is None
    if isinstance(parent, cst.Arg):
        taker = site.names.parent(parent)
        assert isinstance(taker, (cst.Call, cst.ClassDef))
        if isinstance(taker, cst.Call):
            if starts_task(site.names, taker) or runs_in_runner(site.names, taker):
                return True
            verdict = site.verdict(taker.func)
            return verdict is not None and bool(verdict.unwrap or verdict.rule)
    return False
