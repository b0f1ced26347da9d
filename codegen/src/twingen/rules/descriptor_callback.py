"""The callback of a reader or writer must wake something that is awaited.

The twin calls the callbacks of `add_reader` and `add_writer` only while it waits for
the same loop. It waits for one of these:

- an event that the callback sets directly (`event.set`), and that is awaited by the
  same name;
- a future that was created by the same loop.

A callback that does neither would never be called, so it is refused. Removing a reader
or writer is refused if the module adds none to this loop, because every loop of the
twin has its own descriptors.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.descriptor_readiness import (
    WATCH,
    is_awaited_event,
    is_future_of,
    settled_futures,
    watches_anything,
)
from ..analysis.types.type_inference import FUTURE, LOOP
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW308", cst.Call, tasks="threads")
def check_callback(site: Site[cst.Call]) -> None:
    function = site.old.func
    if not isinstance(function, cst.Attribute):
        return
    if site.names.kind(function.value) != LOOP:
        return
    if function.attr.value in ("remove_reader", "remove_writer"):
        if not watches_anything(site.names, function.value):
            raise Refused(
                "nothing in this module adds a reader or writer to this loop",
                "keep the loop that watches: `self._loop = asyncio.get_running_loop()`",
            )
        return
    if function.attr.value not in WATCH:
        return
    if len(site.old.args) < 2 or not _wakes(site, function.value):
        raise Refused(
            f"the callback of {function.attr.value}() wakes neither an event nor a "
            "future of this loop that is awaited here",
            "pass `event.set` and await that event by the same name, or a function "
            "of this module that settles a future made by this loop's "
            "create_future()",
        )


def _wakes(site: Site[cst.Call], loop: cst.BaseExpression) -> bool:
    names, callback = site.names, site.old.args[1].value
    futures: list[cst.BaseExpression] = []
    if isinstance(callback, cst.Attribute):
        kind, method = names.kind(callback.value), callback.attr.value
        if kind == "asyncio.Event":
            return method == "set" and is_awaited_event(names, callback.value)
        if kind == FUTURE and method in ("set_result", "set_exception"):
            futures.append(callback.value)
    if not futures:
        is_lambda = isinstance(callback, cst.Lambda)
        function = callback if is_lambda else _definition(site, callback)
        if function is None or not (futures := list(settled_futures(names, function))):
            return False
    given = [arg.value for arg in site.old.args[2:]]
    return any(is_future_of(names, future, loop) for future in [*futures, *given])


def _definition(
    site: Site[cst.Call], callback: cst.BaseExpression
) -> cst.FunctionDef | None:
    """Return the function of this module that a callback names."""
    if isinstance(callback, cst.Name):
        return site.names.function(callback)
    if isinstance(callback, cst.Attribute) and isinstance(callback.value, cst.Name):
        owner = site.names.enclosing(site.old, cst.ClassDef)
        if owner is not None and callback.value.value == "self":
            for member in owner.body.body:
                if (
                    isinstance(member, cst.FunctionDef)
                    and member.name.value == callback.attr.value
                ):
                    return member
    return None
