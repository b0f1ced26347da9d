"""A COPY that is under way in a session."""

from __future__ import annotations

import asyncio


class OpenCopy:
    """A running COPY: its lock, and the time limit for each wait, in seconds.

    While it is `receiving`, no other code reads from the server.
    """

    __slots__ = ("__weakref__", "lock", "receiving", "timeout")

    def __init__(self, receiving: bool, timeout: float | None) -> None:
        self.lock = asyncio.Lock()
        self.receiving = receiving
        self.timeout = timeout
