"""What can carry a deadline in the twin, and how it is spelled.

asyncio cuts any await short by cancelling it; a thread cannot be cancelled, so
only calls that take a timeout of their own can be given one. The rules for
`asyncio.wait_for` and `asyncio.timeout` share this table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

import libcst as cst

from ...analysis.calls.descriptor_readiness import loop_that_sets
from ...analysis.calls.event_loop_functions import LOOKED_UP, TIMED
from ...analysis.calls.task_calls import is_loop
from ...analysis.tasks.swallowed_timeouts import catching_part
from ...analysis.types.type_inference import (
    FUTURE,
    PROCESS,
    READER,
    SERVER,
    TASK,
    WRITER,
)
from ...analysis.types.typed_names import TypedNames
from ...diagnostics.refusal import Refused
from ..rule import Site

SLEEPS = {"anyio.sleep", "asyncio.sleep"}
_RUNTIME = "twingen.runtime.deadline"
_ACQUIRED = {
    "asyncio.Lock",
    "asyncio.Condition",
    "asyncio.Semaphore",
    "asyncio.BoundedSemaphore",
}
# What takes `timeout=` in the twin.
_TIMED_FUNCTIONS = {"asyncio.open_connection", "asyncio.open_unix_connection"}
_TIMED_METHODS = {
    "asyncio.Barrier": {"wait"},
    PROCESS: {"communicate", "wait"},
    READER: {"read", "readexactly", "readline", "readuntil"},
    SERVER: {"wait_closed"},
    WRITER: {"drain", "wait_closed"},
}
_BLOCKS = {"asyncio.timeout", "asyncio.timeout_at"}
_QUEUES = {"asyncio.Queue", "asyncio.LifoQueue", "asyncio.PriorityQueue"}


def timed_call(
    site: Site[cst.CSTNode],
    old: cst.Call,
    new: cst.BaseExpression,
    timeout: cst.BaseExpression,
) -> cst.BaseExpression:
    """Return a call that waits at most `timeout` seconds, then raises TimeoutError.

    Raises :class:`Refused` for a call that cannot be given a deadline.
    """
    arguments: Sequence[cst.Arg] = new.args if isinstance(new, cst.Call) else ()
    called = site.names.qualified(old.func)
    if called in SLEEPS:
        return _runtime_call(site, "sleep", *_values(arguments), timeout)
    if called == "asyncio.to_thread":
        function = site.imports.name(f"{_RUNTIME}.call_in_thread")
        assert isinstance(new, cst.Call)
        if len(arguments) < len(old.args):
            arguments = [cst.Arg(new.func), *arguments]  # `to_thread_call` was here
        return cst.Call(function, [cst.Arg(timeout), *arguments])
    if called == "asyncio.shield":  # the runtime's task, which goes on by itself
        return cst.Call(cst.Attribute(new, cst.Name("wait")), [cst.Arg(timeout)])
    if isinstance(new, cst.Call) and _takes_timeout(site.names, old):
        return new.with_changes(args=[*new.args, _keyword("timeout", timeout)])
    if isinstance(old.func, cst.Attribute):
        receiver, method = old.func.value, old.func.attr.value
        if method in LOOKED_UP and is_loop(site.names, receiver):
            assert isinstance(new, cst.Call)
            function = site.imports.name(f"{_RUNTIME}.call_in_thread")
            return cst.Call(function, [cst.Arg(timeout), cst.Arg(new.func), *arguments])
        kind = site.names.kind(receiver)
        if kind == "asyncio.Event" and method == "wait":
            return event_wait(site, receiver, timeout)
        if kind in _ACQUIRED and method == "acquire":
            return _runtime_call(site, "acquire", receiver, timeout)
        if kind in _QUEUES and method in ("get", "put"):
            values = _values(arguments)
            return _runtime_call(site, f"queue_{method}", receiver, *values, timeout)
        if kind in _QUEUES and method == "join":
            return _runtime_call(site, "queue_join", receiver, timeout)
        if kind == "asyncio.Condition" and method in ("wait", "wait_for"):
            values = _values(arguments)
            return _runtime_call(
                site, f"condition_{method}", receiver, *values, timeout
            )
    raise Refused(
        "this call cannot be given a deadline in the twin",
        "give the function a timeout parameter of its own, down to an event, a "
        "lock, a queue or a future"
        + (
            ", or annotate what it is called on, as in `queue: asyncio.Queue[int]`"
            if _is_perhaps_known(site.names, old)
            else ""
        ),
        node=old,
    )


def _is_perhaps_known(names: TypedNames, call: cst.Call) -> bool:
    """Return whether an unknown object's method is called that may take a deadline."""
    methods = {"acquire", "get", "join", "put", "wait", "wait_for"}
    methods.update(*_TIMED_METHODS.values())
    return (
        isinstance(call.func, cst.Attribute)
        and call.func.attr.value in methods
        and names.qualified(call.func) is None
        and names.owner(call.func.value) is None
    )


