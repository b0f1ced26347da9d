"""Results that are set later."""

from __future__ import annotations

import concurrent.futures
import contextvars
import sys
import types
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

from .abstract_event_loop import AbstractEventLoop
from .events import get_event_loop
from .exceptions import CancelledError, InvalidStateError
from .reprs import future_repr, stack_of
from .shared_loop import is_outside, visit
from .suspension import suspend
from .thread_state import here

T = TypeVar("T")

PENDING = "PENDING"
CANCELLED = "CANCELLED"
FINISHED = "FINISHED"


class Future(Generic[T]):
    """A result that is set later, and that tasks wait for."""

    _state = PENDING
    _result: T | None = None
    _exception: BaseException | None = None
    _exception_tb: types.TracebackType | None = None
    _source_traceback: Any = None
    _cancel_message: Any = None
    _cancelled_exc: CancelledError | None = None
    _asyncio_future_blocking = False
    _log_destroy_pending = True
    _retrieve = False
    """An exception was set and nobody has asked for it."""
    _loop: AbstractEventLoop

    def __init__(self, *, loop: AbstractEventLoop | None = None) -> None:
        self._loop = get_event_loop() if loop is None else loop
        self._callbacks: list[tuple[Callable[..., object], Any]] = []
        if self._loop.get_debug():
            self._source_traceback = stack_of(sys._getframe(1))

    __class_getitem__: Any = classmethod(types.GenericAlias)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")

    def __repr__(self) -> str:
        return future_repr(self)

    def __del__(self) -> None:
        if self._retrieve:
            context = {
                "message": f"{type(self).__name__} exception was never retrieved",
                "exception": self._exception,
                "future": self,
            }
            if self._source_traceback:
                context["source_traceback"] = self._source_traceback
            self._loop.call_exception_handler(context)

    @property
    def _log_traceback(self) -> bool:
        return self._retrieve

    @_log_traceback.setter
    def _log_traceback(self, value: bool) -> None:
        if value:
            raise ValueError("_log_traceback can only be set to False")
        self._retrieve = False

    def get_loop(self) -> AbstractEventLoop:
        """Return the loop of the future."""
        loop: AbstractEventLoop | None = getattr(self, "_loop", None)
        if loop is None:
            raise RuntimeError("Future object is not initialized.")
        return loop

    def done(self) -> bool:
        """Return whether there is an outcome, or the future was cancelled."""
        return self._state is not PENDING

    def cancelled(self) -> bool:
        """Return whether the future was cancelled."""
        return self._state is CANCELLED

    def result(self) -> T:
        """Return the result or raise the exception."""
        if self._state is CANCELLED:
            raise self._make_cancelled_error()
        if self._state is not FINISHED:
            raise InvalidStateError("Result is not set.")
        self._retrieve = False
        if self._exception is not None:
            try:
                raise self._exception.with_traceback(self._exception_tb)
            finally:
                del self  # the exception's traceback would keep it
        return self._result  # type: ignore[return-value]

    def exception(self) -> BaseException | None:
        """Return the exception, or `None` if there is a result."""
        if self._state is CANCELLED:
            raise self._make_cancelled_error()
        if self._state is not FINISHED:
            raise InvalidStateError("Exception is not set.")
        self._retrieve = False
        return self._exception

    def _take_exception(self) -> BaseException | None:
        self._retrieve = False
        error = self._exception
        return None if error is None else error.with_traceback(self._exception_tb)

    def _make_cancelled_error(self) -> CancelledError:
        error = self._cancelled_exc
        if error is not None:
            self._cancelled_exc = None
            return error
        if self._cancel_message is None:
            return CancelledError()
        return CancelledError(self._cancel_message)

    def cancel(self, msg: Any = None) -> bool:
        """Cancel the future, unless it is done; tell whether it was."""
        if here.loop is None and is_outside(self._loop):
            return visit(self.cancel, msg)
        return self._cancel(msg)

    def _cancel(self, msg: Any = None) -> bool:
        self._retrieve = False
        if self._state is not PENDING:
            return False
        self._state = CANCELLED
        self._cancel_message = msg
        self._schedule_callbacks()
        return True

    def set_result(self, result: T) -> None:
        """Set the result."""
        if here.loop is None and is_outside(self._loop):
            visit(self._set_result, result)
        else:
            self._set_result(result)

    def _set_result(self, result: T) -> None:
        if self._state is not PENDING:
            raise InvalidStateError("invalid state")
        self._result = result
        self._state = FINISHED
        self._schedule_callbacks()

    def set_exception(self, exception: BaseException | type[BaseException]) -> None:
        """Set the exception."""
        if here.loop is None and is_outside(self._loop):
            visit(self._set_exception, exception)
        else:
            self._set_exception(exception)

    def _set_exception(self, exception: BaseException | type[BaseException]) -> None:
        if self._state is not PENDING:
            raise InvalidStateError("invalid state")
        error = exception() if isinstance(exception, type) else exception
        if isinstance(error, StopIteration):
            stop = error
            error = RuntimeError(
                "StopIteration interacts badly with generators and cannot be "
                "raised into a Future"
            )
            error.__cause__ = error.__context__ = stop
        self._exception = error
        self._exception_tb = error.__traceback__
        self._state = FINISHED
        self._schedule_callbacks()
        self._retrieve = True

    def _schedule_callbacks(self) -> None:
        callbacks = self._callbacks
        if callbacks:
            self._callbacks = []
            for callback, context in callbacks:
                self._loop.call_soon(callback, self, context=context)

    def add_done_callback(
        self,
        callback: Callable[[Any], object],
        /,
        *,
        context: contextvars.Context | None = None,
    ) -> None:
        """Call a function with the future when it is done."""
        if here.loop is None and is_outside(self._loop):
            visit(self.add_done_callback, callback, context=context)
        elif self._state is not PENDING:
            self._loop.call_soon(callback, self, context=context)
        else:
            if context is None:
                context = contextvars.copy_context()
            self._callbacks.append((callback, context))

    def remove_done_callback(self, callback: Callable[[Any], object], /) -> int:
        """Do not call a function any more; return how often it was to be called."""
        if here.loop is None and is_outside(self._loop):
            return visit(self.remove_done_callback, callback)
        kept = [each for each in self._callbacks if each[0] != callback]
        removed = len(self._callbacks) - len(kept)
        if removed:
            self._callbacks[:] = kept
        return removed

    def wait(self) -> T:
        """Wait until the future is done; return its result."""
        try:
            if self._state is PENDING:
                if here.loop is None and here.participant is None:
                    return visit(self.wait)
                self._asyncio_future_blocking = True
                suspend(self)
                if self._state is PENDING:
                    raise RuntimeError("await wasn't used with future")
            return self.result()
        finally:
            del self  # the frames of an exception would keep it

    def __await__(self) -> Generator[Any, Any, T]:
        if not self.done():
            self._asyncio_future_blocking = True
            yield self
        if not self.done():
            raise RuntimeError("await wasn't used with future")
        return self.result()

    __iter__ = __await__


