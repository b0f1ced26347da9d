"""`asyncio.run(main())` becomes `main()`.

A call that only waits for the coroutine in its argument is replaced by the call of that
coroutine function. These are rows with `unwrap = true`. The argument `debug=` of
`asyncio.run` is about the event loop, and is left out. `asyncio.run` runs in a context
of its own. Therefore, if a module of the project imports `contextvars`, the twin is
`contextvars.copy_context().run(main)`.

Rows with `call = true` are for functions that call their first argument with the other
arguments, and wait: `await callback(f, x)` becomes `f(x)`.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_CALLABLE = (cst.Name, cst.Attribute, cst.Call, cst.Subscript)


@rewrite("TW206", cst.Call)
def unwrap_call(site: Site[cst.Call]) -> cst.BaseExpression | None:
    verdict = site.verdict(site.old.func)
    if verdict is not None and verdict.call:
        return _first_called(site)
    if verdict is None or not verdict.unwrap:
        return None
    arguments = [arg for arg in site.old.args if not _is_debug(site, arg)]
    if len(arguments) != 1 or not isinstance(arguments[0].value, cst.Call):
        raise Refused(
            "this call is replaced by its argument, which must be one coroutine call",
            "pass the coroutine call as the only argument",
        )
    inner = site.new.args[site.old.args.index(arguments[0])].value
    assert isinstance(inner, cst.Call)
    if _is_run(site) and _uses_context_variables(site):
        made = cst.Call(site.imports.name("contextvars.copy_context"))
        started = [cst.Arg(inner.func), *inner.args]
        return site.new.with_changes(
            func=cst.Attribute(made, cst.Name("run")), args=started
        )
    if inner.lpar or not site.new.lpar:
        return inner
    return inner.with_changes(lpar=site.new.lpar, rpar=site.new.rpar)


def _first_called(site: Site[cst.Call]) -> cst.Call:
    """Return `f(x)` in the place of `start(f, x)`."""
    if not site.old.args or site.old.args[0].keyword or site.old.args[0].star:
        raise Refused(
            "this call is replaced by a call of its first argument, which cannot be "
            "seen here",
            "pass the function first, by position",
        )
    function, *others = site.new.args
    called = function.value
    if not (called.lpar or isinstance(called, _CALLABLE)):
        called = called.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return site.new.with_changes(func=called, args=others)


def _is_run(site: Site[cst.Call]) -> bool:
    return site.names.qualified(site.old.func) == "asyncio.run"


def _is_debug(site: Site[cst.Call], argument: cst.Arg) -> bool:
    keyword = argument.keyword
    return _is_run(site) and keyword is not None and keyword.value == "debug"


def _uses_context_variables(site: Site[cst.Call]) -> bool:
    """Return whether a module of the project imports `contextvars`."""
    borrowed = site.names.definitions.borrowed.values()
    return any(name.split(".")[0] == "contextvars" for name in borrowed)
