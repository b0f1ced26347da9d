"""`unittest`: asynchronous mocks and test cases."""

import unittest
from unittest.mock import AsyncMock, call, patch


async def fetch(x):
    return x


async def example_mock():
    send = AsyncMock(return_value=3)
    send.assert_not_awaited()
    print(await send(1), await send(2, key=3))
    send.assert_awaited()
    send.assert_awaited_with(2, key=3)
    send.assert_any_await(1)
    send.assert_has_awaits([call(1), call(2, key=3)])
    print(send.await_count, send.await_args, send.await_args_list)
    try:
        send.assert_awaited_once()
    except AssertionError:
        print("twice")


async def example_side_effects():
    send = AsyncMock(side_effect=[1, ValueError("mine"), 2])
    print(await send())
    try:
        await send()
    except ValueError as error:
        print(error)
    other = AsyncMock(side_effect=fetch)
    return await send(), await other("x"), await other.method("y") is not None


async def example_mock_as_a_context_manager():
    client = AsyncMock()
    client.__aenter__.return_value = "entered"
    client.__aexit__.return_value = False
    client.__aiter__.return_value = [1, 2]
    async with client as entered:
        print(entered)
    return [x async for x in client]


async def example_patch():
    with patch(f"{__name__}.fetch", return_value="patched") as patched:
        print(await fetch(1))
        patched.assert_awaited_once_with(1)
    return await fetch(1)


log = []


class Example(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        log.append("set up")
        self.addAsyncCleanup(self.clean, "cleaned")

    async def asyncTearDown(self):
        log.append("torn down")

    async def clean(self, word):
        log.append(word)

    async def test_passes(self):
        self.assertEqual(await fetch(1), 1)
        log.append("passed")

    async def test_that_fails(self):
        self.assertEqual(await fetch(1), 2)


def run_tests():
    log.clear()
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Example).run(result)
    return result.testsRun, len(result.failures), len(result.errors), list(log)


async def example_test_case():
    import asyncio

    return await asyncio.to_thread(run_tests)
