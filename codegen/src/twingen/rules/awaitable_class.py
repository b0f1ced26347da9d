"""A class with `__await__` also gets a method `wait()`, which does what `await` does.

Users of the twin write `connect(name).wait()` for `await connect(name)`. The twin
itself says `await_(connect(name))`, which calls `__await__` as the source does.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.type_parameters import last_parameter
from .rule import Site, rewrite

_TURNS = "twingen.runtime.turns"
_GENERATORS = {
    f"{home}.{name}"
    for home in ("collections.abc", "typing", "typing_extensions")
    for name in ("Generator",)
}


@rewrite("TW406", cst.FunctionDef, tasks="turns")
def add_wait(
    site: Site[cst.FunctionDef],
) -> cst.FlattenSentinel[cst.BaseStatement] | None:
    old, new, names = site.old, site.new, site.names
    owner = names.enclosing(old, cst.ClassDef, cst.FunctionDef)
    if old.name.value != "__await__" or not isinstance(owner, cst.ClassDef):
        return None
    qualified = names.qualified(owner) or ""
    if names.is_bound_beside(old.name, "wait") or names.definitions.has_member(
        qualified, "wait"
    ):
        return None
    me = old.params.params[0].name if old.params.params else cst.Name("self")
    waited = cst.Call(
        site.imports.name(f"{_TURNS}.dynamic_calls.await_"), [cst.Arg(me)]
    )
    text = '"""Wait for what an `await` of this object gives."""'
    body = [
        cst.SimpleStatementLine([cst.Expr(cst.SimpleString(text))]),
        cst.SimpleStatementLine([cst.Return(waited)]),
    ]
    method = cst.FunctionDef(
        cst.Name("wait"),
        cst.Parameters([cst.Param(me)]),
        cst.IndentedBlock(body),
        returns=_result(site),
        leading_lines=[cst.EmptyLine(indent=False)],
    )
    return cst.FlattenSentinel([new, method])


def _result(site: Site[cst.FunctionDef]) -> cst.Annotation | None:
    """Return the type of the result, where `__await__` says it."""
    old, new = site.old.returns, site.new.returns
    if old is None or new is None:
        return None
    annotation, twin = old.annotation, new.annotation
    if (
        isinstance(annotation, cst.Subscript)
        and isinstance(twin, cst.Subscript)
        and len(twin.slice) == 3
        and site.names.qualified(annotation.value) in _GENERATORS
    ):
        return cst.Annotation(last_parameter(twin))
    return None
