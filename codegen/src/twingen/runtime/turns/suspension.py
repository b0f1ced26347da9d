"""Where a thread gives its turn up, on behalf of the task that it runs."""

from __future__ import annotations

from typing import Any

from .thread_state import here


def suspend(yielded: Any) -> Any:
    """Wait as a task whose coroutine yields this: a future, or `None` for a round."""
    participant = here.participant
    if participant is None:
        raise RuntimeError("no running event loop")
    if participant.fiber is not None:
        return participant.fiber.pause(yielded)
    task = participant.task
    loop: Any = here.loop
    if loop is None:  # a finalizer, while its thread takes the turn or gives it up
        raise RuntimeError("no running event loop")
    if task is None:
        task = loop._guest_task(participant)
    if loop._current is not task:
        raise RuntimeError("a callback cannot wait")
    try:
        return task._suspend(participant, yielded)
    finally:
        del yielded  # the frames of an exception would keep it


def drive(iterator: Any, error: BaseException | None = None) -> Any:
    """Run a generator, or a coroutine of another make, and wait for what it yields."""
    value: Any = None
    plain = hasattr(iterator, "__next__")
    while True:
        try:
            if error is not None:
                thrown, error = error, None
                try:
                    yielded = iterator.throw(thrown)
                finally:
                    del thrown
            elif value is None and plain:
                yielded = next(iterator)
            else:
                yielded = iterator.send(value)
        except StopIteration as stop:
            return stop.value
        try:
            value = suspend(yielded)
        except BaseException as raised:
            if not hasattr(iterator, "throw"):
                raise
            error = raised
