# twingen: async-only
"""Calls functions that block, without waiting for those that were abandoned.

A thread runs one function and informs the event loop, which may be closed by then.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from pgtwin.aio.waiting.timeout import wait_for

T = TypeVar("T")


async def call_in_thread(
    timeout: float | None, function: Callable[..., T], /, *args: Any, **kwargs: Any
) -> T:
    """Call a function that blocks and has no timeout of its own.

    It runs in a thread with a copy of the context. Raises `asyncio.TimeoutError` after
    `timeout` seconds. The function then continues by itself. Neither the end of the
    event loop nor that of the interpreter waits for it, as both would with
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
