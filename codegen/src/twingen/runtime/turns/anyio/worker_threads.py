"""Calls in worker threads, and calls from there into the loop.

A worker keeps the loop that it works for, and the cancel scope of the task that waits
for it.
"""

from __future__ import annotations

import concurrent.futures
import contextvars
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from ..coroutines import Coroutine
from ..dynamic_calls import await_, deferred, later
from ..entry_points import entry, unguarded
from ..events import get_running_loop
from ..exceptions import CancelledError
from ..futures import wrap_future
from ..task_creation import run_coroutine_threadsafe
from ..tasks import current_task
from .cancel_scopes import CancelScope, innermost
from .checkpoints import checkpoint
from .errors import NoEventLoopError, RunFinishedError
from .limiters import CapacityLimiter

T = TypeVar("T")

_THREADS = 40
"""How many calls may be in progress by default."""

_executors: WeakKeyDictionary[Any, concurrent.futures.ThreadPoolExecutor] = (
    WeakKeyDictionary()
)
_limiters: WeakKeyDictionary[Any, CapacityLimiter] = WeakKeyDictionary()


class _Worker(threading.local):
    """What a worker thread knows of the task that it works for."""

    loop: Any = None
    scope: CancelScope | None = None
    works = False


worker = _Worker()


def current_default_thread_limiter() -> CapacityLimiter:
    """Return the limiter of the loop that counts where none is given."""
    loop = get_running_loop()
    if loop not in _limiters:
        _limiters[loop] = CapacityLimiter(_THREADS)
    return _limiters[loop]


def _executor(loop: Any) -> concurrent.futures.ThreadPoolExecutor:
    """Return the threads of a loop; limiters say how many are used."""
    found = _executors.get(loop)
    if found is None:
        found = _executors[loop] = concurrent.futures.ThreadPoolExecutor(
            sys.maxsize, thread_name_prefix="AnyIO worker thread"
        )
    return found


def _call(loop: Any, scope: CancelScope, function: Any, args: tuple[Any, ...]) -> Any:
    worker.loop, worker.scope, worker.works = loop, scope, True
    try:
        return later(function, *args)
    except StopIteration as error:
        raise RuntimeError("coroutine raised StopIteration") from error
    finally:
        worker.loop = worker.scope = None
        worker.works = False


@entry
def run_sync(
    func: Callable[..., T],
    *args: Any,
    abandon_on_cancel: bool = False,
    cancellable: bool | None = None,
    limiter: CapacityLimiter | None = None,
) -> T:
    """Call a function in a worker thread; return what it returns.

    A cancellation waits for the call, unless that may be abandoned.
    """
    if cancellable is not None:
        abandon_on_cancel = cancellable
        warnings.warn(
            "The `cancellable=` keyword argument to `anyio.to_thread.run_sync` is "
            "deprecated since AnyIO 4.1.0; use `abandon_on_cancel=` instead",
            DeprecationWarning,
            stacklevel=3,
        )
    checkpoint()
    if limiter is None:
        limiter = current_default_thread_limiter()
    scope = CancelScope(shield=not abandon_on_cancel)
    with limiter, scope:
        loop = get_running_loop()
        around = scope._parent
        seen = scope if abandon_on_cancel or around is None else around
        run = contextvars.copy_context().run
        submitted = _executor(loop).submit(run, _call, loop, seen, func, args)
        return await_(wrap_future(submitted, loop=loop))  # type: ignore[no-any-return]
    raise AssertionError("nobody cancels the scope itself")


def check_cancelled() -> None:
    """In a worker thread: raise the cancellation of the task that waits for it."""
    if not worker.works:
        raise NoEventLoopError(
            "This function can only be called inside an AnyIO worker thread"
        )
    scope = worker.scope
    while scope is not None:
        if scope.cancel_called:
            raise CancelledError(f"Cancelled via cancel scope {id(scope):x}")
        if scope.shield:
            return
        scope = scope._parent


class EventLoopToken:
    """Stands for a loop, to call something in it from another thread."""

    def __init__(self, native_token: Any) -> None:
        self.native_token = native_token

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EventLoopToken):
            return NotImplemented
        return self.native_token is other.native_token

    def __hash__(self) -> int:
        return hash(self.native_token)


def current_token() -> EventLoopToken:
    """Return what stands for the loop of this thread."""
    return EventLoopToken(get_running_loop())


def _loop_of(token: EventLoopToken | None) -> Any:
    if token is not None:
        loop = token.native_token
    elif worker.works:
        loop = worker.loop
    else:
        raise NoEventLoopError(
            "Not running inside an AnyIO worker thread, and no event loop token was "
            "provided"
        )
    if loop.is_closed():
        raise RunFinishedError
    return loop


def run(
    func: Callable[..., Any], *args: Any, token: EventLoopToken | None = None
) -> Any:
    """In another thread: call a coroutine function in the loop; return its result."""
    loop = _loop_of(token)
    scope = worker.scope
    coro = Coroutine(_in_scope, (scope, func, args), None, func)
    return contextvars.copy_context().run(run_coroutine_threadsafe, coro, loop).result()


def _in_scope(scope: CancelScope | None, func: Any, args: tuple[Any, ...]) -> Any:
    """Run a coroutine function as a task of a scope."""
    task = current_task()
    if scope is not None:
        innermost[task] = scope
        scope._tasks[task] = None
    try:
        return await_(deferred(func, *args))
    except CancelledError as error:
        raise concurrent.futures.CancelledError(str(error)) from None
    finally:
        if scope is not None:
            scope._tasks.pop(task, None)


def run_sync_in_loop(
    func: Callable[..., T], *args: Any, token: EventLoopToken | None = None
) -> T:
    """In another thread: call a plain function in the loop; return its result."""
    loop = _loop_of(token)
    outcome: concurrent.futures.Future[T] = concurrent.futures.Future()

    def call() -> None:
        try:
            outcome.set_result(later(func, *args))
        except BaseException as error:
            outcome.set_exception(error)
            if not isinstance(error, Exception):
                raise

    loop.call_soon_threadsafe(call)
    with unguarded():
        return outcome.result()
