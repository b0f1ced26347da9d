"""Tell the caller how far a COPY has come.

What tells it is a plain function: it is called, and nothing is waited for.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CoroutineType
from typing import Any


def report(progress: Callable[[Any], object], copy: Any) -> None:
    """Call a progress function. Raises what it raises, `TypeError` if it is async."""
    told = progress(copy)
    if hasattr(told, "__await__"):
        if isinstance(told, CoroutineType):
            told.close()
        raise TypeError(
            "progress must be a plain function, not one that is awaited: start a task "
            "in it if something has to wait"
        )
