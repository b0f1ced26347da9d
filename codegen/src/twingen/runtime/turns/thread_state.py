"""What a thread takes part in: its loop, its task and what it has given up."""

from __future__ import annotations

import threading
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .turn_threads import Participant


class Unset:
    """Says that `set_event_loop()` was not called in a thread."""


class Here(threading.local):
    """What the current thread takes part in."""

    participant: Participant | None = None
    loop: AbstractEventLoop | None = None
    """The loop whose turn the thread has; `None` outside."""
    spare: Participant | None = None
    """Of the last visit, for the next one."""
    chosen: AbstractEventLoop | type[Unset] | None = Unset
    """What `set_event_loop()` was called with."""
    kept: Any = None
    """The task of its last visit, if that has scopes or locks which are not left."""
    away: Any = None
    """The call for which it has given up the turn; see `blocking_calls`."""
    importing: Any = None
    """What it imports while it is in a loop; see `import_locks`."""


here = Here()
