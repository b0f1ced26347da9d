"""`asyncio.run(main())` becomes `main()`.

A call whose only work is to wait for the coroutine it is given is replaced by
that coroutine's call: rows with `unwrap = true`.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Refused, Site, rewrite


@rewrite("TW206", cst.Call)
def unwrap_call(site: Site[cst.Call]) -> cst.BaseExpression | None:
    verdict = site.verdict(site.old.func)
    if verdict is None or not verdict.unwrap:
        return None
    if len(site.old.args) != 1 or not isinstance(site.old.args[0].value, cst.Call):
        raise Refused(
            "this call is replaced by the coroutine call that it is given, and must "
            "be given just that",
            "pass the coroutine call as the only argument",
        )
    inner = site.new.args[0].value
    if inner.lpar or not site.new.lpar:
        return inner
    return inner.with_changes(lpar=site.new.lpar, rpar=site.new.rpar)
