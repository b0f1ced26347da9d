"""Calls of coroutine functions whose bodies run when they are waited for."""

from __future__ import annotations

import sys
import types
import warnings
from collections.abc import Callable, Generator, Iterator
from typing import Any, Generic, TypeVar

from .fibers import Fiber
from .thread_state import here

T = TypeVar("T")

CREATED = "CORO_CREATED"
RUNNING = "CORO_RUNNING"
SUSPENDED = "CORO_SUSPENDED"
CLOSED = "CORO_CLOSED"


class Coroutine(Generic[T]):
    """A function and its arguments; the body runs once, where it is waited for."""

    __slots__ = (  # the names are looked up when they are asked for
        "__name__",
        "__qualname__",
        "__weakref__",
        "_args",
        "_fiber",
        "_function",
        "_ident",
        "_kwargs",
        "_named",
        "_state",
    )

    cr_origin = None
    cr_await = None

    def __init__(
        self,
        function: Callable[..., T],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        named: Any = None,
    ) -> None:
        self._named = function if named is None else named
        self._state = CREATED
        self._function: Callable[..., T] | None = function
        self._args = args
        self._kwargs = kwargs
        self._fiber: Fiber | None = None
        self._ident = 0

    def __getattr__(self, name: str) -> Any:
        if name == "__name__":
            return getattr(self._named, name, type(self._named).__name__)
        if name == "__qualname__":
            return getattr(self._named, name, None) or self.__name__
        raise AttributeError(f"'coroutine' object has no attribute {name!r}")

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("cannot pickle 'coroutine' object")

    def __repr__(self) -> str:
        return f"<coroutine object {self.__qualname__} at {id(self):#x}>"

    __class_getitem__: Any = classmethod(types.GenericAlias)

    @property
    def cr_code(self) -> types.CodeType | None:
        """The code of the function."""
        return getattr(self._named, "__code__", None)

    @property
    def cr_running(self) -> bool:
        """Whether the body runs and does not wait."""
        return self._state == RUNNING and (self._fiber is None or self._fiber.running)

    @property
    def cr_frame(self) -> types.FrameType | None:
        """The frame of the body while it is in progress."""
        if self._state not in (RUNNING, SUSPENDED):
            return None
        frame = sys._current_frames().get(self._ident)
        code = self.cr_code
        found = None
        while frame is not None:
            if frame.f_code is code:
                found = frame
            frame = frame.f_back
        return found

    def _run(self) -> T:
        """Run the body in this thread and return what it returns."""
        if self._state is not CREATED:
            if self._state is CLOSED:
                raise RuntimeError("cannot reuse already awaited coroutine")
            raise RuntimeError("coroutine is being awaited already")
        self._state = RUNNING
        return self._call()

    def _call(self) -> T:
        function, self._function = self._function, None
        assert function is not None
        participant = here.participant
        self._ident = 0 if participant is None else participant.ident
        try:
            # Only the body keeps what it is given (since Python 3.12).
            if self._kwargs is None:
                return function(*self._taken())
            return function(*self._taken(), **self._taken_keywords())
        except StopIteration as stop:
            raise RuntimeError("coroutine raised StopIteration") from stop
        finally:
            self._state = CLOSED
            del function

    def _taken(self) -> tuple[Any, ...]:
        args, self._args = self._args, ()
        return args

    def _taken_keywords(self) -> dict[str, Any]:
        kwargs, self._kwargs = self._kwargs, None
        return kwargs or {}

    def send(self, value: Any) -> Any:
        """Begin the body, or go on, by hand; return what it waits for."""
        if self._state is CREATED:
            if value is not None:
                raise TypeError("can't send non-None value to a just-started coroutine")
            self._fiber = Fiber(self._call)
        return self._resume(value, None)

    def throw(self, kind: Any, value: Any = None, tb: Any = None, /) -> Any:
        """Raise an exception where the body waits."""
        error = _made(kind, value, tb)
        if self._state is CREATED:
            self._drop()
            try:
                raise error
            finally:
                del error
        return self._resume(None, error)

    def _resume(self, value: Any, error: BaseException | None) -> Any:
        if self._state is CLOSED:
            raise RuntimeError("cannot reuse already awaited coroutine")
        fiber = self._fiber
        if fiber is None or fiber.running:
            raise ValueError("coroutine already executing")
        self._state = RUNNING
        try:
            return fiber.resume(value, error)
        finally:
            if self._state is not CLOSED:
                self._state = SUSPENDED
            del error

    def close(self) -> None:
        """End the body; if it was not begun it never will be."""
        if self._state is CREATED:
            self._drop()
        elif self._state is not CLOSED:
            try:
                self._resume(None, GeneratorExit())
            except (GeneratorExit, StopIteration):
                return
            raise RuntimeError("coroutine ignored GeneratorExit")

    def _drop(self) -> None:
        self._state = CLOSED
        self._function, self._args, self._kwargs = None, (), None

    def __await__(self) -> Generator[Any, Any, T]:
        return Awaiting(self)

    def __del__(self) -> None:
        if getattr(self, "_state", None) is CREATED:
            warnings.warn(
                f"coroutine {self.__qualname__!r} was never awaited",
                RuntimeWarning,
                source=self,
                stacklevel=2,
            )


def _made(kind: Any, value: Any, tb: Any) -> BaseException:
    if isinstance(kind, BaseException):
        error = kind
    elif isinstance(value, BaseException):
        error = value
    else:
        error = kind() if value is None else kind(value)
    return error.with_traceback(tb) if tb is not None else error


class Awaiting(Generator[Any, Any, T]):
    """What `__await__()` of a coroutine gives.

    In a task the body runs in place, as the thread can wait; else it is driven by hand.
    """

    __slots__ = ("_coroutine",)

    def __init__(self, coroutine: Coroutine[T]) -> None:
        self._coroutine = coroutine

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def send(self, value: Any) -> Any:
        """Begin the body or go on."""
        coroutine = self._coroutine
        if coroutine._state is CREATED and value is None and _can_wait():
            raise StopIteration(coroutine._run())
        if coroutine._state is RUNNING and coroutine._fiber is None:
            raise RuntimeError("coroutine is being awaited already")
        return coroutine.send(value)

    def throw(self, kind: Any, value: Any = None, tb: Any = None, /) -> Any:
        """Raise an exception where the body waits."""
        return self._coroutine.throw(kind, value, tb)

    def close(self) -> None:
        """End the body."""
        self._coroutine.close()


def _can_wait() -> bool:
    participant = here.participant
    if participant is None:
        return False
    if participant.fiber is not None:
        return True
    loop: Any = here.loop
    return participant.task is not None and loop._current is participant.task
