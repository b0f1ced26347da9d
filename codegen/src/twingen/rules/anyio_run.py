"""`anyio.run(main, x)` becomes `main(x)`.

`anyio.run` takes the function, not its coroutine, and passes the other arguments on.
The arguments `backend` and `backend_options` choose the event loop, and are left out.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_LOOP = {"backend", "backend_options"}


@rewrite("TW316", cst.Call, tasks="threads")
def call_main(site: Site[cst.Call]) -> cst.Call | None:
    if site.names.qualified(site.old.func) != "anyio.run":
        return None
    arguments = [
        argument
        for argument in site.new.args
        if argument.keyword is None or argument.keyword.value not in _LOOP
    ]
    first = arguments[0] if arguments else None
    if first is None or first.star or any(each.keyword for each in arguments):
        raise Refused(
            "the function to run is not the first argument",
            "write `anyio.run(main, ...)`",
        )
    if not isinstance(first.value, (cst.Name, cst.Attribute, cst.Call)):
        raise Refused("the function to run is not given by its name", "give it a name")
    rest = arguments[1:]
    if rest:
        rest[-1] = rest[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return site.new.with_changes(func=first.value, args=rest)
