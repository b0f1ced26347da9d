"""What sniffio is asked: which asynchronous library runs the caller."""

from __future__ import annotations

from .events import get_running_loop


def current_async_library() -> str:
    """Return `"asyncio"`, whose semantics tasks have here.

    Raises :class:`RuntimeError` outside of a loop, as sniffio's own exception is one.
    """
    get_running_loop(strict=True)
    return "asyncio"
