"""`if inspect.iscoroutinefunction(f): ... else: ...` becomes one of its branches.

The twin has no coroutine functions, so it cannot find out which functions were
coroutine functions. Therefore both branches must do the same. They must be equal after
the awaits are removed, except for the names of functions that they define. If the `if`
ends with `return`, the statements after it are the other branch.

Tests of a value are simplified, because the twin has the value already:

| In the source | In the twin |
|---|---|
| `if inspect.isawaitable(x): x = await x` | removed |
| `if inspect.isawaitable(x): await x` | removed |
| `if inspect.isawaitable(x): return await x`, then `return x` | `return x` |
| `await x if inspect.isawaitable(x) else x` | `x` |

Every other use of these tests is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import libcst as cst

from ..analysis.symbols.names import Names
from ..analysis.types.coroutine_tests import (
    FUNCTION_TESTS,
    VALUE_TESTS,
    chosen,
    do_the_same,
    following,
    is_unwrapping,
    leaves,
    statements_of,
    tested,
)
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_PASS = cst.SimpleStatementLine([cst.Pass()])


@rewrite("TW111", cst.If, cst.IfExp, cst.Call, tasks="threads")
def keep_one_branch(
    site: Site[cst.If | cst.IfExp | cst.Call],
) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[Any] | None:
    old, new = site.old, site.new
    if isinstance(old, cst.Call):
        if not _is_kept(site, old):
            _check_position(site.names, old)
        return None
    if isinstance(old, cst.IfExp):
        branch_name = chosen(site.names, old)
        return None if branch_name is None else _value(new, branch_name)
    assert isinstance(new, cst.If)
    test = tested(site.names, old)
    if test is None or _is_kept(site, test):
        return None
    if is_unwrapping(site.names, old):
        kept = old.orelse and statements_of(old.orelse.body)
        return _instead(site.names, old, kept or [])
    branch = statements_of(new.body)
    if isinstance(new.orelse, cst.Else):
        kept = other = statements_of(new.orelse.body)
    else:
        follows = new.orelse is None and leaves(old)
        kept, other = [], following(site.names, old) if follows else []
    if do_the_same(branch, other):
        return _instead(site.names, old, kept)
    raise Refused(
        "the branches do different things, and the twin cannot tell which functions "
        "and values were asynchronous",
        (
            "write `if inspect.isawaitable(x): x = await x`"
            if site.names.qualified(test.func) in VALUE_TESTS
            else "make `await` the only difference"
        )
        + ", or mark the code `# twingen: async-only`",
        node=test,
    )


def _is_kept(site: Site[Any], test: cst.Call) -> bool:
    """Return whether the project has a row that keeps a test."""
    verdict = site.verdict(test.func)
    return verdict is not None and verdict.keep


def _check_position(names: Names, call: cst.Call) -> None:
    if names.qualified(call.func) not in FUNCTION_TESTS | VALUE_TESTS:
        return
    parent = names.parent(call)
    if isinstance(parent, cst.UnaryOperation):
        parent = names.parent(parent)
    if chosen(names, parent) is not None:
        return
    if not isinstance(parent, cst.If) or tested(names, parent) is not call:
        raise Refused(
            "there are no coroutines in the twin, so the answer would always be no",
            (
                "write `if inspect.isawaitable(x): x = await x`"
                if names.qualified(call.func) in VALUE_TESTS
                else "test it in an `if` of its own"
            )
            + ", or mark the code `# twingen: async-only`",
        )


def _value(choice: cst.CSTNode, branch: str) -> cst.BaseExpression:
    """Return one branch of a conditional expression, in the parentheses of both."""
    assert isinstance(choice, cst.IfExp)
    value = choice.body if branch == "body" else choice.orelse
    around = {
        "lpar": [*choice.lpar, *value.lpar],
        "rpar": [*value.rpar, *choice.rpar],
    }
    return value.with_changes(**around)


def _instead(
    names: Names, statement: cst.If, kept: Sequence[cst.BaseStatement]
) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[Any]:
    block = names.parent(statement)
    if isinstance(block, cst.If):  # an elif cannot become several statements
        raise Refused(
            "this test is in an `elif`", "give it an `if` of its own in an else"
        )
    alone = isinstance(block, cst.IndentedBlock) and len(block.body) == 1
    if not kept:
        return _PASS if alone else cst.RemovalSentinel.REMOVE
    first = kept[0].with_changes(leading_lines=statement.leading_lines)
    return cst.FlattenSentinel([first, *kept[1:]])
