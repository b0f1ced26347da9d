"""Fixtures of pytest: functions that others are given by the names of parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from .names import Names

_MAKERS = {"pytest.fixture", "pytest.yield_fixture", "pytest_asyncio.fixture"}
# Functions and marks that are given names of fixtures, by their last names.
_NAMING = {"getfixturevalue", "lazy_fixture", "lf", "usefixtures"}


def fixtures_in(names: Names) -> Iterator[str]:
    """Yield the names of the fixtures that a module defines."""
    for statement in names.tree.body:
        if isinstance(statement, cst.FunctionDef) and is_fixture(names, statement):
            yield statement.name.value


def is_fixture(names: Names, function: cst.FunctionDef) -> bool:
    """Recognize a function with a decorator that makes it a fixture."""
    return any(
        names.qualified(_called(each.decorator)) in _MAKERS
        for each in function.decorators
    )


def _called(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.func if isinstance(node, cst.Call) else node


def function_given(names: Names, name: cst.Name) -> cst.FunctionDef | None:
    """Return the test or fixture that pytest gives a fixture by this name."""
    parent = names.parent(name)
    if isinstance(parent, cst.Param) and parent.name is name:
        function = names.enclosing(parent, cst.FunctionDef, cst.Lambda)
        return _given(names, function, name.value)
    if not names.is_reference(name):
        return None
    for target in names.targets(name):
        if isinstance(target, cst.Param):
            function = names.enclosing(target, cst.FunctionDef, cst.Lambda)
            if (given := _given(names, function, name.value)) is not None:
                return given
    return None


def _given(
    names: Names, function: cst.CSTNode | None, name: str
) -> cst.FunctionDef | None:
    """Return a function if pytest gives it a fixture of the sources by this name."""
    if not isinstance(function, cst.FunctionDef):
        return None
    holder = names.enclosing(function, cst.ClassDef, cst.FunctionDef)
    if isinstance(holder, cst.FunctionDef):
        return None
    own = holder.body.body if isinstance(holder, cst.ClassDef) else ()
    if any(
        isinstance(each, cst.FunctionDef)
        and each.name.value == name
        and is_fixture(names, each)
        for each in own
    ):
        return None  # a class has one of its own
    is_test = function.name.value.startswith("test")
    return function if is_test or is_fixture(names, function) else None


def names_fixtures(names: Names, string: cst.CSTNode) -> bool:
    """Recognize a string that pytest takes for the names of fixtures.

    They are given to marks, to `getfixturevalue()`, to `parametrize()`, and to the
    decorator that makes one.
    """
    inner: cst.CSTNode = string
    for node in names.ancestors(string):
        if isinstance(node, cst.Comparison):
            others = [each.comparator for each in node.comparisons]
            return any(
                isinstance(each, cst.Attribute) and each.attr.value == "fixturenames"
                for each in others
            )
        if isinstance(node, cst.Call):
            assert isinstance(inner, cst.Arg)
            return _is_naming(names, node, inner)
        if not isinstance(node, (cst.Arg, cst.Element, cst.List, cst.Tuple)):
            return False
        inner = node
    return False


def _is_naming(names: Names, call: cst.Call, arg: cst.Arg) -> bool:
    function = call.func
    last = function.attr if isinstance(function, cst.Attribute) else function
    name = last.value if isinstance(last, cst.Name) else ""
    keyword = arg.keyword.value if arg.keyword is not None else ""
    if name == "parametrize":
        return keyword in ("argnames", "indirect") or arg is call.args[0]
    if names.qualified(function) in _MAKERS:
        return keyword == "name"
    return name in _NAMING
