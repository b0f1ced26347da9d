"""Cursors that merge query and parameters: the names of `psycopg.client_cursor`.

Nothing is defined here. Each form is loaded when it is first used (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pgtwin.core.statements.cursor_binding import ClientCursorMixin

if TYPE_CHECKING:
    from pgtwin.aio.cursors.client_cursor import AsyncClientCursor
    from pgtwin_sync.cursors.client_cursor import ClientCursor

__all__ = [
    "AsyncClientCursor",
    "ClientCursor",
    "ClientCursorMixin",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    form = "pgtwin.aio" if name.startswith("Async") else "pgtwin_sync"
    value = getattr(import_module(f"{form}.cursors.client_cursor"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
