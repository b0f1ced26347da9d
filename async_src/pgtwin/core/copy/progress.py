"""Reports the progress of a COPY to the caller.

The progress function is a plain function. It is called, and nothing is awaited.
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
