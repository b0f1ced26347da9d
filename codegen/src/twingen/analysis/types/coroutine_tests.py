"""Branches on whether something is a coroutine, which means nothing in a twin."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from ...syntax.tokens import tokens_of
from ..symbols.names import Names

FUNCTION_TESTS = {"asyncio.iscoroutinefunction", "inspect.iscoroutinefunction"}
VALUE_TESTS = {"asyncio.iscoroutine", "inspect.isawaitable", "inspect.iscoroutine"}


def tested(names: Names, statement: cst.If) -> cst.Call | None:
    """Return the call in `if iscoroutinefunction(f):`, with or without a `not`."""
    test = statement.test
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        test = test.expression
    if not isinstance(test, cst.Call) or len(test.args) != 1:
        return None
    known = names.qualified(test.func) in FUNCTION_TESTS | VALUE_TESTS
    return test if known else None


def is_unwrapping(names: Names, statement: cst.CSTNode | None) -> bool:
    """Return whether a statement is `if isawaitable(x): x = await x`, or awaits alone.

    So it is if its other branch does the same with `x` itself.
    """
    if not isinstance(statement, cst.If):
        return False
    test = statement.test
    if not isinstance(test, cst.Call) or len(test.args) != 1:
        return False
    if names.qualified(test.func) not in VALUE_TESTS:
        return False
    body = statements_of(statement.body)
    line = body[0] if len(body) == 1 else None
    only = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
    if not isinstance(only, (cst.Assign, cst.Expr, cst.Return)):
        return False
    value, tested_value = only.value, test.args[0].value
    if not isinstance(value, cst.Await):
        return False
    if not names.same_value(value.expression, tested_value):
        return False
    if isinstance(statement.orelse, cst.Else):
        other = statements_of(statement.orelse.body)
    elif isinstance(only, cst.Return) and statement.orelse is None:
        other = following(names, statement)[:1]
    else:
        targets = only.targets if isinstance(only, cst.Assign) else ()
        return statement.orelse is None and all(
            names.same_value(target.target, tested_value) for target in targets
        )
    plain = only.with_changes(value=value.expression)
    return do_the_same([cst.SimpleStatementLine([plain])], other)


def chosen(names: Names, node: cst.CSTNode | None) -> str | None:
    """Return the branch of `await x if isawaitable(x) else x` that does not await."""
    if not isinstance(node, cst.IfExp):
        return None
    test, awaiting, plain = node.test, node.body, node.orelse
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        test, awaiting, plain = test.expression, node.orelse, node.body
    if not isinstance(test, cst.Call) or len(test.args) != 1:
        return None
    if names.qualified(test.func) not in VALUE_TESTS:
        return None
    tested_value = test.args[0].value
    alike = isinstance(awaiting, cst.Await) and all(
        names.same_value(each, tested_value) for each in (awaiting.expression, plain)
    )
    return ("orelse" if plain is node.orelse else "body") if alike else None


def statements_of(suite: cst.BaseSuite) -> Sequence[cst.BaseStatement]:
    """Return the statements of a block, also of one on the line of its header."""
    if isinstance(suite, cst.IndentedBlock):
        return suite.body
    assert isinstance(suite, cst.SimpleStatementSuite)
    return [cst.SimpleStatementLine(suite.body)]


def leaves(statement: cst.If) -> bool:
    """Return whether what follows a statement is its other branch."""
    last = statements_of(statement.body)[-1]
    if isinstance(last, cst.SimpleStatementLine):
        return isinstance(last.body[-1], (cst.Return, cst.Raise))
    return False


def following(names: Names, statement: cst.If) -> Sequence[cst.BaseStatement]:
    """Return what follows a statement in its block."""
    block = names.parent(statement)
    if not isinstance(block, (cst.IndentedBlock, cst.Module)):
        return []
    body = [each for each in block.body if isinstance(each, cst.BaseStatement)]
    return body[body.index(statement) + 1 :]


def do_the_same(
    one: Sequence[cst.BaseStatement], other: Sequence[cst.BaseStatement]
) -> bool:
    """Return whether statements are equal except layout and local functions' names."""
    defined = [
        [each.name.value for each in statements if isinstance(each, cst.FunctionDef)]
        for statements in (one, other)
    ]
    if len(defined[0]) != len(defined[1]):
        return False
    renamed = dict(zip(*defined, strict=True))
    if not (one and other):
        return not (one or other)
    tokens = tuple(renamed.get(token, token) for token in tokens_of(*one))
    return tokens == tokens_of(*other)


def refuses(names: Names, test: cst.BaseExpression, *, when: bool = True) -> bool:
    """Return whether an answer of a test only stops: `if test: raise ...`.

    A variable or attribute of `self` that keeps the answer is followed.
    """
    node, positive = test, when
    parent = names.parent(node)
    while isinstance(parent, (cst.BooleanOperation, cst.UnaryOperation)):
        positive ^= isinstance(parent, cst.UnaryOperation)
        node, parent = parent, names.parent(parent)
    if isinstance(parent, cst.Assert):
        return parent.test is node and not positive
    if isinstance(parent, cst.If) and parent.test is node:
        return _stops(names, parent, positive)
    if not (isinstance(parent, (cst.AnnAssign, cst.Assign)) and node is test):
        return False
    if isinstance(parent, cst.AnnAssign):
        targets = [parent.target]
    else:
        targets = [each.target for each in parent.targets]
    uses = [
        each
        for target in targets
        if isinstance(target, (cst.Attribute, cst.Name))
        for each in names.nodes.of(type(target))
        if each is not target and names.same_value(target, each)
    ]
    return bool(uses) and all(refuses(names, each, when=when) for each in uses)


def _stops(names: Names, statement: cst.If, positive: bool) -> bool:
    """Return whether a branch, or what follows in its place, ends with `raise`."""
    if positive:
        return _raises(statements_of(statement.body))
    if isinstance(statement.orelse, cst.Else):
        return _raises(statements_of(statement.orelse.body))
    after = following(names, statement)[:1] if statement.orelse is None else ()
    return (
        leaves(statement)
        and not _raises(statements_of(statement.body))
        and (_raises(after))
    )


def _raises(statements: Sequence[cst.BaseStatement]) -> bool:
    last = statements[-1] if statements else None
    return isinstance(last, cst.SimpleStatementLine) and isinstance(
        last.body[-1], cst.Raise
    )