def _takes_timeout(names: TypedNames, call: cst.Call) -> bool:
    """Return whether the twin of a call takes `timeout=`."""
    function = call.func
    if names.qualified(function) in _TIMED_FUNCTIONS:
        return True
    if not isinstance(function, cst.Attribute):
        return False
    method = function.attr.value
    if method in TIMED and is_loop(names, function.value):
        return True
    return method in _TIMED_METHODS.get(names.kind(function.value) or "", ())


def _keyword(name: str, value: cst.BaseExpression) -> cst.Arg:
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Arg(value, keyword=cst.Name(name), equal=equal)


def timed_value(
    kind: str | None, value: cst.BaseExpression, timeout: cst.BaseExpression | None
) -> cst.BaseExpression:
    """Return how a future or a task is waited for; a future may have a timeout in s."""
    if kind not in (FUTURE, TASK):
        raise Refused(
            "nothing shows that this waits for a future or a task",
            "pass the call itself, or annotate the name as asyncio.Future or "
            "asyncio.Task",
        )
    if kind == TASK and timeout is not None:
        raise Refused(
            "asyncio cancels a task whose wait times out, and a running thread cannot "
            "be cancelled",
            "await asyncio.wait_for(asyncio.shield(task), ...), which lets the task "
            "go on",
        )
    arguments = [] if timeout is None else [cst.Arg(timeout)]
    return cst.Call(cst.Attribute(value, cst.Name("wait")), arguments)


def event_wait(
    site: Site[cst.CSTNode],
    event: cst.BaseExpression,
    timeout: cst.BaseExpression | None,
) -> cst.BaseExpression:
    """Return how an event is waited for: by its loop if a descriptor sets it."""
    loop = loop_that_sets(site.names, event)
    rest = [] if timeout is None else [cst.Arg(timeout)]
    if loop is not None:
        function = cst.Attribute(loop, cst.Name("wait_event"))
        return cst.Call(function, [cst.Arg(event), *rest])
    if timeout is None:
        return cst.Call(cst.Attribute(event, cst.Name("wait")))
    return _runtime_call(site, "wait_event", event, timeout)


def is_timeout_block(block: cst.CSTNode, names: TypedNames) -> TypeGuard[cst.With]:
    """Return whether a statement is `async with asyncio.timeout(...)`."""
    if not isinstance(block, cst.With) or block.asynchronous is None:
        return False
    return any(
        isinstance(item.item, cst.Call) and names.qualified(item.item.func) in _BLOCKS
        for item in block.items
    )


def deadline_name(site: Site[cst.CSTNode], block: cst.With) -> str:
    """Return the author's name for the deadline of a block, or a free one."""
    asname = block.items[0].asname
    if asname is not None and isinstance(asname.name, cst.Name):
        return asname.name.value
    return site.imports.free_name("deadline")


def enclosing_deadline(site: Site[cst.CSTNode], node: cst.CSTNode) -> str | None:
    """Return the name of the deadline that holds at this node, if one does.

    Raises :class:`Refused` when something in between would catch its TimeoutError.
    """
    inner = node
    catcher: cst.CSTNode | None = None
    for ancestor in site.names.ancestors(node):
        if isinstance(ancestor, (cst.FunctionDef, cst.Lambda, cst.ClassDef)):
            return None
        if is_timeout_block(ancestor, site.names) and inner is ancestor.body:
            if catcher is not None:
                raise Refused(
                    "this would catch the timeout inside the block, where asyncio "
                    "lets it pass",
                    "name the exceptions to catch, or move it outside of the timeout "
                    "block",
                    node=catcher,
                )
            return deadline_name(site, ancestor)
        catcher = catcher or catching_part(site.names, ancestor, inner)
        inner = ancestor
    return None


def _values(arguments: object) -> list[cst.BaseExpression]:
    assert isinstance(arguments, (list, tuple))
    if any(argument.star for argument in arguments):
        raise Refused(
            "a starred argument hides the other arguments", "write the arguments out"
        )
    return [argument.value for argument in arguments]


def _runtime_call(
    site: Site[cst.CSTNode], function: str, *values: cst.BaseExpression
) -> cst.Call:
    return cst.Call(
        site.imports.name(f"{_RUNTIME}.{function}"),
        [cst.Arg(value) for value in values],
    )
