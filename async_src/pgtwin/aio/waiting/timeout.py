# twingen: async-only
"""Waits with a deadline as Python 3.12 does, on older versions too.

A cancellation is never swallowed, even if something else happens at the same moment.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")

if sys.version_info >= (3, 12):
    wait_for = asyncio.wait_for
else:

    async def wait_for(wait: Awaitable[T], timeout: float | None) -> T:
        """Wait for `timeout` seconds at most, then raise `asyncio.TimeoutError`.

        A future is settled with that error then. A coroutine runs in the caller's
        task, and so is cancelled with it.
        """
        if timeout is None:
            return await wait
        if isinstance(wait, asyncio.Future):
            future: asyncio.Future[T] = wait
            loop = asyncio.get_running_loop()
            timer = loop.call_later(max(timeout, 0), _expire, future)
            try:
                return await future
            finally:
                timer.cancel()
                if future.done() and not future.cancelled():
                    # Is seen, also where a cancellation goes before.
                    future.exception()
        if timeout <= 0:
            return await asyncio.wait_for(wait, timeout)
        if sys.version_info >= (3, 11):
            async with asyncio.timeout(timeout):
                return await wait
        return await _interrupted(wait, timeout)

    async def _interrupted(wait: Awaitable[T], timeout: float) -> T:
        """Wait in this task, which a timer cancels; Python 3.10 has no timeout()."""
        task = asyncio.current_task()
        assert task is not None
        expired = False

        def expire() -> None:
            nonlocal expired
            expired = True
            task.cancel()

        timer = asyncio.get_running_loop().call_later(timeout, expire)
        try:
            return await wait
        except asyncio.CancelledError:
            if not expired:
                raise
            raise asyncio.TimeoutError from None
        finally:
            timer.cancel()

    def _expire(wait: asyncio.Future[T]) -> None:
        if not wait.done():
            wait.set_exception(asyncio.TimeoutError())
