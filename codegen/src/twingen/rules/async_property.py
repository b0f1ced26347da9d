"""`await self.total` becomes `self.total` if `total` is an `async` property.

The property of the twin returns the value itself. The source must show the class of
the object: the object is `self`, or it is annotated, or it is created in the same
function.

A property that is not awaited creates a coroutine, which the twin would run
immediately. This is refused. With `tasks = "turns"` it becomes
`later(getattr, self, "total")`.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.awaitables import is_kept
from ..analysis.calls.coroutine_calls import is_property, may_be_property
from ..diagnostics.refusal import Refused
from ..syntax.parentheses import in_place_of
from .rule import Site, rewrite
from .shared.timeouts import enclosing_deadline


@rewrite("TW112", cst.Await, cst.Attribute)
def read_property(
    site: Site[cst.Await | cst.Attribute],
) -> cst.BaseExpression | None:
    if isinstance(site.new, cst.Await):
        value = site.new.expression
        assert isinstance(site.old, cst.Await)
        if not is_property(site.names, site.old.expression):
            return None
        if enclosing_deadline(site, site.old) is not None:
            raise Refused(
                "a property cannot be given a deadline",
                "make it a method with a timeout parameter",
            )
        if "\n" not in cst.Module([]).code_for_node(value):
            return value
        return value.with_changes(lpar=site.new.lpar, rpar=site.new.rpar)
    if site.tasks == "turns":
        return _later(site)
    if is_property(site.names, site.old) and not site.is_awaited():
        raise Refused(
            "this property makes a coroutine that is not awaited here; the twin would "
            "run it at once",
            "await it here",
        )
    return None


def _later(site: Site[cst.Await | cst.Attribute]) -> cst.BaseExpression | None:
    """Return what makes a coroutine of a property that is not awaited on the spot."""
    names, old, new = site.names, site.old, site.new
    if not (isinstance(old, cst.Attribute) and isinstance(new, cst.Attribute)):
        return None
    if not may_be_property(names, old) or not is_kept(names, old):
        return None
    parent = names.parent(old)
    if isinstance(parent, cst.AnnAssign) and parent.target is old:
        return None
    name = cst.SimpleString(f'"{old.attr.value}"')
    getter = site.imports.builtin("getattr")
    arguments = [cst.Arg(getter), cst.Arg(new.value), cst.Arg(name)]
    made = cst.Call(
        site.imports.name("twingen.runtime.turns.dynamic_calls.later"), arguments
    )
    return in_place_of(new, made, names.parent(old))
