"""anyio's exceptions; those that are not installed are made here."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = [
    "BrokenResourceError",
    "BusyResourceError",
    "ClosedResourceError",
    "EndOfStream",
    "NoEventLoopError",
    "RunFinishedError",
    "TaskCancelled",
    "TaskFailed",
    "TaskNotFinished",
    "TypedAttributeProvider",
    "WouldBlock",
]

if TYPE_CHECKING:
    from anyio import (
        BrokenResourceError,
        BusyResourceError,
        ClosedResourceError,
        EndOfStream,
        NoEventLoopError,
        RunFinishedError,
        TaskCancelled,
        TaskFailed,
        TaskNotFinished,
        TypedAttributeProvider,
        WouldBlock,
    )
else:
    try:
        from anyio import (
            BrokenResourceError,
            BusyResourceError,
            ClosedResourceError,
            EndOfStream,
            TypedAttributeProvider,
            WouldBlock,
        )
    except ImportError:  # which the source may do without, and so does its twin

        class BrokenResourceError(Exception):
            """A resource is of no use any more."""

        class BusyResourceError(Exception):
            """Two tasks use a resource for the same thing."""

            def __init__(self, action: str) -> None:
                super().__init__(f"another task is {action} this resource already")

        class ClosedResourceError(Exception):
            """The resource was closed."""

        class EndOfStream(Exception):
            """The other end of the stream was closed."""

        class WouldBlock(Exception):
            """The call would have to wait."""

        class TypedAttributeProvider:
            """An object without attributes of its own."""

    try:
        from anyio import NoEventLoopError, RunFinishedError
    except ImportError:

        class NoEventLoopError(RuntimeError):
            """There is no event loop to call something in."""

        class RunFinishedError(RuntimeError):
            """The event loop has ended."""

    try:
        from anyio import TaskCancelled, TaskFailed, TaskNotFinished
    except ImportError:

        class TaskFailed(Exception):
            """The task raised an exception."""

        class TaskCancelled(TaskFailed):
            """The task was cancelled."""

        class TaskNotFinished(Exception):
            """The task goes on."""
