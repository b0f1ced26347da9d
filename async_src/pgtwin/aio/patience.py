# twingen: async-only
"""Waiting with a deadline: as Python 3.12 does it, and for what blocks a thread.

Law: a cancellation is never swallowed, whatever arrives at the same moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")

if sys.version_info >= (3, 12):
    wait_for = asyncio.wait_for
else:

    async def wait_for(wait: Awaitable[T], timeout: float | None) -> T:
        """Wait for `timeout` seconds at most, then raise `asyncio.TimeoutError`.

        A future is settled with that error then. With Python 3.10 a coroutine may
        still swallow a cancellation that comes when it has just ended.
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
        if sys.version_info >= (3, 11) and timeout > 0:
            async with asyncio.timeout(timeout):
                return await wait
        return await asyncio.wait_for(wait, timeout)

    def _expire(wait: asyncio.Future[T]) -> None:
        if not wait.done():
            wait.set_exception(asyncio.TimeoutError())


async def call_in_thread(
    timeout: float | None, function: Callable[..., T], /, *args: Any, **kwargs: Any
) -> T:
    """Call a function that blocks and has no timeout of its own.

    It runs in a thread with a copy of the context. Raises `asyncio.TimeoutError` after
    `timeout` seconds; the function goes on by itself then, and neither the end of the
    event loop nor that of the interpreter waits for it, as both would for a thread of
    `asyncio.to_thread()`.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(value: Any, error: BaseException | None) -> None:
        if future.done():
            return  # given up
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)

    def run() -> None:
        value, failure = None, None
        try:
            value = context.run(function, *args, **kwargs)
        except BaseException as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, value, failure)

    threading.Thread(target=run, name="pgtwin-call", daemon=True).start()
    return await wait_for(future, timeout)
