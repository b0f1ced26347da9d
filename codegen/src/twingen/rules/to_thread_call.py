"""`asyncio.to_thread(function, *args)` becomes a call of the function.

So does `anyio.to_thread.run_sync(function, *args)`. The async form runs blocking work
in a thread, so that the event loop goes on. The twin has no event loop that would wait.

The thread has a copy of the context, and its changes to the copy are lost. Therefore
the twin calls `contextvars.copy_context().run(function, *args)`, except for functions
of the standard library that change no context variables (`time.sleep`, `os.stat` ...).

The call must be awaited in the same expression, or returned from a plain function or a
lambda.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.context_variables import call_in_context


@rewrite("TW304", cst.Call, tasks="threads")
def call_directly(site: Site[cst.Call]) -> cst.Call | None:
    called = site.names.qualified(site.old.func)
    if called not in ("anyio.to_thread.run_sync", "asyncio.to_thread"):
        return None
    if not site.is_awaited():
        if isinstance(site.names.parent(site.old), cst.Arg):
            return (
                None  # asyncio.wait_for(asyncio.to_thread(...), ...): its rule decides
            )
        if not _is_handed_on(site):
            raise Refused(f"{called}() is not awaited here", "await it in place")
    if not site.old.args or site.old.args[0].star or site.old.args[0].keyword:
        raise Refused(
            "the function to call is not the first argument",
            f"write `{called}(function, ...)`",
        )
    if called.startswith("anyio.") and any(arg.keyword for arg in site.old.args):
        raise Refused(
            "an option of anyio.to_thread.run_sync() is about its worker threads, and "
            "the twin calls the function itself",
            "leave it out; pass keywords of the function with functools.partial()",
        )
    return call_in_context(
        site,
        site.old.args[0].value,
        site.new.args[0].value,
        site.new.args[1:],
        "copy_context",
    )


def _is_handed_on(site: Site[cst.Call]) -> bool:
    parent = site.names.parent(site.old)
    if isinstance(parent, cst.Return):
        function = site.names.enclosing(parent, cst.FunctionDef)
        return function is not None and function.asynchronous is None
    return isinstance(parent, cst.Lambda)
