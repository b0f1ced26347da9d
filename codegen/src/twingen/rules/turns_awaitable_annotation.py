"""`Callable[..., Awaitable[T]]` becomes `Callable[..., T]` with `tasks = "turns"`.

The caller of such a function gets the value itself. Other annotations of awaitables
stay as they are, because an awaitable is an object in the twin, too.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.type_parameters import AWAITABLE_TYPES, last_parameter
from .rule import Site, rewrite

_HOMES = ("collections.abc", "typing", "typing_extensions")
_CALLABLE = {f"{home}.Callable" for home in _HOMES}


@rewrite("TW404", cst.Subscript, tasks="turns")
def unwrap_result(site: Site[cst.Subscript]) -> cst.Subscript | None:
    old, new = site.old, site.new
    if site.names.qualified(old.value) not in _CALLABLE or len(old.slice) != 2:
        return None
    result, twin = old.slice[1].slice, new.slice[1].slice
    if not (isinstance(result, cst.Index) and isinstance(twin, cst.Index)):
        return None
    awaited = result.value
    if not (
        isinstance(awaited, cst.Subscript)
        and isinstance(twin.value, cst.Subscript)
        and site.names.qualified(awaited.value) in AWAITABLE_TYPES
    ):
        return None
    index = twin.with_changes(value=last_parameter(twin.value))
    element = new.slice[1].with_changes(slice=index)
    return new.with_changes(slice=[new.slice[0], element])
