# twingen: async-only
"""Waiting for a limited time, where asyncio itself is not careful enough."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import Any

import pytest

from pgtwin.aio.waiting.timeout import wait_for


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="asyncio's own is used")
async def test_error_that_a_cancellation_goes_before() -> None:
    loop = asyncio.get_running_loop()
    told: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: told.append(context))
    future: asyncio.Future[int] = loop.create_future()
    task = asyncio.create_task(wait_for(future, 60))
    await asyncio.sleep(0)
    future.set_exception(ValueError("nobody waits for it any more"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    del future, task
    gc.collect()
    assert told == []


async def test_result_or_timeout() -> None:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[int] = loop.create_future()
    loop.call_soon(future.set_result, 1)
    assert await wait_for(future, 60) == 1
    with pytest.raises(asyncio.TimeoutError):
        await wait_for(loop.create_future(), 0.01)
    with pytest.raises(asyncio.TimeoutError):
        await wait_for(asyncio.Event().wait(), 0)
    assert await wait_for(asyncio.sleep(0, 2), None) == 2


@pytest.mark.parametrize("steps", range(5))
async def test_cancellation_as_a_coroutine_ends(steps: int) -> None:
    lock = asyncio.Lock()
    await lock.acquire()
    task = asyncio.create_task(wait_for(lock.acquire(), 60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    lock.release()
    for _ in range(steps):
        await asyncio.sleep(0)
    if task.cancel():
        with pytest.raises(asyncio.CancelledError):
            await task
    assert lock.locked() is not task.cancelled()


async def test_time_that_is_up_in_a_coroutine() -> None:
    event = asyncio.Event()
    with pytest.raises(asyncio.TimeoutError):
        await wait_for(event.wait(), 0.01)
    assert await wait_for(asyncio.sleep(0.001, 3), 60) == 3
