"""`asyncio.wait_for(WAIT, timeout)` becomes a wait with a timeout of its own.

These waits can take a timeout, and raise TimeoutError at the same time as the async
form:

- futures;
- `event.wait()`, `lock.acquire()`, `condition.wait()` and `condition.wait_for()`;
- `queue.get()`, `queue.put()` and `queue.join()`;
- `asyncio.sleep()` and `asyncio.to_thread()`.

Everything else, including a task, would have to be cancelled, and is refused.

If the timeout is zero or less, `asyncio.wait_for` does not begin the call, and the twin
does not either: a timeout that is not a plain number is passed through `unexpired`.

A function of your own that does the same, with an import that only the async side has,
may have the verdict `{ rule = "wait_for_call" }`.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.timeouts import timed_call, timed_value


@rewrite("TW302", cst.Call, tasks="threads")
def wait_with_deadline(site: Site[cst.Call]) -> cst.BaseExpression | None:
    verdict = site.verdict(site.old.func)
    if verdict is None or verdict.rule != "wait_for_call":
        return None
    if not site.is_awaited():
        raise Refused("asyncio.wait_for() is not awaited here", "await it in place")
    keywords = [arg.keyword.value if arg.keyword else None for arg in site.old.args]
    if keywords not in ([None, None], [None, "timeout"]) or site.old.args[0].star:
        raise Refused(
            "the arguments of asyncio.wait_for() must be a wait and its timeout",
            "write `asyncio.wait_for(wait, timeout)`",
        )
    old, new = site.old.args[0].value, site.new.args[0].value
    timeout = site.new.args[1].value
    if isinstance(old, cst.Call):
        return timed_call(site, old, new, _unexpired(site, timeout))
    return timed_value(site.names.kind(old), new, timeout)


def _unexpired(site: Site[cst.Call], timeout: cst.BaseExpression) -> cst.BaseExpression:
    """Return the timeout, checked where it is not plainly above zero."""
    if isinstance(timeout, (cst.Integer, cst.Float)) and timeout.evaluated_value > 0:
        return timeout
    if isinstance(timeout, cst.Name) and timeout.value == "None":
        return timeout
    function = site.imports.name("twingen.runtime.deadline.unexpired")
    return cst.Call(function, [cst.Arg(timeout)])
