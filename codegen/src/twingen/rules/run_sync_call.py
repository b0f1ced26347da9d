"""`await conn.run_sync(f, x)` of SQLAlchemy becomes `f(conn, x)`.

`run_sync()` passes the sync connection or session that the async object wraps. In the
twin, the object is the sync connection or session itself. The source must show that the
object is an `AsyncConnection` or an `AsyncSession`.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_PACKAGE = "sqlalchemy.ext.asyncio"
_OWNERS = {f"{_PACKAGE}.AsyncConnection", f"{_PACKAGE}.AsyncSession"}


@rewrite("TW317", cst.Call)
def call_with_owner(site: Site[cst.Call]) -> cst.Call | None:
    function = site.old.func
    if not (isinstance(function, cst.Attribute) and function.attr.value == "run_sync"):
        return None
    kind = site.names.kind(function.value)
    if kind not in _OWNERS:
        if kind is None and not site.names.imported(function) and _uses(site):
            raise Refused(
                "nothing shows that this is run_sync() of a connection or a session",
                "annotate the value as AsyncConnection or AsyncSession",
            )
        return None
    if not site.is_awaited():
        raise Refused("run_sync() is not awaited here", "await it in place")
    if not site.old.args or site.old.args[0].star or site.old.args[0].keyword:
        raise Refused(
            "the function to call is not the first argument",
            "write `conn.run_sync(function, ...)`",
        )
    assert isinstance(site.new.func, cst.Attribute)
    work = site.new.args[0].value
    if not isinstance(work, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)):
        work = work.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    owner = cst.Arg(site.new.func.value)
    return site.new.with_changes(func=work, args=[owner, *site.new.args[1:]])


def _uses(site: Site[cst.Call]) -> bool:
    """Return whether the module imports anything of the async SQLAlchemy."""
    return any(
        meaning.startswith(_PACKAGE)
        for meanings in site.names.bound().values()
        for meaning in meanings
    )
