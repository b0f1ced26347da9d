"""What tasks of other makes tell a loop: that there are some, and which one runs."""

from __future__ import annotations

import weakref
from typing import Any

from .futures import loop_of

_registered: weakref.WeakSet[Any] = weakref.WeakSet()
entered: dict[Any, Any] = {}
"""The task whose step runs, of each loop where there is one."""


def register_task(task: Any) -> None:
    """Let `all_tasks()` know of a task."""
    _registered.add(task)


def unregister_task(task: Any) -> None:
    """Let `all_tasks()` forget a task."""
    _registered.discard(task)


def registered_tasks(loop: Any) -> set[Any]:
    """Return the tasks of a loop that were registered."""
    if not _registered:
        return set()
    return {task for task in list(_registered) if loop_of(task) is loop}


def leave_task(loop: Any, task: Any) -> None:
    """Say that a step of a task has ended."""
    if loop not in entered or entered[loop] is not task:
        raise RuntimeError(
            f"Leaving task {task!r} does not match the current task "
            f"{entered.get(loop)!r}."
        )
    del entered[loop]
