"""A reader or writer must wake what is awaited.

The twin runs the callbacks of `add_reader` and `add_writer` only while it
waits for an event that a callback sets directly (`event.set`) or for a future
of the same loop. A callback that does neither would never run, so it is
refused.
"""

from __future__ import annotations

import libcst as cst

from ..descriptors import WATCH, settles_a_future
from ..kinds import FUTURE, LOOP
from ..rule import Refused, Site, rewrite


@rewrite("TW308", cst.Call)
def check_callback(site: Site[cst.Call]) -> None:
    function = site.old.func
    if not (isinstance(function, cst.Attribute) and function.attr.value in WATCH):
        return
    if site.names.kind(function.value) != LOOP:
        return
    if len(site.old.args) < 2 or not _wakes(site, site.old.args[1].value):
        raise Refused(
            f"the callback of {function.attr.value}() wakes neither an event nor a "
            "future that is awaited here",
            "pass `event.set`, or a function of this module that settles a future "
            "made by loop.create_future()",
        )


def _wakes(site: Site[cst.Call], callback: cst.BaseExpression) -> bool:
    if isinstance(callback, cst.Attribute):
        kind = site.names.kind(callback.value)
        if kind == "asyncio.Event":
            return callback.attr.value == "set"
        if kind == FUTURE:
            return callback.attr.value in ("set_result", "set_exception")
    function = (
        callback if isinstance(callback, cst.Lambda) else _definition(site, callback)
    )
    return function is not None and settles_a_future(site.names, function)


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
