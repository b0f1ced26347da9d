"""`isinstance(x, AsyncIterable)` must not choose between two ways.

In the twin it asks for `Iterable`, which a `list`, `str` or `bytes` is as well: what
went the other way in the async form would go this way. Allowed are a check
(`assert`, `if not isinstance(...): raise`, an `else` that raises), branches that do
the same once the awaits are gone, and `isinstance(x, (Iterable, AsyncIterable))`.
The same holds for the other asynchronous protocols and for `case AsyncIterable():`.
Where tasks take turns all of these have twins (`protocol_test`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..meaning.coroutine_tests import do_the_same, following, leaves, statements_of
from ..meaning.methods import ASYNC_PROTOCOLS
from ..rule import Refused, Site, rewrite

_COUNTERPARTS = {each.replace("Async", "") for each in ASYNC_PROTOCOLS}
_TESTS = ("builtins.isinstance", "builtins.issubclass")


@rewrite("TW114", cst.If, cst.Call, cst.MatchClass, tasks="threads")
def refuse_choice(site: Site[cst.If | cst.Call | cst.MatchClass]) -> None:
    old, new = site.old, site.new
    if isinstance(old, cst.MatchClass):
        if site.names.qualified(old.cls) in ASYNC_PROTOCOLS:
            raise _refused(old.cls)
    elif isinstance(old, cst.Call):
        asked = _asked(site, old)
        if asked is not None and not _is_checked(site, old):
            raise _refused(asked)
    elif isinstance(new, cst.If):
        test, negated = _without_not(old.test)
        asked = _asked(site, test) if isinstance(test, cst.Call) else None
        if asked is not None and not _is_one_way(site, old, new, negated):
            raise _refused(asked)


def _refused(asked: cst.BaseExpression) -> Refused:
    name = get_full_name_for_node(asked)
    return Refused(
        f"{name} tells values apart here; its counterpart in the twin has values "
        "that are not asynchronous too",
        "ask for what else the value can be, or mark the branches "
        "`# twingen: async-only` and `# twingen: sync-only`",
        node=asked,
    )


def _asked(
    site: Site[cst.If | cst.Call | cst.MatchClass], call: cst.Call
) -> cst.BaseExpression | None:
    """Return the asynchronous protocol that `isinstance()` asks for alone."""
    if len(call.args) != 2 or site.names.qualified(call.func) not in _TESTS:
        return None
    classes = {each: site.names.qualified(each) for each in _each(call.args[1].value)}
    others = {(qualified or "").rpartition(".")[2] for qualified in classes.values()}
    for each, qualified in classes.items():
        if qualified is None or qualified not in ASYNC_PROTOCOLS:
            continue
        if qualified.rpartition(".")[2].replace("Async", "") not in others:
            return each
    return None


def _each(classes: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Yield the classes of `(A, B)` and of `A | B`."""
    if isinstance(classes, cst.Tuple):
        for element in classes.elements:
            yield from _each(element.value)
    elif isinstance(classes, cst.BinaryOperation):
        yield from _each(classes.left)
        yield from _each(classes.right)
    else:
        yield classes


def _without_not(test: cst.BaseExpression) -> tuple[cst.BaseExpression, bool]:
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return test.expression, True
    return test, False


def _is_checked(site: Site[cst.If | cst.Call | cst.MatchClass], call: cst.Call) -> bool:
    """Tell whether a test stands in an `assert`, or alone in an `if`."""
    inner: cst.CSTNode = call
    parent = site.names.parent(inner)
    while isinstance(parent, cst.BooleanOperation) and isinstance(
        parent.operator, cst.And
    ):
        inner, parent = parent, site.names.parent(parent)
    if isinstance(parent, cst.Assert):
        return parent.test is inner
    alone: cst.CSTNode | None = call
    if isinstance(site.names.parent(call), cst.UnaryOperation):
        alone = site.names.parent(call)
    parent = site.names.parent(alone) if alone is not None else None
    return isinstance(parent, cst.If) and _without_not(parent.test)[0] is call


def _is_one_way(
    site: Site[cst.If | cst.Call | cst.MatchClass],
    old: cst.If,
    new: cst.If,
    negated: bool,
) -> bool:
    """Tell whether the branches do the same, or the other one only raises."""
    branch = statements_of(new.body)
    other: Sequence[cst.BaseStatement] = []
    if isinstance(new.orelse, cst.Else):
        other = statements_of(new.orelse.body)
    elif new.orelse is None and leaves(old):
        other = following(site.names, old)
    if do_the_same(branch, other):
        return True
    refuses = branch if negated else other
    return bool(refuses) and _raises(refuses[0]) and not _asked_above(site, old)


def _asked_above(
    site: Site[cst.If | cst.Call | cst.MatchClass], statement: cst.If
) -> bool:
    """Tell whether a test before this `elif` has what it is for in the twin."""
    above = site.names.parent(statement)
    while isinstance(above, cst.If):
        test, _ = _without_not(above.test)
        if isinstance(test, cst.Call) and len(test.args) == 2:
            for each in _each(test.args[1].value):
                if (site.names.qualified(each) or "") in _COUNTERPARTS:
                    return True
        above = site.names.parent(above)
    return False


def _raises(statement: cst.BaseStatement) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(
        statement.body[-1], cst.Raise
    )
