"""`isinstance(x, AsyncIterable)` is answered as in the source with `tasks = "turns"`.

In the twin both protocols are the sync one, so `isinstance(x, Iterable)` would lose
this difference. The runtime has classes for these tests. They know which methods were
asynchronous in the source. `hasattr(x, "__aiter__")` becomes
`has_method(x, "__aiter__")`.

Objects of users count as having both protocols, if they are iterators or context
managers of the users' own classes or generator functions. If the test only rejects
objects (everything else leads to a `raise`), it is for the sync protocol.

`isinstance(x, Iterable)` and `hasattr(x, "__iter__")` are answered as in the source,
too, if the module uses the asynchronous protocol, or if a class of the sources has it.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.types.coroutine_tests import refuses
from ..analysis.types.protocol_tests import (
    SYNC_DUNDERS,
    class_asked,
    classes_asked,
    is_beside_async,
    member_asked,
)
from .rule import Site, rewrite

_TESTS = "twingen.runtime.turns.protocol_tests"


@rewrite("TW409", cst.Call, cst.MatchClass, tasks="turns")
def ask_what_it_was(
    site: Site[cst.Call | cst.MatchClass],
) -> cst.Call | cst.MatchClass | None:
    old, new = site.old, site.new
    if isinstance(old, cst.MatchClass):
        assert isinstance(new, cst.MatchClass)
        name = class_asked(site.names, old.cls)
        if name is None or old.patterns or old.kwds:
            return None
        asked = site.imports.name(f"{_TESTS}.{name}")
        assert isinstance(asked, (cst.Attribute, cst.Name))
        return new.with_changes(cls=asked)
    assert isinstance(new, cst.Call)
    member = member_asked(site.names, old)
    if member is not None:
        if member in SYNC_DUNDERS and not is_beside_async(site.names, [member]):
            return None
        name_of = cst.Arg(cst.SimpleString(f'"{member}"'))
        function = site.imports.name(f"{_TESTS}.has_method")
        return new.with_changes(func=function, args=[new.args[0], name_of])
    if not classes_asked(site.names, old):
        return None
    if refuses(site.names, old, when=False):
        return None  # what is asked for is needed, and a user gives the sync one
    classes = _asked(site, old.args[1].value, new.args[1].value)
    args = [new.args[0], new.args[1].with_changes(value=classes)]
    return new.with_changes(args=args)


def _asked(
    site: Site[cst.Call | cst.MatchClass],
    old: cst.BaseExpression,
    new: cst.BaseExpression,
) -> cst.BaseExpression:
    """Return the classes of a test with those of the runtime among them."""
    name = class_asked(site.names, old)
    if name is not None:
        return site.imports.name(f"{_TESTS}.{name}")
    if isinstance(old, cst.Tuple) and isinstance(new, cst.Tuple):
        pairs = zip(old.elements, new.elements, strict=True)
        elements = [
            each.with_changes(value=_asked(site, before.value, each.value))
            for before, each in pairs
        ]
        return new.with_changes(elements=elements)
    if isinstance(old, cst.BinaryOperation) and isinstance(new, cst.BinaryOperation):
        return new.with_changes(
            left=_asked(site, old.left, new.left),
            right=_asked(site, old.right, new.right),
        )
    return new
