"""A coroutine that is made but not awaited on the spot is refused.

In the async form `call = self.fetch()` starts nothing until it is awaited; the
twin would run it there and then. Allowed are an await, a call that takes
coroutines (`asyncio.gather`, `asyncio.run`, ...), and handing the coroutine to
the caller with `return` from a plain function or a lambda.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Refused, Site, rewrite


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
    if qualified is not None and qualified in definitions.coroutines:
        return True
    if isinstance(function, cst.Attribute) and isinstance(function.value, cst.Name):
        owner = site.names.enclosing(site.old, cst.ClassDef)
        if owner is not None and function.value.value in ("self", "cls"):
            name = f"{site.names.module}.{owner.name.value}"
            return definitions.is_coroutine_method(name, function.attr.value)
    return False


def _is_taken_up(site: Site[cst.Call]) -> bool:
    parent = site.names.parent(site.old)
    if isinstance(parent, (cst.Await, cst.Lambda)):
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
            verdict = site.verdict(taker.func)
            return verdict is not None and bool(verdict.unwrap or verdict.rule)
    return False
