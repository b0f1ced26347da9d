"""Waiting in libraries without the turn: in their iterators and context managers.

Where the source shows a library, they are those of its sync form. Elsewhere they are
asked whose they are; see `library_functions`.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from .blocking_calls import blocking
from .dynamic_calls import later
from .library_functions import has_functions, is_foreign, is_of_library, module_of

M = TypeVar("M", bound="contextlib.AbstractContextManager[Any]")
P = ParamSpec("P")
T = TypeVar("T")


def each_of(iterable: Iterable[T]) -> Iterator[T]:
    """Return an iterator; that of a library waits without the turn."""
    return _iterator(iterable, is_of_library)  # type: ignore[no-any-return]


def blocking_each(iterable: Iterable[T]) -> Iterator[T]:
    """Return an iterator, which a library gives, that waits without the turn."""
    return _iterator(iterable, is_foreign)  # type: ignore[no-any-return]


def _iterator(iterable: Any, blocks: Callable[[Any], bool]) -> Any:
    begin = getattr(type(iterable), "__iter__", None)
    if begin is not None and blocks(begin):
        iterator = blocking(iter, iterable)
    else:
        iterator = iter(iterable)
    step = iterator.__next__
    return _Steps(step) if blocks(step) else iterator


class _Steps(Iterator[Any]):
    """The steps of an iterator, each without the turn."""

    def __init__(self, step: Callable[[], Any]) -> None:
        self._step = step

    def __next__(self) -> Any:
        return blocking(self._step)


def entering(manager: M) -> M:
    """Return a context manager; that of a library waits without the turn."""
    return _manager(manager, is_of_library)  # type: ignore[no-any-return]


def blocking_entering(manager: M) -> M:
    """Return a context manager, a library's, that waits without the turn."""
    return _manager(manager, is_foreign)  # type: ignore[no-any-return]


def opening(function: Callable[P, M], /, *args: P.args, **kwargs: P.kwargs) -> M:
    """Return what `with` enters: what a call gives, which may connect to a server."""
    if has_functions(args, kwargs):
        return later(function, *args, **kwargs)  # type: ignore[no-any-return]
    if is_of_library(function):
        return blocking_opening(function, *args, **kwargs)
    return entering(later(function, *args, **kwargs))  # type: ignore[no-any-return]


def blocking_opening(
    function: Callable[P, M], /, *args: P.args, **kwargs: P.kwargs
) -> M:
    """Return what `with` enters: what a library's function gives, without the turn.

    It is called when `with` enters, so that it is left if it is cancelled then.
    """
    if not is_foreign(function):
        return entering(function(*args, **kwargs))
    return _Block(lambda: function(*args, **kwargs))  # type: ignore[return-value]


def _manager(manager: Any, blocks: Callable[[Any], bool]) -> Any:
    waits = _waits(manager)
    if waits is None or not blocks(waits):
        return manager
    return _Block(lambda: manager)


def _waits(manager: Any) -> Any:
    """Return the function that may wait where a context manager is entered or left."""
    enter = getattr(type(manager), "__enter__", None)
    if enter is None or module_of(enter) != "contextlib":
        return enter
    if type(manager) is contextlib.closing:
        closed: Any = manager
        return getattr(closed.thing, "close", None)
    generator = getattr(manager, "gen", None)
    return generator.__next__ if type(generator) is types.GeneratorType else enter


class _Block(contextlib.AbstractContextManager[Any]):
    """A context manager that is made, entered and left without the turn."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._exit: Callable[..., Any] | None = None

    def __enter__(self) -> Any:
        try:
            return blocking(self._enter)
        except BaseException as error:
            # It was entered before the cancellation took effect.
            if self._exit is not None:
                self.__exit__(type(error), error, error.__traceback__)
            raise

    def _enter(self) -> Any:
        manager = self._make()
        kind = type(manager)
        leave = kind.__exit__
        value = kind.__enter__(manager)
        self._exit = types.MethodType(leave, manager)
        return value

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> bool | None:
        assert self._exit is not None
        return blocking(self._exit, kind, error, tb)  # type: ignore[no-any-return]
