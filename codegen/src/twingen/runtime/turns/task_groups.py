"""Tasks that belong to a block of code."""

from __future__ import annotations

import contextvars
import sys
from types import TracebackType
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .context_managers import Managed
from .entry_points import entry
from .events import get_running_loop
from .exceptions import BaseExceptionGroup, CancelledError
from .function_kinds import coroutine
from .futures import Future
from .tasks import Task, current_task


class TaskGroup(Managed):
    """A block that ends with its tasks; an exception in one cancels the rest."""

    def __init__(self) -> None:
        self._entered = False
        self._exiting = False
        self._aborting = False
        self._loop: AbstractEventLoop | None = None
        self._parent_task: Any = None
        self._parent_cancel_requested = False
        self._tasks: set[Task[Any]] = set()
        self._errors: list[BaseException] | None = []
        self._base_error: BaseException | None = None
        self._all_done: Future[bool] | None = None

    def __repr__(self) -> str:
        parts = ["<TaskGroup"]
        if self._tasks:
            parts.append(f"tasks={len(self._tasks)}")
        if self._errors:
            parts.append(f"errors={len(self._errors)}")
        if self._aborting:
            parts.append("cancelling")
        elif self._entered:
            parts.append("entered")
        return " ".join(parts) + ">"

    @coroutine
    def __enter__(self) -> TaskGroup:
        if self._entered:
            raise RuntimeError(f"TaskGroup {self!r} has already been entered")
        if self._loop is None:
            self._loop = get_running_loop()
        self._parent_task = current_task(self._loop)
        if self._parent_task is None:
            raise RuntimeError(f"TaskGroup {self!r} cannot determine the parent task")
        self._entered = True
        return self

    @entry
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> bool | None:
        try:
            self._exit(error)
            return None
        finally:
            # A traceback would keep them, and the exceptions its frames.
            self._parent_task = None
            self._errors = None
            self._base_error = None
            del error, tb

    def _exit(self, error: BaseException | None) -> None:
        self._exiting = True
        cancelled: BaseException | None = None
        if error is not None:
            if _is_base_error(error) and self._base_error is None:
                self._base_error = error
            if isinstance(error, CancelledError):
                cancelled = error
            if not self._aborting:
                self._abort()
        cancelled = self._wait_for_tasks() or cancelled
        try:
            if self._base_error is not None:
                raise self._base_error
            if self._parent_cancel_requested and self._parent_task.uncancel() == 0:
                cancelled = None
            assert self._errors is not None
            if cancelled is not None and not self._errors:
                raise cancelled
            if error is not None and not isinstance(error, CancelledError):
                self._errors.append(error)
            if self._errors:
                if self._parent_task.cancelling():
                    # The count stays, and the task will be told of the cancellation.
                    self._parent_task.uncancel()
                    self._parent_task.cancel()
                raise BaseExceptionGroup(
                    "unhandled errors in a TaskGroup", self._errors
                ) from None
        finally:
            del error, cancelled

    def _wait_for_tasks(self) -> CancelledError | None:
        cancelled: CancelledError | None = None
        while self._tasks:
            all_done = self._all_done
            if all_done is None:
                assert self._loop is not None
                all_done = self._all_done = self._loop.create_future()
            try:
                all_done.wait()
            except CancelledError as error:
                if not self._aborting:
                    cancelled = error
                    self._abort()
            self._all_done = None
        try:
            return cancelled
        finally:
            del cancelled

    def create_task(
        self,
        coro: Any,
        *,
        name: object = None,
        context: contextvars.Context | None = None,
    ) -> Task[Any]:
        """Start a task of this group."""
        refused = None
        if not self._entered:
            refused = "has not been entered"
        elif self._exiting and not self._tasks:
            refused = "is finished"
        elif self._aborting:
            refused = "is shutting down"
        if refused is not None:
            if sys.version_info >= (3, 13):  # before, it can still be waited for
                coro.close()
            raise RuntimeError(f"TaskGroup {self!r} {refused}")
        assert self._loop is not None
        if context is None:
            task: Task[Any] = self._loop.create_task(coro, name=name)
        else:
            task = self._loop.create_task(coro, name=name, context=context)
        if task.done():
            self._task_done(task)
        else:
            self._tasks.add(task)
            task.add_done_callback(self._task_done)
        try:
            return task
        finally:
            del task

    def _abort(self) -> None:
        self._aborting = True
        for task in self._tasks:
            if not task.done():
                task.cancel()

    def _task_done(self, task: Task[Any]) -> None:
        self._tasks.discard(task)
        all_done = self._all_done
        if all_done is not None and not self._tasks and not all_done.done():
            all_done.set_result(True)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        if self._errors is not None:
            self._errors.append(error)
        if _is_base_error(error) and self._base_error is None:
            self._base_error = error
        if self._parent_task is None or self._parent_task.done():
            assert self._loop is not None
            self._loop.call_exception_handler(
                {
                    "message": f"Task {task!r} has errored out but its parent task "
                    f"{self._parent_task} is already completed",
                    "exception": error,
                    "task": task,
                }
            )
        elif not self._aborting and not self._parent_cancel_requested:
            # The parent's body is interrupted; `__exit__` takes the request back.
            self._abort()
            self._parent_cancel_requested = True
            self._parent_task.cancel()


def _is_base_error(error: BaseException) -> bool:
    return isinstance(error, (SystemExit, KeyboardInterrupt))
