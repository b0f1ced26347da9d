"""Groups of tasks in a cancel scope: the block ends when all its tasks have ended."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, TypeVar

from ..context_managers import Managed
from ..dynamic_calls import deferred
from ..entry_points import entry, guarded
from ..events import get_running_loop
from ..exceptions import BaseExceptionGroup, CancelledError, InvalidStateError
from ..futures import Future
from ..inspection import iscoroutine
from ..tasks import Task, current_task
from .cancel_scopes import CancelScope, innermost, is_of_scope
from .checkpoints import cancel_shielded_checkpoint
from .task_handles import TaskHandle
from .task_information import parents

T_contra = TypeVar("T_contra", contravariant=True)

_NOT_ACTIVE = "This task group is not active; no new tasks can be started."


class TaskStatus(Generic[T_contra]):
    """Given to a task that `TaskGroup.start()` starts."""

    def started(self, value: Any = None) -> None:
        """Say that the task is ready; `start()` returns the value."""


class _IgnoredTaskStatus(TaskStatus[object]):
    """For a task that is started otherwise."""


TASK_STATUS_IGNORED = _IgnoredTaskStatus()


class _StartStatus(TaskStatus[Any]):
    """Tells the caller of `start()`, and moves the task into the scope of the group.

    Until then the task is in the scope of that caller.
    """

    def __init__(self, group_scope: CancelScope) -> None:
        self.future: Future[Any] = get_running_loop().create_future()
        self.scope = CancelScope()
        self._group_scope = group_scope
        self._parent_id = id(group_scope._host)

    @guarded
    def started(self, value: Any = None) -> None:
        """Say that the task is ready; `start()` returns the value."""
        parents[current_task()] = self._parent_id
        if self.future.cancelled():
            return  # nobody waits for it any more
        if self.future.done():
            raise RuntimeError("called 'started' twice on the same task status")
        self.future.set_result(value)
        self.scope.move_to(self._group_scope)


class TaskGroup(Managed):
    """A block that ends with its tasks; an exception in one cancels the rest."""

    def __init__(self) -> None:
        self.cancel_scope = CancelScope()
        self._entered = False
        self._tasks: set[Task[Any]] = set()
        self._errors: list[BaseException] = []
        self._all_done: Future[None] | None = None

    @guarded
    def cancel(self, reason: str | None = None) -> None:
        """Cancel all tasks of the group and its block."""
        self.cancel_scope.cancel(reason)

    @entry
    def __enter__(self) -> TaskGroup:
        if self._entered:
            raise RuntimeError("TaskGroup cannot be entered more than once")
        self._entered = True
        self.cancel_scope.__enter__()
        return self

    @entry
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> bool:
        try:
            if error is not None:
                self.cancel_scope.cancel()
                if not isinstance(error, CancelledError):
                    self._errors.append(error)
            try:
                error = self._wait_for_tasks(error)
                if self._errors:
                    raise BaseExceptionGroup(
                        "unhandled errors in a TaskGroup", self._errors
                    ) from None
                if error is not None:
                    raise error
            except BaseException as raised:
                if self.cancel_scope.__exit__(type(raised), raised, None):
                    return True
                raise
            return self.cancel_scope.__exit__(None, None, None)
        finally:
            # A traceback would keep them.
            del error, tb, self._errors

    def _wait_for_tasks(self, error: BaseException | None) -> BaseException | None:
        """Wait for the tasks; return what the block is to raise."""
        if not self._tasks:
            cancel_shielded_checkpoint()
            return error
        with CancelScope() as scope:
            while self._tasks:
                all_done = self._all_done = get_running_loop().create_future()
                try:
                    all_done.wait()
                except CancelledError as cancelled:
                    scope.shield = True  # being cancelled again is of no use
                    self.cancel_scope.cancel()
                    if error is None or (
                        isinstance(error, CancelledError) and not is_of_scope(cancelled)
                    ):
                        error = cancelled
                self._all_done = None
        try:
            return error
        finally:
            del error

    @guarded
    def create_task(
        self,
        coro: Any,
        *,
        name: object = None,
        context: contextvars.Context | None = None,
    ) -> TaskHandle[Any]:
        """Start a task of this group that runs a coroutine."""
        if not iscoroutine(coro):
            kind = type(coro).__qualname__
            raise TypeError(f"expected a coroutine, got {kind}")
        if not self._is_active():
            coro.close()
            raise RuntimeError(_NOT_ACTIVE)
        shown = _name(getattr(coro, "_named", coro), name)
        if context is not None:
            return context.run(self._spawn, coro, shown)
        return self._spawn(coro, shown)

    @guarded
    def start_soon(
        self, func: Callable[..., Any], *args: Any, name: object = None
    ) -> TaskHandle[Any]:
        """Start a task of this group that calls a function."""
        return self.create_task(called(func, args), name=_name(func, name))

    @entry
    def start(
        self,
        func: Callable[..., Any],
        *args: Any,
        name: object = None,
        return_handle: bool = False,
    ) -> Any:
        """Start a task and wait until it says that it is ready; return what it says."""
        if not self._is_active():
            raise RuntimeError(_NOT_ACTIVE)
        status = _StartStatus(self.cancel_scope)
        coro = called(func, args, task_status=status)
        handle = self._spawn(coro, _name(func, name), status)
        try:
            status.future.wait()
        except BaseException:
            if handle.status is TaskHandle.Status.PENDING:
                handle.cancel()
                with CancelScope(shield=True):
                    handle.wait()
            raise
        if not return_handle:
            return status.future.result()
        handle._start_value = status.future.result()
        return handle

    def _is_active(self) -> bool:
        return self._entered and self.cancel_scope._active

    def _spawn(
        self, coro: Any, name: str, status: _StartStatus | None = None
    ) -> TaskHandle[Any]:
        scope, own = self.cancel_scope, None
        parent = scope._host
        if status is not None:
            own = status.scope
            parent = current_task()
            scope = innermost.get(parent) or scope
        handle: TaskHandle[Any] = TaskHandle(coro, name, own)
        wrapped = handle._wrapped()
        try:
            task = get_running_loop().create_task(wrapped, name=handle.name)
        except BaseException:
            for each in (wrapped, coro):
                with suppress(BaseException):
                    each.close()
            raise
        parents[task] = id(parent)
        innermost[task] = scope
        scope._tasks[task] = None
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._ended(task, status))
        return handle

    def _ended(self, task: Task[Any], status: _StartStatus | None) -> None:
        scope = innermost.pop(task)
        if scope is not None:
            del scope._tasks[task]
        parents.pop(task, None)
        self._tasks.discard(task)
        if self._all_done is not None and not self._tasks:
            with suppress(InvalidStateError):
                self._all_done.set_result(None)
        future = None if status is None else status.future
        error = _outcome(task)
        if error is None:
            if future is not None and not future.done():
                future.set_exception(
                    RuntimeError("Child exited without calling task_status.started()")
                )
        elif future is None or future.done():
            if future is not None and future.cancelled():
                return  # the host was cancelled, and says so itself
            if not isinstance(error, CancelledError):
                self._errors.append(error)
            if not self.cancel_scope.is_effectively_cancelled():
                self.cancel_scope.cancel()
        else:
            future.set_exception(error)


def create_task_group() -> TaskGroup:
    """Return a group of tasks, to be entered."""
    return TaskGroup()


def _outcome(task: Task[Any]) -> BaseException | None:
    """Return what a task raised, of a cancellation the one that was first."""
    try:
        return task.exception()
    except CancelledError as error:
        first = error
        while isinstance(first.__context__, CancelledError):
            first = first.__context__
        return first


def called(func: Callable[..., Any], args: tuple[Any, ...], **kwargs: Any) -> Any:
    """Return the coroutine that the call of a function makes."""
    coro = deferred(func, *args, **kwargs)
    if iscoroutine(coro):
        return coro
    module = getattr(func, "__module__", None)
    home = f"{module}." if module is not None else ""
    raise TypeError(
        f"Expected {home}{func.__qualname__}() to return a coroutine, but the return "
        f"value ({coro!r}) is not a coroutine object"
    )


def _name(func: Any, name: object) -> str:
    if name is not None:
        return str(name)
    parts = getattr(func, "__module__", None), getattr(func, "__qualname__", None)
    return ".".join(each for each in parts if each)
