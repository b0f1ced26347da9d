"""Methods of the event loop that do not watch descriptors become functions.

| In the source | In the twin |
|---|---|
| `loop.time()` | `time.monotonic()` |
| `loop.sock_recv()` and similar methods | functions that wait for the socket |
| `loop.getaddrinfo()` | `socket.getaddrinfo()` |
| `loop.call_later()`, `call_at()` | the callback is called in a thread of its own |
| `loop.call_soon_threadsafe()` | called immediately, if the callback is thread-safe |

When `cancel()` of the handle of a `call_later()` has returned, the callback has ended,
or it will never begin. The methods of the twin's selector stay. Every other method is
refused. `call_soon()` is refused because callbacks in threads have no order.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.event_loop_functions import FUNCTIONS
from ..analysis.calls.task_calls import is_loop
from ..analysis.types.type_inference import FUTURE
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_KEPT = {
    "add_reader",
    "add_writer",
    "create_future",
    "is_closed",
    "remove_reader",
    "remove_writer",
}
# Rules of their own: `executor_call` and `task_call`.
_CALLED = {"create_task", "run_in_executor"}
_INSTEAD = {
    "run_in_executor": "await asyncio.to_thread(function, ...)",
    "create_task": "asyncio.create_task(f())",
    "call_soon": "a plain call, or asyncio.create_task()",
}
_THREADSAFE = {
    "asyncio.Event": {"set"},
    "asyncio.Queue": {"put_nowait"},
    "asyncio.LifoQueue": {"put_nowait"},
    "asyncio.PriorityQueue": {"put_nowait"},
    FUTURE: {"set_exception", "set_result"},
}


@rewrite("TW307", cst.Attribute, tasks="threads")
def ask_selector(site: Site[cst.Attribute]) -> cst.BaseExpression | None:
    if not is_loop(site.names, site.old.value):
        return None
    method = site.old.attr.value
    if method in _KEPT:
        return None
    parent = site.names.parent(site.old)
    if method in _CALLED and isinstance(parent, cst.Call) and parent.func is site.old:
        return None
    if method in FUNCTIONS:
        _check(site, method, parent)
        return site.imports.name(FUNCTIONS[method])
    raise Refused(
        f"{method}() of the event loop has no counterpart in the twin's selector",
        (
            f"use {_INSTEAD[method]}"
            if method in _INSTEAD
            else "move it to code marked `# twingen: async-only`"
        ),
    )


def _check(site: Site[cst.Attribute], method: str, parent: cst.CSTNode | None) -> None:
    """Refuse what the function of the twin would do otherwise."""
    call = parent if isinstance(parent, cst.Call) and parent.func is site.old else None
    if method == "call_soon_threadsafe":
        if call is None or not _is_threadsafe(site, call):
            raise Refused(
                "call_soon_threadsafe() makes a callback run in the loop's thread, and "
                "the twin calls it here",
                "pass the set() of an event, the put_nowait() of a queue, or what "
                "settles a future",
            )
    elif method == "getnameinfo" and call is not None and len(call.args) < 2:
        raise Refused(
            "socket.getnameinfo() must be given its flags",
            "write `loop.getnameinfo(address, 0)`",
        )


def _is_threadsafe(site: Site[cst.Attribute], call: cst.Call) -> bool:
    callback = call.args[0].value if call.args else None
    if not isinstance(callback, cst.Attribute):
        return False
    kind = site.names.kind(callback.value) or ""
    return callback.attr.value in _THREADSAFE.get(kind, ())
