"""Functions that start tasks."""

from __future__ import annotations

import concurrent.futures
import contextvars
from collections.abc import Callable
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .coroutines import Coroutine
from .dynamic_calls import await_
from .entry_points import unguarded
from .events import get_event_loop, get_running_loop
from .futures import Future, chain, isfuture, loop_of
from .inspection import isawaitable, iscoroutine
from .tasks import Task


def create_task(
    coro: Any, *, name: object = None, context: contextvars.Context | None = None
) -> Task[Any]:
    """Start a task."""
    loop = get_running_loop()
    task: Task[Any]
    if context is None:
        task = loop.create_task(coro, name=name)
    else:
        task = loop.create_task(coro, name=name, context=context)
    return task


def ensure_future(
    coro_or_future: Any, *, loop: AbstractEventLoop | None = None
) -> Future[Any]:
    """Return a future as it is; start a task for any other awaitable."""
    if isfuture(coro_or_future):
        if loop is not None and loop is not loop_of(coro_or_future):
            raise ValueError(
                "The future belongs to a different loop than the one specified as "
                "the loop argument"
            )
        return coro_or_future  # type: ignore[no-any-return]
    if not iscoroutine(coro_or_future):
        if not isawaitable(coro_or_future):
            raise TypeError(
                "An asyncio.Future, a coroutine or an awaitable is required"
            )
        coro_or_future = Coroutine(await_, (coro_or_future,), None, _wrap_awaitable)
    if loop is None:
        loop = get_event_loop()
    try:
        return loop.create_task(coro_or_future)  # type: ignore[no-any-return]
    except RuntimeError:
        coro_or_future.close()
        raise


_ensure_future = ensure_future  # a test may replace the public name


def _wrap_awaitable() -> None:
    """Gives its name to coroutines that stand for other awaitables."""


class _Outcome(concurrent.futures.Future[Any]):
    """The outcome of a task in the loop of another thread."""

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the result, without the turn where a plain function has it."""
        with unguarded():
            return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait for the exception, without the turn where a plain function has it."""
        with unguarded():
            return super().exception(timeout)


def run_coroutine_threadsafe(
    coro: Any, loop: AbstractEventLoop
) -> concurrent.futures.Future[Any]:
    """Start a task in the loop of another thread."""
    if not iscoroutine(coro):
        raise TypeError("A coroutine object is required")
    future = _Outcome()

    def start() -> None:
        try:
            chain(_ensure_future(coro, loop=loop), future)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
            raise

    loop.call_soon_threadsafe(start)
    return future


def create_eager_task_factory(constructor: Callable[..., Any]) -> Callable[..., Any]:
    """Return a task factory whose tasks run immediately until they wait."""

    def factory(
        loop: AbstractEventLoop,
        coro: Any,
        *,
        name: object = None,
        context: contextvars.Context | None = None,
    ) -> Any:
        return constructor(
            coro, loop=loop, name=name, context=context, eager_start=True
        )

    return factory


eager_task_factory = create_eager_task_factory(Task)
