"""Tests for asynchronous protocols: which one an object had in the source.

Both kinds are the sync protocol in the twin. A class of the twins had the asynchronous
one if its methods are marked. A class or generator of a user has both: it stands for
either. `isinstance()` is given the classes below.
"""

from __future__ import annotations

import contextlib
import types
from typing import TYPE_CHECKING, Any

from .function_kinds import find
from .generators import Generator
from .user_functions import is_class_of_user, is_generator_of_user, is_of_user

_SYNC = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
}
_ASYNC = {sync: name for name, sync in _SYNC.items()}
# Methods that Python's own classes add, and which of a class's own decides of them.
_DECIDING = {"__enter__": "__exit__", "__iter__": "__next__"}


def has_method(x: Any, name: str) -> bool:
    """Return whether an object or a class had a method of a protocol in the source."""
    if name in _SYNC:
        return _had_async(x, name)
    if not hasattr(x, name):
        return False
    return name not in _ASYNC or _origin(x, name) != "twin"


def _had_async(x: Any, name: str) -> bool:
    return hasattr(x, name) or _origin(x, _SYNC[name]) in ("twin", "user")


def _origin(x: Any, sync: str) -> str:
    """Return whose method this is: `twin` if it was asynchronous there, or `user`."""
    kind = x if isinstance(x, type) else type(x)
    if not hasattr(kind, sync):
        return ""
    if issubclass(kind, Generator):
        return "twin"
    if isinstance(x, types.GeneratorType):
        return "user" if is_generator_of_user(x) else ""
    if isinstance(x, contextlib._GeneratorContextManager):
        return _origin_of_function(getattr(x, "func", None))
    for base in kind.__mro__:
        method = vars(base).get(sync)
        if method is None:
            continue
        if base.__module__ in ("collections.abc", "contextlib", "typing"):
            other = _DECIDING.get(sync)
            return _origin(kind, other) if other else ""
        found = _origin_of_function(method)
        return found or ("user" if is_class_of_user(base) else "")
    return ""


def _origin_of_function(function: Any) -> str:
    while function is not None:
        if find(function)[0] is not None:
            return "twin"
        if is_of_user(function):
            return "user"
        function = getattr(function, "__wrapped__", None)
    return ""


class _Test(type):
    """What is an instance of its classes is asked for the methods they name."""

    names: tuple[str, ...]

    def __instancecheck__(cls, instance: Any) -> bool:
        return cls._is(instance)

    def __subclasscheck__(cls, kind: type) -> bool:
        return cls._is(kind)

    def _is(cls, x: Any) -> bool:
        if cls.names == ("generator",):
            return isinstance(x, (Generator, types.AsyncGeneratorType)) or (
                isinstance(x, types.GeneratorType) and is_generator_of_user(x)
            )
        return all(has_method(x, name) for name in cls.names)


if TYPE_CHECKING:
    from collections.abc import (
        Generator as AsyncGenerator,
        Iterable,
        Iterable as AsyncIterable,
        Iterator,
        Iterator as AsyncIterator,
    )
    from contextlib import (
        AbstractContextManager,
        AbstractContextManager as AbstractAsyncContextManager,
    )

    __all__ = [
        "AbstractAsyncContextManager",
        "AbstractContextManager",
        "AsyncGenerator",
        "AsyncIterable",
        "AsyncIterator",
        "Iterable",
        "Iterator",
    ]
else:
    AsyncGenerator = _Test("AsyncGenerator", (), {"names": ("generator",)})
    AsyncIterable = _Test("AsyncIterable", (), {"names": ("__aiter__",)})
    AsyncIterator = _Test("AsyncIterator", (), {"names": ("__aiter__", "__anext__")})
    AbstractAsyncContextManager = _Test(
        "AbstractAsyncContextManager", (), {"names": ("__aenter__", "__aexit__")}
    )
    Iterable = _Test("Iterable", (), {"names": ("__iter__",)})
    Iterator = _Test("Iterator", (), {"names": ("__iter__", "__next__")})
    AbstractContextManager = _Test(
        "AbstractContextManager", (), {"names": ("__enter__", "__exit__")}
    )
