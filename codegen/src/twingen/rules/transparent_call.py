"""`asyncio.run(main())` becomes `main()`.

A call whose only work is to wait for the coroutine it is given is replaced by
that coroutine's call: rows with `unwrap = true`. `debug=` of `asyncio.run` is about
the event loop, and goes.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Refused, Site, rewrite


@rewrite("TW206", cst.Call)
def unwrap_call(site: Site[cst.Call]) -> cst.BaseExpression | None:
    verdict = site.verdict(site.old.func)
    if verdict is None or not verdict.unwrap:
        return None
    arguments = [arg for arg in site.old.args if not _is_debug(site, arg)]
    if len(arguments) != 1 or not isinstance(arguments[0].value, cst.Call):
        raise Refused(
            "this call is replaced by the coroutine call that it is given, and must "
            "be given just that",
            "pass the coroutine call as the only argument",
        )
    inner = site.new.args[site.old.args.index(arguments[0])].value
    if inner.lpar or not site.new.lpar:
        return inner
    return inner.with_changes(lpar=site.new.lpar, rpar=site.new.rpar)


def _is_debug(site: Site[cst.Call], argument: cst.Arg) -> bool:
    is_run = site.names.qualified(site.old.func) == "asyncio.run"
    return is_run and argument.keyword is not None and argument.keyword.value == "debug"
