"""Both twins have the same public names, signatures, and exceptions."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

import pgtwin

PAIRS = [
    "ClientCursor",
    "Connection",
    "Copy",
    "Cursor",
    "Pipeline",
    "RawCursor",
    "RawServerCursor",
    "ServerCursor",
    "Transaction",
]

# The dunder methods of the two protocols, async name first.
PROTOCOLS = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
}
# What PEP 563 leaves as text in an annotation, async words first.
WORDS = {
    r"\bAsyncGenerator\[(.*), None\]": r"Generator[\1, None, None]",
    r"\bAsync(?=[A-Z])": "",
    r"\bConnectAwaitable\[(.*)\]": r"\1",
    r"\bAwaitable\[(.*)\]": r"\1",
    r"\basyncio\.Lock\b": "threading.Lock",
    # What has become the same type twice stands once.
    r"(\b\w+\[[^|()]*\]) \| \1": r"\1",
}


def twins(name: str) -> tuple[type, type]:
    return getattr(pgtwin, f"Async{name}"), getattr(pgtwin, name)


def driver(cls: type) -> bool:
    return cls.__module__ == "pgtwin"


def members(cls: type, own: bool = False) -> dict[str, Any]:
    """Return the public members of a class, and its protocols by their sync names.

    `own` are those that the driver defines, in the class itself or below it.
    """
    found = {}
    ours = [name for base in cls.__mro__ if driver(base) for name in vars(base)]
    for name in ours if own else dir(cls):
        if name in PROTOCOLS:
            found[PROTOCOLS[name]] = inspect.getattr_static(cls, name)
        elif not name.startswith("_") or name in PROTOCOLS.values():
            found[name] = inspect.getattr_static(cls, name)
    return found


def function_of(member: Any) -> Any:
    if isinstance(member, property):
        return member.fget
    return getattr(member, "__func__", member)


def shape(function: Any) -> str:
    """Return a signature as text, in the words of the sync twin."""
    text = str(inspect.signature(function)).replace("'", "")
    for pattern, word in WORDS.items():
        text = re.sub(pattern, word, text)
    return text


@pytest.mark.parametrize("name", PAIRS)
def test_same_members(name: str) -> None:
    written, generated = twins(name)
    assert sorted(members(written)) == sorted(members(generated))


@pytest.mark.parametrize("name", PAIRS)
def test_members_of_twins_are_of_the_same_kinds(name: str) -> None:
    written, generated = (members(cls, own=True) for cls in twins(name))
    assert written
    for member, value in written.items():
        twin = generated[member]
        assert type(twin) is type(value), member
        if isinstance(value, property) and member not in (
            "autocommit",
            "isolation_level",
            "read_only",
            "deferrable",
        ):
            assert (value.fset is None) == (twin.fset is None), member


@pytest.mark.parametrize("name", PAIRS)
def test_same_signatures(name: str) -> None:
    written, generated = (members(cls, own=True) for cls in twins(name))
    compared = 0
    for member, value in written.items():
        function = function_of(value)
        if not inspect.isfunction(function):
            continue
        assert shape(function_of(generated[member])) == shape(function), member
        compared += 1
    assert compared > 3


@pytest.mark.parametrize("name", PAIRS)
def test_same_documentation(name: str) -> None:
    written, generated = (members(cls, own=True) for cls in twins(name))
    for member, value in written.items():
        if inspect.isfunction(function_of(value)):
            text = inspect.getdoc(function_of(value)) or ""
            twin = inspect.getdoc(function_of(generated[member])) or ""
            assert bool(twin) == bool(text), member
            assert not re.search(r"\b(async|await|coroutine)\b", twin), member


@pytest.mark.parametrize("name", PAIRS)
def test_nothing_to_await(name: str) -> None:
    _, generated = twins(name)
    for member, value in members(generated, own=True).items():
        function = function_of(value)
        assert not inspect.iscoroutinefunction(function), member
        assert not inspect.isasyncgenfunction(function), member


@pytest.mark.parametrize("name", PAIRS)
def test_names_and_modules_of_classes(name: str) -> None:
    for cls in twins(name):
        assert cls.__module__ == "pgtwin"
        assert getattr(pgtwin, cls.__name__) is cls
        assert repr(cls) == f"<class 'pgtwin.{cls.__name__}'>"


def test_same_exceptions() -> None:
    names = [
        name
        for name, value in vars(pgtwin.errors).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    ]
    assert len(names) > 100
    written, generated = twins("Connection")
    for name in names:
        if hasattr(written, name):
            assert getattr(written, name) is getattr(generated, name)
            assert getattr(written, name) is getattr(pgtwin.errors, name)


def test_pep_249() -> None:
    assert pgtwin.apilevel == "2.0"
    assert pgtwin.threadsafety == 2
    assert pgtwin.paramstyle == "pyformat"
    assert pgtwin.connect == pgtwin.Connection.connect
    for name in pgtwin.__all__:
        assert hasattr(pgtwin, name), name
