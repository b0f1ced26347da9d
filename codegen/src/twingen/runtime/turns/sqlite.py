"""SQLite databases that all tasks of a loop may use."""

from __future__ import annotations

import sqlite3
from typing import Any

_CHECKED = "check_same_thread"
_BEFORE_IT = 4
"""How many parameters of `sqlite3.connect()` stand before that one."""


def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
    """Open a database, as `sqlite3.connect()` does, for whichever task has the turn.

    One task runs at a time, as in the one thread of an event loop.
    """
    if len(args) <= _BEFORE_IT:
        kwargs.setdefault(_CHECKED, False)
    connection: sqlite3.Connection = sqlite3.connect(*args, **kwargs)
    return connection