def isfuture(x: Any) -> bool:
    """Return whether an object is a future or says that it is one."""
    return (
        hasattr(x.__class__, "_asyncio_future_blocking")
        and x._asyncio_future_blocking is not None
    )


def loop_of(future: Any) -> Any:
    """Return the loop of a future or of what says that it is one."""
    get_loop = getattr(future, "get_loop", None)
    return future._loop if get_loop is None else get_loop()


def set_result_unless_cancelled(future: Future[T], result: T) -> None:
    """Set the result of a future that may have been cancelled meanwhile."""
    if not future.cancelled():
        future.set_result(result)


def _converted(error: BaseException) -> BaseException:
    """Return an exception of this package for one of `concurrent.futures`."""
    kind: type[BaseException]
    if type(error) is concurrent.futures.CancelledError:
        kind = CancelledError
    elif type(error) is concurrent.futures.InvalidStateError:
        kind = InvalidStateError
    else:
        return error
    return kind(*error.args).with_traceback(error.__traceback__)


def copy_state(source: Any, target: Any) -> None:
    """Give a future the outcome of another."""
    assert source.done()
    if target.cancelled():
        return
    assert not target.done()
    if source.cancelled():
        target.cancel()
        return
    error = source.exception()
    if error is not None:
        target.set_exception(_converted(error))
    else:
        target.set_result(source.result())


def _set_concurrent(source: Any, target: concurrent.futures.Future[Any]) -> None:
    assert source.done()
    if source.cancelled():
        target.cancel()
    if not target.set_running_or_notify_cancel():
        return
    error = source.exception()
    if error is not None:
        target.set_exception(_converted(error))
    else:
        target.set_result(source.result())


def chain(source: Any, target: Any) -> None:
    """Give one future the outcome of the other, and that the cancellation of the first.

    Either may be a future of `concurrent.futures`.
    """
    for future, role in ((source, "source"), (target, "destination")):
        if not isfuture(future) and not isinstance(future, concurrent.futures.Future):
            raise TypeError(f"A future is required for {role} argument")
    source_loop = loop_of(source) if isfuture(source) else None
    target_loop = loop_of(target) if isfuture(target) else None
    settle = copy_state if isfuture(target) else _set_concurrent

    def target_done(target: Any) -> None:
        if target.cancelled():
            if source_loop is None or source_loop is target_loop:
                source.cancel()
            else:
                source_loop.call_soon_threadsafe(source.cancel)

    def source_done(source: Any) -> None:
        if target_loop is not None and target.cancelled() and target_loop.is_closed():
            return
        if target_loop is None or target_loop is source_loop:
            settle(source, target)
        elif not target_loop.is_closed():
            target_loop.call_soon_threadsafe(settle, source, target)

    target.add_done_callback(target_done)
    source.add_done_callback(source_done)


def wrap_future(future: Any, *, loop: AbstractEventLoop | None = None) -> Future[Any]:
    """Return a future for one of `concurrent.futures`."""
    if isfuture(future):
        return future  # type: ignore[no-any-return]
    assert isinstance(
        future, concurrent.futures.Future
    ), f"concurrent.futures.Future is expected, got {future!r}"
    target_loop = get_event_loop() if loop is None else loop
    wrapped: Future[Any] = target_loop.create_future()
    chain(future, wrapped)
    return wrapped
