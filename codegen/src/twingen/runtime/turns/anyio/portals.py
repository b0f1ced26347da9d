"""Portals, by which other threads call functions in a loop."""

from __future__ import annotations

import concurrent.futures
import contextvars
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from types import TracebackType
from typing import Any

from ..context_managers import Managed
from ..coroutines import Coroutine
from ..dynamic_calls import await_, entered, later
from ..entry_points import entry, unguarded
from ..events import get_running_loop
from ..exceptions import CancelledError
from ..inspection import isawaitable
from ..thread_identity import get_ident
from .cancel_scopes import CancelScope
from .locks import Event
from .runs import run
from .task_groups import TaskGroup, TaskStatus
from .worker_threads import current_token, run_sync_in_loop

Outcome = concurrent.futures.Future


class _Status(TaskStatus[Any]):
    """Tells another thread that the task is ready."""

    def __init__(self, future: Outcome[Any]) -> None:
        self._future = future

    def started(self, value: Any = None) -> None:
        """Say that the task is ready."""
        self._future.set_result(value)


class _Result(Outcome[Any]):
    """The result of a call; a thread that waits for it gives up the turn."""

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the result."""
        with unguarded():
            return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait for the exception."""
        with unguarded():
            return super().exception(timeout)


class BlockingPortal(Managed):
    """Lets other threads call functions in the loop that it was made in."""

    def __init__(self) -> None:
        self._token = current_token()
        self._ident: int | None = get_ident()
        self._stop_event = Event()
        self._group = TaskGroup()

    @entry
    def __enter__(self) -> BlockingPortal:
        self._group.__enter__()
        return self

    @entry
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> bool:
        self.stop()
        return self._group.__exit__(kind, error, tb)

    def _check_running(self) -> None:
        if self._ident is None:
            raise RuntimeError("This portal is not running")
        if self._ident == get_ident():
            raise RuntimeError(
                "This method cannot be called from the event loop thread"
            )

    @entry
    def sleep_until_stopped(self) -> None:
        """Wait until `stop()` is called."""
        self._stop_event.wait()

    @entry
    def stop(self, cancel_remaining: bool = False) -> None:
        """Stop taking calls; if asked to, cancel those that are running."""
        self._ident = None
        self._stop_event.set()
        if cancel_remaining:
            self._group.cancel_scope.cancel("the blocking portal is shutting down")

    def _run(self, func: Any, args: Any, kwargs: Any, future: Outcome[Any]) -> None:
        done = functools.partial(self._done, self._ident)
        try:
            value = later(func, *args, **kwargs)
            if isawaitable(value):
                with CancelScope() as scope:
                    future.add_done_callback(functools.partial(done, scope))
                    value = await_(value)
        except CancelledError:
            future.cancel()
            future.set_running_or_notify_cancel()
        except BaseException as error:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            if future.set_running_or_notify_cancel():
                future.set_result(value)

    def _done(
        self, ident: int | None, scope: CancelScope, future: Outcome[Any]
    ) -> None:
        """The future is done, perhaps since another thread cancelled it."""
        reason = "the future was cancelled"
        if not future.cancelled():
            return
        if ident == get_ident():
            scope.cancel(reason)
        elif ident is not None:
            self._call_soon(scope.cancel, reason)

    def _call_soon(self, function: Callable[..., object], *args: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed
            self._token.native_token.call_soon_threadsafe(function, *args)

    def _spawn(
        self, func: Any, args: Any, kwargs: Any, name: object, future: Outcome[Any]
    ) -> None:
        start = functools.partial(self._start, func, args, kwargs, name, future)
        run_sync_in_loop(start, token=self._token)

    def _start(
        self, func: Any, args: Any, kwargs: Any, name: object, future: Outcome[Any]
    ) -> None:
        coro = Coroutine(self._run, (func, args, kwargs, future))
        self._group.create_task(coro, name=name)

    def call(self, func: Callable[..., Any], *args: Any) -> Any:
        """Call a function in the loop; wait for what it gives, and return that."""
        return self.start_task_soon(func, *args).result()

    def start_task_soon(
        self, func: Callable[..., Any], *args: Any, name: object = None
    ) -> Outcome[Any]:
        """Start a task that calls a function; return its future."""
        self._check_running()
        future = _Result()
        self._spawn(func, args, {}, name, future)
        return future

    @entry
    def call_async(
        self, func: Callable[..., Any], *args: Any, abandon_on_cancel: bool = False
    ) -> Any:
        """Call a function in the portal's loop, in a task of another loop.

        If that task is cancelled, so is the call, whose end is waited for unless it is
        abandoned.
        """
        self._check_running()
        own: Any = get_running_loop()
        event, scope, future = Event(), CancelScope(), _Result()

        def run() -> None:
            with scope:
                self._run(func, args, {}, future)

        def start() -> None:
            try:
                self._group.create_task(Coroutine(run))
            except BaseException as error:
                if not future.done():
                    future.set_exception(error)

        def settled(_: Outcome[Any]) -> None:
            with suppress(RuntimeError):  # the loop is closed
                own.call_soon_threadsafe(event.set)

        future.add_done_callback(settled)
        self._call_soon(start)
        try:
            event.wait()
        except CancelledError:
            self._call_soon(scope.cancel, "the calling task was cancelled")
            if not abandon_on_cancel:
                with CancelScope(shield=True):
                    event.wait()
                if not future.cancelled():
                    future.result()
            raise
        return future.result()

    def start_task(
        self, func: Callable[..., Any], *args: object, name: object = None
    ) -> tuple[Outcome[Any], Any]:
        """Start a task and wait until it says that it is ready, and what it says."""
        self._check_running()
        ready, future = _Result(), _Result()

        def done(future: Outcome[Any]) -> None:
            if ready.done():
                return
            if future.cancelled():
                ready.cancel()
            else:
                ready.set_exception(
                    future.exception()
                    or RuntimeError("Task exited without calling task_status.started()")
                )

        future.add_done_callback(done)
        self._spawn(func, args, {"task_status": _Status(ready)}, name, future)
        return future, ready.result()

    def wrap_async_context_manager(self, cm: Any) -> AbstractContextManager[Any]:
        """Return a context manager that enters and leaves another one in the loop."""
        return _Wrapped(cm, self)


class _Wrapped(AbstractContextManager[Any]):
    """A context manager whose methods run in one task of a portal's loop."""

    def __init__(self, manager: Any, portal: BlockingPortal) -> None:
        self._manager = manager
        self._portal = portal
        self._how: Any = (None, None, None)

    def _live(self) -> Any:
        try:
            self._left = Event()
            manager = entered(self._manager)
            value = manager.__enter__()
        except BaseException as error:
            self._entering.set_exception(error)
            raise
        self._entering.set_result(value)
        try:
            self._left.wait()
        finally:
            result = manager.__exit__(*self._how)
        return result

    def __enter__(self) -> Any:
        self._entering = _Result()
        self._leaving = self._portal.start_task_soon(_coroutine(self._live))
        return self._entering.result()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> bool | None:
        self._how = kind, error, tb
        self._portal.call(self._left.set)
        return self._leaving.result()  # type: ignore[no-any-return]


def _coroutine(function: Callable[[], Any]) -> Callable[[], Coroutine[Any]]:
    return lambda: Coroutine(function)


class BlockingPortalProvider:
    """Starts a portal when the first thread enters, stops it when the last leaves."""

    backend: str
    backend_options: dict[str, Any] | None

    def __init__(
        self, backend: str = "asyncio", backend_options: dict[str, Any] | None = None
    ) -> None:
        self.backend = backend
        self.backend_options = backend_options
        self._lock = threading.Lock()
        self._leases = 0
        self._manager: AbstractContextManager[BlockingPortal] | None = None

    def __enter__(self) -> BlockingPortal:
        with self._lock:
            if self._manager is None:
                manager = start_blocking_portal(self.backend, self.backend_options)
                self._portal = manager.__enter__()
                self._manager = manager
            self._leases += 1
            return self._portal

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        last = None
        with self._lock:
            self._leases -= 1
            if not self._leases:
                last, self._manager = self._manager, None
                del self._portal
        if last is not None:
            last.__exit__(kind, error, tb)


@contextmanager
def start_blocking_portal(
    backend: str = "asyncio",
    backend_options: dict[str, Any] | None = None,
    *,
    name: str | None = None,
) -> Iterator[BlockingPortal]:
    """Run a loop in a thread of its own, with a portal to it."""
    future = _Result()

    def live() -> None:
        with BlockingPortal() as portal:
            if name is None:
                named = f"{backend}-portal-{id(portal):x}"
                threading.current_thread().name = named
            future.set_result(portal)
            portal.sleep_until_stopped()

    def live_in_loop() -> None:
        if future.set_running_or_notify_cancel():
            try:
                run(_coroutine(live), backend=backend, backend_options=backend_options)
            except BaseException as error:
                if not future.done():
                    future.set_exception(error)

    thread = threading.Thread(
        target=live_in_loop, daemon=True, name=name, **_of_thread()
    )
    thread.start()
    try:
        cancel_remaining = False
        portal = future.result()
        try:
            yield portal
        except BaseException:
            cancel_remaining = True
            raise
        finally:
            with suppress(RuntimeError):
                portal.call(portal.stop, cancel_remaining)
    finally:
        with unguarded():
            thread.join()


def _of_thread() -> dict[str, Any]:
    if sys.version_info >= (3, 14):
        return {"context": contextvars.Context()}
    return {}
