"""The exceptions of tasks, locks, queues and streams."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Sequence
from typing import Any

TimeoutError = builtins.TimeoutError  # noqa: A001


class CancelledError(BaseException):
    """The task or future was cancelled."""


class InvalidStateError(Exception):
    """The future is not in a state that allows the operation."""


class SendfileNotAvailableError(RuntimeError):
    """The system cannot send this kind of file or to this kind of socket."""


class IncompleteReadError(EOFError):
    """The stream ended before all that was asked for had been read."""

    def __init__(self, partial: bytes, expected: int | None) -> None:
        wanted = "undefined" if expected is None else repr(expected)
        super().__init__(
            f"{len(partial)} bytes read on a total of {wanted} expected bytes"
        )
        self.partial = partial
        self.expected = expected

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.partial, self.expected)


class LimitOverrunError(Exception):
    """The buffer of a stream was full before the separator was found."""

    def __init__(self, message: str, consumed: int) -> None:
        super().__init__(message)
        self.consumed = consumed

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.consumed)


class BrokenBarrierError(RuntimeError):
    """The barrier was broken by `abort()`, or reset while tasks waited."""


class QueueEmpty(Exception):
    """`get_nowait()` was called on an empty queue."""


class QueueFull(Exception):
    """`put_nowait()` was called on a full queue."""


class QueueShutDown(Exception):
    """The queue was shut down."""


if sys.version_info >= (3, 11):
    BaseExceptionGroup = builtins.BaseExceptionGroup
    ExceptionGroup = builtins.ExceptionGroup
else:

    class BaseExceptionGroup(BaseException):
        """What Python 3.11 has as a builtin: several exceptions in one."""

        def __new__(
            cls, message: str, exceptions: Sequence[BaseException]
        ) -> BaseExceptionGroup:
            all_usual = all(isinstance(each, Exception) for each in exceptions)
            kind = ExceptionGroup if cls is BaseExceptionGroup and all_usual else cls
            return super().__new__(kind, message, exceptions)

        def __init__(self, message: str, exceptions: Sequence[BaseException]) -> None:
            super().__init__(message, exceptions)
            self.message = message
            self.exceptions = tuple(exceptions)

        def __str__(self) -> str:
            count = len(self.exceptions)
            return f"{self.message} ({count} sub-exception{'s' * (count != 1)})"

        def derive(self, exceptions: Sequence[BaseException]) -> BaseExceptionGroup:
            """Return a group with the same message."""
            return BaseExceptionGroup(self.message, exceptions)

        def split(
            self, condition: Callable[[BaseException], bool] | type | tuple[type, ...]
        ) -> tuple[BaseException | None, BaseException | None]:
            """Return what matches and the rest, each as a group or `None`."""

            def matches(each: BaseException) -> bool:
                if isinstance(condition, (type, tuple)):
                    return isinstance(each, condition)
                return condition(each)

            if matches(self):
                return self, None
            found: list[BaseException] = []
            rest: list[BaseException] = []
            for each in self.exceptions:
                if isinstance(each, BaseExceptionGroup):
                    inner, other = each.split(matches)
                    found += [inner] if inner is not None else []
                    rest += [other] if other is not None else []
                else:
                    (found if matches(each) else rest).append(each)
            return (
                self._part(found) if found else None,
                self._part(rest) if rest else None,
            )

        def subgroup(
            self, condition: Callable[[BaseException], bool] | type | tuple[type, ...]
        ) -> BaseException | None:
            """Return what matches as a group, or `None`."""
            return self.split(condition)[0]

        def _part(self, exceptions: Sequence[BaseException]) -> BaseExceptionGroup:
            part = self.derive(exceptions)
            part.__traceback__ = self.__traceback__
            part.__cause__, part.__context__ = self.__cause__, self.__context__
            return part

    class ExceptionGroup(BaseExceptionGroup, Exception):
        """A group of which all exceptions are of `Exception`."""
