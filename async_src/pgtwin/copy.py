"""The objects of COPY, under the names of `psycopg.copy`.

Nothing is defined here. Each form is loaded when it is first used (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pgtwin.aio.cursors.copy import (
        AsyncCopy,
        AsyncFileWriter,
        AsyncLibpqWriter,
        AsyncQueuedLibpqWriter,
        AsyncWriter,
    )
    from pgtwin_sync.cursors.copy import (
        Copy,
        FileWriter,
        LibpqWriter,
        QueuedLibpqWriter,
        Writer,
    )

__all__ = [
    "AsyncCopy",
    "AsyncFileWriter",
    "AsyncLibpqWriter",
    "AsyncQueuedLibpqWriter",
    "AsyncWriter",
    "Copy",
    "FileWriter",
    "LibpqWriter",
    "QueuedLibpqWriter",
    "Writer",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'pgtwin.copy' has no attribute {name!r}")
    form = "pgtwin.aio" if name.startswith("Async") else "pgtwin_sync"
    value = getattr(import_module(f"{form}.cursors.copy"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
