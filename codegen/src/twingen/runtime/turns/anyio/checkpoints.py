"""Waits that only let others go on, or end at a time."""

from __future__ import annotations

import math

from ..entry_points import entry
from ..events import get_running_loop
from ..tasks import current_task
from ..waiting import sleep as _sleep
from .cancel_scopes import CancelScope, innermost


@entry
def sleep(delay: float) -> None:
    """Wait some seconds."""
    if not delay >= 0:
        raise ValueError("delay must be a non-negative number")
    _sleep(delay)


@entry
def sleep_forever() -> None:
    """Wait until the task is cancelled."""
    _sleep(math.inf)


@entry
def sleep_until(deadline: float) -> None:
    """Wait until a time of the loop's clock."""
    _sleep(max(deadline - current_time(), 0))


def current_time() -> float:
    """Return the time by the loop's clock, in seconds."""
    return get_running_loop().time()


@entry
def checkpoint() -> None:
    """Let other tasks go on; raise a cancellation that there is."""
    _sleep(0)


@entry
def checkpoint_if_cancelled() -> None:
    """Raise a cancellation that there is; without one let nobody else go on."""
    task = current_task()
    scope = None if task is None else innermost.get(task)
    while scope is not None:
        if scope.cancel_called:
            _sleep(0)  # once more if the cancellation has not arrived
        elif scope.shield:
            return
        else:
            scope = scope._parent


@entry
def cancel_shielded_checkpoint() -> None:
    """Let other tasks go on, whatever is cancelled."""
    with CancelScope(shield=True):
        _sleep(0)
