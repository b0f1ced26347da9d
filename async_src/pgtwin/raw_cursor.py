"""Cursors for the server's own placeholders: the names of `psycopg.raw_cursor`.

Nothing is defined here. Each form is loaded when it is first used (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pgtwin.core.statements.cursor_binding import RawCursorMixin

if TYPE_CHECKING:
    from pgtwin.aio.cursors.raw_cursor import AsyncRawCursor, AsyncRawServerCursor
    from pgtwin_sync.cursors.raw_cursor import RawCursor, RawServerCursor

__all__ = [
    "AsyncRawCursor",
    "AsyncRawServerCursor",
    "RawCursor",
    "RawCursorMixin",
    "RawServerCursor",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    form = "pgtwin.aio" if name.startswith("Async") else "pgtwin_sync"
    value = getattr(import_module(f"{form}.cursors.raw_cursor"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
