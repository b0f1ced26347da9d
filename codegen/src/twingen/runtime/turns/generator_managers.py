"""Context managers that wait, made of generators or used as decorators."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar

from .context_managers import Managed
from .dynamic_calls import awaited, entered
from .entry_points import entry

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
T = TypeVar("T")


class ContextDecorator(contextlib.ContextDecorator):
    """A base of managers that decorate functions which wait."""

    def _recreate_cm(self) -> Any:
        return self

    def __call__(self, function: F) -> F:
        @entry
        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with entered(self._recreate_cm()):
                return awaited(function, *args, **kwargs)

        return inside  # type: ignore[return-value]


class GeneratorManager(ContextDecorator, Managed, Generic[T]):
    """A context manager whose block runs where a generator yields.

    A StopAsyncIteration of the block comes back from the generator as the cause of a
    RuntimeError, as in asyncio, and leaves as it was.
    """

    def __init__(
        self,
        function: Callable[..., Iterator[T]],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self.gen: Any = function(*args, **kwargs)
        self.func, self.args, self.kwds = function, args, kwargs
        doc = getattr(function, "__doc__", None)
        self.__doc__ = type(self).__doc__ if doc is None else doc

    def _recreate_cm(self) -> GeneratorManager[T]:
        return type(self)(self.func, self.args, self.kwds)

    def __enter__(self) -> T:
        del self.func, self.args, self.kwds  # it is entered once
        try:
            return next(self.gen)  # type: ignore[no-any-return]
        except StopIteration:
            raise RuntimeError("generator didn't yield") from None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> bool:
        if kind is None:
            try:
                next(self.gen)
            except StopIteration:
                return False
            return self._refuse("generator didn't stop")
        if error is None:
            error = kind()
        try:
            self.gen.throw(error)
        except StopIteration as end:
            return end is not error
        except BaseException as raised:
            if not _is_thrown(raised, error):
                raise
            error.__traceback__ = tb
            return False
        return self._refuse("generator didn't stop after athrow()")

    def _refuse(self, message: str) -> bool:
        try:
            raise RuntimeError(message)
        finally:
            self.gen.close()


def _is_thrown(raised: BaseException, error: BaseException) -> bool:
    """Return whether an exception went through a generator that did not catch it."""
    ends = isinstance(error, (StopIteration, StopAsyncIteration))
    if ends and isinstance(raised, RuntimeError):
        return raised.__cause__ is error
    return raised is error


def contextmanager(
    function: Callable[P, Iterator[T]],
) -> Callable[P, GeneratorManager[T]]:
    """Make a function whose generators wait one that gives context managers."""

    @functools.wraps(function)
    def make(*args: P.args, **kwargs: P.kwargs) -> GeneratorManager[T]:
        return GeneratorManager(function, args, kwargs)

    return make
