"""A lock that only its owner releases, and nobody acquires twice, as anyio has it."""

from __future__ import annotations

import threading


class Lock:
    """A lock that remembers which thread has acquired it."""

    def __init__(self, *, fast_acquire: bool = False) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Acquire the lock, waiting for at most `timeout` seconds.

        Raises RuntimeError for the thread that has it.
        """
        if self._owner == threading.get_ident():
            raise RuntimeError("Attempted to acquire an already held Lock")
        acquired = self._lock.acquire(blocking, timeout)
        if acquired:
            self._owner = threading.get_ident()
        return acquired

    def release(self) -> None:
        """Release the lock; RuntimeError for a thread that has not acquired it."""
        if self._owner != threading.get_ident():
            raise RuntimeError("The current task is not holding this lock")
        self._owner = None
        self._lock.release()

    def locked(self) -> bool:
        """Return whether somebody has the lock."""
        return self._lock.locked()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *exc_info: object) -> None:
        self.release()
