"""Tests for a protocol, asynchronous or not: `isinstance()` and `hasattr()`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import libcst as cst

from ...syntax.nodes import targets_of
from ..symbols.async_protocols import ASYNC_PROTOCOLS, DUNDERS
from .aliases import meant_by

if TYPE_CHECKING:
    from ..symbols.names import Names

SYNC_DUNDERS = {sync: name for name, sync in DUNDERS.items()}
_CLASS_TESTS = ("builtins.isinstance", "builtins.issubclass")
# The sync protocols, by their classes, and the methods that identify them.
_ITERATION = ("collections.abc", "typing", "typing_extensions")
_METHODS = {
    **{f"{home}.Iterable": ["__iter__"] for home in _ITERATION},
    **{f"{home}.Iterator": ["__iter__", "__next__"] for home in _ITERATION},
    "contextlib.AbstractContextManager": ["__enter__", "__exit__"],
    "typing.ContextManager": ["__enter__", "__exit__"],
    "typing_extensions.ContextManager": ["__enter__", "__exit__"],
}
_NAMES = {
    "AsyncContextManager": "AbstractAsyncContextManager",
    "AsyncGeneratorType": "AsyncGenerator",
    "ContextManager": "AbstractContextManager",
}
_ASYNC_WORDS = {
    "__enter__": {"__aenter__", "AbstractAsyncContextManager", "AsyncContextManager"},
    "__exit__": {"__aexit__", "AbstractAsyncContextManager", "AsyncContextManager"},
    "__iter__": {"__aiter__", "AsyncIterable", "AsyncIterator", "AsyncGenerator"},
    "__next__": {"__anext__", "AsyncIterator", "AsyncGenerator"},
}


def class_asked(names: Names, value: cst.BaseExpression) -> str | None:
    """Return the protocol that a class in a test is, by the name of its class.

    A sync one counts only where the asynchronous one is met as well.
    """
    qualified = names.qualified(value) or ""
    name = qualified.rpartition(".")[2]
    if qualified in ASYNC_PROTOCOLS:
        return _NAMES.get(name, name)
    if qualified in _METHODS and is_beside_async(names, _METHODS[qualified]):
        return _NAMES.get(name, name)
    return None


def classes_asked(names: Names, call: cst.Call) -> list[str]:
    """Return the protocols that `isinstance()` or `issubclass()` asks for."""
    if names.qualified(call.func) not in _CLASS_TESTS or len(call.args) != 2:
        return []
    found = (class_asked(names, each) for each in classes_in(call.args[1].value))
    return [each for each in found if each is not None]


def member_asked(names: Names, call: cst.Call) -> str | None:
    """Return the method of a protocol that `hasattr()` asks for."""
    if names.qualified(call.func) != "builtins.hasattr" or len(call.args) != 2:
        return None
    name = call.args[1].value
    text = name.evaluated_value if isinstance(name, cst.SimpleString) else None
    if not isinstance(text, str):
        return None
    return text if text in DUNDERS or text in SYNC_DUNDERS else None


def is_beside_async(names: Names, methods: Iterable[str]) -> bool:
    """Return whether these sync methods may be asynchronous ones of the sources."""
    for each in methods:
        if not _ASYNC_WORDS[each].isdisjoint(names.words):
            return True
        if names.definitions.by("members", "last", SYNC_DUNDERS[each]):
            return True
    return False


def classes_kept(
    names: Names, asked: cst.BaseExpression
) -> Iterator[tuple[cst.BaseExpression, str]]:
    """Yield the class that a test names, or each that the name there holds.

    Each is the place in the test that says it, and its qualified name.
    """
    known = names.definitions
    for each in meant_by(names, asked):
        for inner in classes_in(each):
            qualified = names.qualified(inner)
            if qualified is not None:
                yield asked, qualified
                held = known.protocols_held.get(known.behind(qualified), "")
                yield from ((asked, each) for each in held.split())


def protocols_held(names: Names) -> Iterator[tuple[str, str]]:
    """Yield the constants of a module that hold protocols, and these."""
    for statement in names.tree.body:
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        for line in statement.body:
            value = (
                line.value if isinstance(line, (cst.Assign, cst.AnnAssign)) else None
            )
            if value is None:
                continue
            found = {names.qualified(each) for each in classes_in(value)}
            held = found & (ASYNC_PROTOCOLS | _METHODS.keys())
            for target in targets_of(line):
                if held and isinstance(target, cst.Name):
                    name = f"{names.module}.{target.value}"
                    yield name, " ".join(sorted(filter(None, held)))


def classes_in(classes: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Yield the classes of `(A, B)` and of `A | B`."""
    if isinstance(classes, cst.Tuple):
        for element in classes.elements:
            yield from classes_in(element.value)
    elif isinstance(classes, cst.BinaryOperation):
        yield from classes_in(classes.left)
        yield from classes_in(classes.right)
    else:
        yield classes
