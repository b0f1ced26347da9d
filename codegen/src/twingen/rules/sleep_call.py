"""`asyncio.sleep(delay)` becomes `time.sleep(delay)`.

For a delay below zero, `asyncio.sleep` returns immediately, but `time.sleep` raises
ValueError. Therefore a delay that is not a plain number becomes `max(delay, 0)`.
`anyio.sleep` raises ValueError too, so its delay stays as it is. The second argument of
`asyncio.sleep`, the value that it returns, is refused.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.timeouts import SLEEPS


@rewrite("TW301", cst.Call, tasks="threads")
def sleep_in_thread(site: Site[cst.Call]) -> cst.Call | None:
    called = site.names.qualified(site.old.func)
    if called not in SLEEPS:
        return None
    if not site.is_awaited():
        if isinstance(site.names.parent(site.old), cst.Arg):
            return None  # asyncio.wait_for(asyncio.sleep(...), ...): its rule decides
        raise Refused("a sleep that is not awaited does nothing", "await it")
    if len(site.old.args) != 1 or site.old.args[0].star:
        raise Refused(
            "time.sleep() takes only the delay",
            "write `await asyncio.sleep(delay)` and use the result on its own line",
        )
    delay = site.new.args[0].with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)
    plain = isinstance(delay.value, (cst.Integer, cst.Float))
    if called == "asyncio.sleep" and not plain:
        zero = cst.Arg(cst.Integer("0"))
        delay = cst.Arg(cst.Call(site.imports.builtin("max"), [delay, zero]))
    return site.new.with_changes(func=site.imports.name("time.sleep"), args=[delay])
