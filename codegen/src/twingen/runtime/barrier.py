"""A barrier as asyncio's is: who stops waiting for it leaves it in order."""

from __future__ import annotations

import threading
from threading import BrokenBarrierError
from types import TracebackType

from .deadline import Deadline

_FILLING, _DRAINING, _RESETTING, _BROKEN = range(4)


class Barrier:
    """Threads that wait for each other, again and again.

    `threading.Barrier` is broken when one of them runs out of time; here it is
    only one less.
    """

    def __init__(self, parties: int) -> None:
        if parties < 1:
            raise ValueError("parties must be >= 1")
        self._parties = parties
        self._count = 0
        self._state = _FILLING
        self._changed = threading.Condition()

    @property
    def parties(self) -> int:
        """How many threads pass together."""
        return self._parties

    @property
    def n_waiting(self) -> int:
        """How many threads wait now."""
        return self._count if self._state == _FILLING else 0

    @property
    def broken(self) -> bool:
        """Whether the barrier was aborted."""
        return self._state == _BROKEN

    def wait(self, timeout: float | None = None) -> int:
        """Wait until all are here; return how many were here before this one.

        Waits at most `timeout` seconds, then raises TimeoutError; BrokenBarrierError
        when the barrier is reset or aborted.
        """
        deadline = Deadline(timeout)
        with self._changed:
            self._wait_while((_DRAINING, _RESETTING), deadline)
            self._check(_BROKEN)
            index = self._count
            self._count += 1
            try:
                if self._count == self._parties:
                    self._change(_DRAINING)
                else:
                    self._wait_while((_FILLING,), deadline)
                    self._check(_BROKEN, _RESETTING)
                return index
            finally:
                self._count -= 1
                if not self._count and self._state in (_DRAINING, _RESETTING):
                    self._change(_FILLING)

    def reset(self) -> None:
        """Reset the barrier; waiting threads get BrokenBarrierError."""
        with self._changed:
            self._change(_RESETTING if self._count else _FILLING)

    def abort(self) -> None:
        """Give BrokenBarrierError to all who wait, now and later."""
        with self._changed:
            self._change(_BROKEN)

    def __enter__(self) -> int:
        return self.wait()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def _change(self, state: int) -> None:
        self._state = state
        self._changed.notify_all()

    def _wait_while(self, states: tuple[int, ...], deadline: Deadline) -> None:
        if not self._changed.wait_for(
            lambda: self._state not in states, deadline.remaining()
        ):
            raise TimeoutError

    def _check(self, *states: int) -> None:
        if self._state in states:
            raise BrokenBarrierError
