"""Mocks of coroutine functions whose calls are kept, where tasks take turns."""

# tasks: turns

from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock


class Client:
    async def send(self, word):
        return f"sent {word}"

    async def send_all(self, words):
        return await asyncio.gather(*(self.send(word) for word in words))


async def example_tasks_of_mocks():
    fetch = AsyncMock(side_effect=[1, ValueError("second"), 3])
    first = asyncio.create_task(fetch("a"))
    others = await asyncio.gather(fetch("b"), fetch("c"), return_exceptions=True)
    print(await first, others, fetch.await_count)
    fetch.assert_any_await("b")
    fetch.side_effect = None
    fetch.return_value = "again"
    print(await asyncio.wait_for(fetch(), 30))


async def example_what_a_mock_is():
    mock = AsyncMock(return_value=1)
    print(asyncio.iscoroutinefunction(mock), asyncio.iscoroutinefunction(mock.method))
    kept = mock(5)
    print(asyncio.iscoroutine(kept), mock.await_count)
    print(await kept, mock.await_count, mock.await_args)
    print(isinstance(mock, AsyncMock), isinstance(mock.method, AsyncMock))


async def example_mock_of_a_method():
    client = Client()
    client.send = AsyncMock(return_value="mocked")
    print(await client.send("x"), await client.send_all(["y", "z"]))
    client.send.assert_awaited_with("z")


async def example_mock_that_calls_a_function():
    async def slow(x):
        await asyncio.sleep(0)
        return x * 2

    double = AsyncMock(side_effect=slow)
    return await asyncio.gather(*map(double, range(3))), double.await_count
