"""What asynchronous generators of the source are in the twin: generators that wait."""

from __future__ import annotations

import functools
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from .coroutines import Coroutine, _made
from .function_kinds import coroutine, mark
from .shared_loop import visit
from .thread_state import here

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


class Generator(Generic[T]):
    """A generator whose body waits; one that is left is closed by its loop."""

    ag_await = None

    def __init__(self, inner: Any, named: Any = None) -> None:
        named = inner if named is None else named
        self._inner = inner
        self._loop: Any = None
        self._closed = False
        self.__name__: str = getattr(named, "__name__", "generator")
        self.__qualname__: str = getattr(named, "__qualname__", self.__name__)

    __class_getitem__: Any = classmethod(types.GenericAlias)

    def __repr__(self) -> str:
        return f"<async_generator object {self.__qualname__} at {id(self):#x}>"

    @property
    def ag_running(self) -> bool:
        """Whether the body is in progress."""
        return bool(self._inner.gi_running)

    @property
    def ag_frame(self) -> types.FrameType | None:
        """The frame of the body."""
        return self._inner.gi_frame  # type: ignore[no-any-return]

    @property
    def ag_code(self) -> types.CodeType:
        """The code of the body."""
        return self._inner.gi_code  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        return self._advance("anext", "send", None)  # type: ignore[no-any-return]

    def send(self, value: Any) -> T:
        """Go on with a value; return what is yielded next."""
        return self._advance("asend", "send", value)  # type: ignore[no-any-return]

    def throw(self, kind: Any, value: Any = None, tb: Any = None, /) -> T:
        """Raise an exception where the body is; return what is yielded next."""
        return self._advance("athrow", "throw", _made(kind, value, tb))  # type: ignore[no-any-return]

    def _advance(self, called: str, method: str, value: Any) -> Any:
        if here.loop is None and here.participant is None:
            return visit(self._advance, called, method, value)
        inner = self._inner
        self._begin()
        if inner.gi_running:
            message = f"{called}(): asynchronous generator is already running"
            raise RuntimeError(message)
        if method == "throw" and inner.gi_frame is None:
            return None  # an asynchronous generator that has ended raises nothing
        try:
            return getattr(inner, method)(value)
        except StopIteration:
            self._closed = True
            raise
        except StopAsyncIteration as error:
            self._closed = True
            message = "async generator raised StopAsyncIteration"
            raise RuntimeError(message) from error
        except RuntimeError as error:
            self._closed = True
            if isinstance(error.__cause__, StopIteration) and error.args == (
                "generator raised StopIteration",
            ):
                error.args = ("async generator raised StopIteration",)
            raise
        except BaseException:
            self._closed = True
            raise

    def _begin(self) -> None:
        if self._loop is None and here.loop is not None:
            self._loop = here.loop
            self._loop._first_iteration(self)

    @coroutine
    def close(self) -> None:
        """Raise `GeneratorExit` where the body is."""
        if here.loop is None and here.participant is None:
            return visit(self.close)
        self._begin()
        if self._inner.gi_running:
            raise RuntimeError("aclose(): asynchronous generator is already running")
        self._closed = True
        try:
            self._inner.close()
        except RuntimeError as error:
            if error.args == ("generator ignored GeneratorExit",):
                error.args = ("async generator ignored GeneratorExit",)
            raise

    def __aiter__(self) -> Generator[T]:
        return self

    # For code that was not converted: these give coroutines, as in the source.

    def __anext__(self) -> Coroutine[T]:
        return Coroutine(_ending, (self.__next__,), None, Generator.__anext__)

    def asend(self, value: Any) -> Coroutine[T]:
        """Return a coroutine that goes on with a value."""
        return Coroutine(_ending, (self.send, value), None, Generator.asend)

    def athrow(self, kind: Any, value: Any = None, tb: Any = None, /) -> Coroutine[T]:
        """Return a coroutine that raises an exception where the body is."""
        arguments = (self.throw, kind, value, tb)
        return Coroutine(_ending, arguments, None, Generator.athrow)

    def aclose(self) -> Coroutine[None]:
        """Return a coroutine that closes."""
        return Coroutine(self.close, (), None, Generator.aclose)

    def __del__(self) -> None:
        loop = getattr(self, "_loop", None)
        if loop is None or self._closed or self._inner.gi_frame is None:
            return
        if loop.is_closed():  # nobody is there to close it
            return
        left = type(self)(self._inner, self)
        left._loop = loop
        loop._left_generator(self, left.aclose())


def _ending(method: Callable[..., T], *args: Any) -> T:
    try:
        return method(*args)
    except StopIteration:
        raise StopAsyncIteration from None


def generator(function: F) -> F:
    """Make generators of a function wait, and be closed by their loop."""

    @functools.wraps(function)
    def generate(*args: Any, **kwargs: Any) -> Any:
        return Generator(function(*args, **kwargs), function)

    mark(function, "generator")
    return mark(generate, "generator", wraps=True)  # type: ignore[return-value]


def generator_expression(inner: T) -> T:
    """Make a generator expression that was asynchronous wait, and be closed."""
    return Generator(inner)  # type: ignore[return-value]


def warn_of_late_generator(left: Any, loop: Any) -> None:
    """Warn of a generator that begins when the loop has closed those it had."""
    warnings.warn(
        f"asynchronous generator {left!r} was scheduled after "
        "loop.shutdown_asyncgens() call",
        ResourceWarning,
        stacklevel=4,
        source=loop,
    )
