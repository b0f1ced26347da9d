"""A COPY that is under way in a session."""

from __future__ import annotations

import asyncio


class OpenCopy:
    """Has the lock of a COPY, and the seconds that it may wait for the server.

    When it is `receiving`, nobody else reads what the server sends.
    """

    __slots__ = ("__weakref__", "lock", "receiving", "timeout")

    def __init__(self, receiving: bool, timeout: float | None) -> None:
        self.lock = asyncio.Lock()
        self.receiving = receiving
        self.timeout = timeout
