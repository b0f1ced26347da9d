"""A coroutine that is made but not awaited on the spot is refused.

In the async form `call = self.fetch()` starts nothing until it is awaited; the
twin would run it there and then. Allowed are an await, a call that takes
coroutines (`asyncio.gather`, `asyncio.run`, ...), and handing the coroutine to
the caller with `return` from a plain function or a lambda.
"""

from __future__ import annotations

import libcst as cst

from ..definitions import is_coroutine
from ..rule import Refused, Site, rewrite
from ..started import is_started_element, starts_task

_COROUTINES = {"anyio.sleep", "anyio.to_thread.run_sync", "builtins.anext"}
_METHODS = {
    "asyncio.Lock": {"acquire"},
    "asyncio.Condition": {"acquire", "wait", "wait_for"},
    "asyncio.Semaphore": {"acquire"},
    "asyncio.BoundedSemaphore": {"acquire"},
    "asyncio.Event": {"wait"},
    "asyncio.Barrier": {"abort", "reset", "wait"},
    "asyncio.Queue": {"get", "join", "put"},
    "asyncio.LifoQueue": {"get", "join", "put"},
    "asyncio.PriorityQueue": {"get", "join", "put"},
}


@rewrite("TW108", cst.Call)
def refuse_stored_coroutine(site: Site[cst.Call]) -> None:
    if not _is_coroutine_call(site) or _is_taken_up(site):
        return
    raise Refused(
        "this call makes a coroutine that is not awaited here; the twin would run "
        "it at once",
        "await it here, or start it with asyncio.create_task()",
    )


def _is_coroutine_call(site: Site[cst.Call]) -> bool:
    definitions, function = site.names.definitions, site.old.func
    qualified = site.names.qualified(function)
    if qualified is not None:
        return qualified in definitions.coroutines or qualified in _COROUTINES
    if isinstance(function, cst.Name):
        local = site.names.function(function)
        return local is not None and is_coroutine(local)
    if not isinstance(function, cst.Attribute):
        return False
    member = function.attr.value
    kind = site.names.kind(function.value)
    if kind is not None:
        known = member in _METHODS.get(kind, ())
        return known or definitions.is_coroutine_method(kind, member)
    owner = site.names.enclosing(site.old, cst.ClassDef)
    receiver = function.value.value if isinstance(function.value, cst.Name) else ""
    if owner is None or receiver not in ("self", "cls"):
        return False
    name = f"{site.names.module}.{owner.name.value}"
    return definitions.is_coroutine_method(name, member)


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
            if starts_task(site.names, taker):
                return True
            verdict = site.verdict(taker.func)
            return verdict is not None and bool(verdict.unwrap or verdict.rule)
    return False
