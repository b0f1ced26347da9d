"""Names that only serve the event loop are left out: rows with `drop = true`.

`@pytest.mark.asyncio` and `@pytest.mark.anyio` ask a plugin to run a test in an event
loop. The test of the twin does not need one. The name is left out where it is

- a decorator, with or without arguments;
- a mark in `pytestmark`, or in a list for `marks=`.

In any other place such a name is refused.

`parametrize("anyio_backend", ...)` is left out for tests that do not take this fixture.
The plugin of anyio passes it to tests that run in an event loop.
"""

from __future__ import annotations

from typing import Any

import libcst as cst

from ..diagnostics.refusal import Refused
from ..syntax.nodes import find
from .rule import Site, rewrite

_BACKEND = {"anyio_backend", "anyio_backend_name", "anyio_backend_options"}
_HOLDERS = (cst.Decorator, cst.Element, cst.Assign, cst.AnnAssign)


@rewrite(
    "TW213",
    cst.Decorator,
    cst.List,
    cst.SimpleStatementLine,
    cst.Name,
    cst.Attribute,
)
def leave_out(site: Site[Any]) -> cst.List | cst.RemovalSentinel | None:
    old = site.old
    if isinstance(old, (cst.Name, cst.Attribute)):
        if _is_dropped(site, old) and not _can_go(site, _holder(site, old)):
            raise Refused(
                "this exists for the event loop only, and cannot be left out here",
                "use it as a decorator, or in `pytestmark`",
            )
        return None
    if isinstance(old, cst.List):
        return _without_marks(site, old, site.new)
    is_decorator = isinstance(old, cst.Decorator)
    value = old.decorator if is_decorator else _only_value(old)
    holder = old if is_decorator else _only_statement(old)
    if value is None or not _marks(site, value) or not _can_go(site, holder):
        return None
    return cst.RemovalSentinel.REMOVE


def _without_marks(site: Site[Any], old: cst.List, new: cst.List) -> cst.List | None:
    kept = [
        after
        for before, after in zip(old.elements, new.elements, strict=True)
        if not (_marks(site, before.value) and _can_go(site, before))
    ]
    if len(kept) == len(old.elements):
        return None
    if kept:
        kept[-1] = kept[-1].with_changes(comma=old.elements[-1].comma)
    return new.with_changes(elements=kept)


def _marks(site: Site[Any], value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.Call) and _chooses_backend(site, value):
        return True
    return _is_dropped(site, value.func if isinstance(value, cst.Call) else value)


def _chooses_backend(site: Site[Any], mark: cst.Call) -> bool:
    """Recognize a mark for a fixture that only anyio's plugin gives to the tests."""
    if site.names.qualified(mark.func) != "pytest.mark.parametrize" or not mark.args:
        return False
    first = mark.args[0].value
    if not isinstance(first, cst.SimpleString) or first.raw_value not in _BACKEND:
        return False
    holder = site.names.enclosing(mark, cst.FunctionDef, cst.ClassDef)
    tests = site.names.nodes.of(cst.FunctionDef)
    if isinstance(holder, cst.FunctionDef):
        tests = [holder]
    elif isinstance(holder, cst.ClassDef):
        tests = list(find(holder.body, cst.FunctionDef))
    taken = {each.name.value for test in tests for each in test.params.params}
    return taken.isdisjoint(_BACKEND)


def _is_dropped(site: Site[Any], node: cst.CSTNode) -> bool:
    verdict = site.verdict(node)
    return verdict is not None and verdict.drop


def _holder(site: Site[Any], node: cst.CSTNode) -> cst.CSTNode | None:
    """Return the decorator, element or assignment that a name is all there is of."""
    parent = site.names.parent(node)
    if isinstance(parent, cst.Call) and parent.func is node:
        parent = site.names.parent(parent)
    return parent if isinstance(parent, _HOLDERS) else None


def _can_go(site: Site[Any], holder: cst.CSTNode | None) -> bool:
    if isinstance(holder, cst.Decorator):
        return True
    if isinstance(holder, cst.Element):
        marks = site.names.parent(holder)
        taker = site.names.parent(marks) if marks is not None else None
        if isinstance(taker, cst.Arg):
            return taker.keyword is not None and taker.keyword.value == "marks"
        return isinstance(marks, cst.List) and _assigns_marks(taker)
    line = site.names.parent(holder) if _assigns_marks(holder) and holder else None
    block = (
        site.names.parent(line) if isinstance(line, cst.SimpleStatementLine) else None
    )
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return False
    return isinstance(block, cst.Module) or (
        isinstance(block, cst.IndentedBlock) and len(block.body) > 1
    )


def _assigns_marks(statement: cst.CSTNode | None) -> bool:
    targets: list[cst.BaseExpression] = []
    if isinstance(statement, cst.Assign):
        targets = [target.target for target in statement.targets]
    elif isinstance(statement, cst.AnnAssign):
        targets = [statement.target]
    return len(targets) == 1 and all(
        isinstance(target, cst.Name) and target.value == "pytestmark"
        for target in targets
    )


def _only_statement(line: cst.SimpleStatementLine) -> cst.CSTNode | None:
    return line.body[0] if len(line.body) == 1 else None


def _only_value(line: cst.SimpleStatementLine) -> cst.BaseExpression | None:
    statement = _only_statement(line)
    if isinstance(statement, (cst.Assign, cst.AnnAssign)):
        return statement.value
    return None
