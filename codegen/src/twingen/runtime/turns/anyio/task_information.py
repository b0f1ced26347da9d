"""What can be asked of tasks: who started them, whether they are being cancelled."""

from __future__ import annotations

import weakref
from typing import Any

from ..entry_points import entry
from ..futures import Future
from ..tasks import Task, all_tasks, current_task
from ..waiting import sleep
from .cancel_scopes import innermost

parents: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
"""The identity of the task that started each task."""


class TaskInfo:
    """A task, as it can be asked."""

    id: int
    parent_id: int | None
    name: str | None
    coro: Any

    def __init__(self, task: Task[Any]) -> None:
        self.id = id(task)
        self.parent_id = parents.get(task)
        self.name = task.get_name()
        self.coro = task.get_coro()
        self._task = weakref.ref(task)

    def __eq__(self, other: object) -> bool:
        return self.id == other.id if isinstance(other, TaskInfo) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(id={self.id!r}, name={self.name!r})"

    def has_pending_cancellation(self) -> bool:
        """Return whether the task is to be cancelled where it waits next."""
        task = self._task()
        return task is not None and has_pending_cancellation(task)


def has_pending_cancellation(task: Task[Any]) -> bool:
    """Return whether a task is to be cancelled where it waits next."""
    waited = task._fut_waiter
    if task._must_cancel or (isinstance(waited, Future) and waited.cancelled()):
        return True
    scope = innermost.get(task)
    return scope is not None and scope.is_effectively_cancelled()


def get_current_task() -> TaskInfo:
    """Return the task that runs."""
    task = current_task()
    assert task is not None
    return TaskInfo(task)


def get_running_tasks() -> list[TaskInfo]:
    """Return the tasks of the loop that are not done."""
    return [TaskInfo(task) for task in all_tasks()]


@entry
def wait_all_tasks_blocked() -> None:
    """Wait until all other tasks wait for something."""
    sleep(0)
    this = current_task()
    while any(
        task._fut_waiter is None or task._fut_waiter.done()
        for task in all_tasks() - {this}
    ):
        sleep(0.1)
