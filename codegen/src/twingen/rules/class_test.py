"""A test for each of two classes must not become two tests for the same class.

In the twin, `if isinstance(x, asyncio.Queue): ... elif isinstance(x, queue.Queue): ...`
tests for one class twice. The first branch would also take the objects that the second
branch is for. The same holds for `x is A`, `x == A` and the cases of a `match`.
Branches that do the same are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..analysis.symbols.async_protocols import ASYNC_PROTOCOLS
from ..analysis.types.coroutine_tests import do_the_same, statements_of
from ..diagnostics.refusal import Refused
from ..syntax.tokens import tokens_of
from .rule import Site, rewrite

_TESTS = ("builtins.isinstance", "builtins.issubclass")
# What is asked, and the class that it is asked for.
_Test: TypeAlias = "tuple[tuple[str, ...], cst.BaseExpression]"


@rewrite("TW117", cst.If, cst.Match)
def refuse_hidden_branch(site: Site[cst.If | cst.Match]) -> None:
    found: dict[tuple[object, str], tuple[str, cst.BaseSuite]] = {}
    for tests, body in _branches(site):
        for what, asked in tests:
            qualified = site.names.qualified(asked)
            if qualified is None or qualified in ASYNC_PROTOCOLS:
                continue  # of these `instance_test` speaks
            key = what, site.libraries.in_twin(qualified)
            first, above = found.setdefault(key, (qualified, body))
            if first != qualified and not _are_alike(above, body):
                raise Refused(
                    f"{get_full_name_for_node(asked)} and {first} are the same "
                    "class in the twin, and the branch above would take both",
                    "test it in an `if` of its own, and mark that `# twingen: "
                    "async-only`",
                    node=asked,
                )


def _are_alike(one: cst.BaseSuite, other: cst.BaseSuite) -> bool:
    return do_the_same(statements_of(one), statements_of(other))


def _branches(
    site: Site[cst.If | cst.Match],
) -> Iterator[tuple[list[_Test], cst.BaseSuite]]:
    """Yield the tests of each branch, and what it does in the twin."""
    old, new = site.old, site.new
    if isinstance(old, cst.Match) and isinstance(new, cst.Match):
        for case, converted in zip(old.cases, new.cases, strict=True):
            if case.guard is None:
                yield [((), each) for each in _of_pattern(case.pattern)], converted.body
        return
    above = site.names.parent(old)
    if isinstance(above, cst.If) and above.orelse is old:
        return  # asked with the `if` that it belongs to
    each: cst.CSTNode | None = old
    twin: cst.CSTNode | None = new
    while isinstance(each, cst.If) and isinstance(twin, cst.If):
        yield list(_of_test(site, each.test)), twin.body
        each, twin = each.orelse, twin.orelse


def _of_pattern(pattern: cst.MatchPattern) -> Iterator[cst.BaseExpression]:
    """Yield the classes of `case A():` and `case A() | B():`, if they ask no more."""
    if isinstance(pattern, cst.MatchOr):
        for each in pattern.patterns:
            yield from _of_pattern(each.pattern)
    elif isinstance(pattern, cst.MatchAs) and pattern.pattern is not None:
        yield from _of_pattern(pattern.pattern)
    elif isinstance(pattern, cst.MatchClass) and not (pattern.patterns or pattern.kwds):
        yield pattern.cls


def _of_test(
    site: Site[cst.If | cst.Match], test: cst.BaseExpression
) -> Iterator[_Test]:
    if isinstance(test, cst.Call):
        function = site.names.qualified(test.func)
        if len(test.args) == 2 and function in _TESTS:
            what = function, *tokens_of(test.args[0].value)
            yield from ((what, each) for each in _classes(test.args[1].value))
    elif isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        (compared,) = test.comparisons
        if isinstance(compared.operator, (cst.Equal, cst.Is)):
            yield tokens_of(test.left), compared.comparator


def _classes(classes: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(classes, cst.Tuple):
        for element in classes.elements:
            yield from _classes(element.value)
    else:
        yield classes
