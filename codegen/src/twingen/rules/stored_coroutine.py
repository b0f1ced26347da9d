"""A coroutine that is created but not awaited in the same expression is refused.

In the async form, `call = self.fetch()` starts nothing until `call` is awaited. The
twin would run it immediately. These uses are allowed:

- `await`;
- calls that take coroutines, such as `asyncio.gather` and `asyncio.run`;
- `return`, from a plain function or a lambda, to the caller.

Code that only the twin runs may contain a plain call. This is code for the sync side,
and the body of `if not iscoroutinefunction(f):`.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.coroutine_calls import makes_coroutine
from ..analysis.calls.task_calls import starts_task
from ..analysis.types.coroutine_tests import FUNCTION_TESTS, tested
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.thread_starts import is_started_element, runs_in_runner


@rewrite("TW108", cst.Call, tasks="threads")
def refuse_stored_coroutine(site: Site[cst.Call]) -> None:
    if not makes_coroutine(site.names, site.old) or _is_taken_up(site):
        return
    if site.names.is_sync_only(site.old) or _is_plain_here(site):
        return  # a plain call in the twin
    raise Refused(
        "this call makes a coroutine that is not awaited here; the twin would run "
        "it at once",
        "await it here, or start it with asyncio.create_task()",
    )


def _is_plain_here(site: Site[cst.Call]) -> bool:
    """Recognize `if not iscoroutinefunction(f): f()`, which only the twin calls."""
    for each in site.names.ancestors(site.old):
        if isinstance(each, (cst.FunctionDef, cst.Lambda)):
            return False
        holder = site.names.parent(each)
        if not isinstance(holder, cst.If) or holder.body is not each:
            continue
        test = holder.test
        if not isinstance(test, cst.UnaryOperation):
            continue
        asked = tested(site.names, holder)
        if asked is None or site.names.qualified(asked.func) not in FUNCTION_TESTS:
            continue
        if site.names.same_value(asked.args[0].value, site.old.func):
            return True
    return False


def _is_taken_up(site: Site[cst.Call]) -> bool:
    parent = site.names.parent(site.old)
    if isinstance(parent, (cst.Await, cst.Lambda)):
        return True
    if isinstance(parent, cst.Expr) and site.names.is_sync_only(site.old):
        return True  # it is called there, as what the twin has
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
