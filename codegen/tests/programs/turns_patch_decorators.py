# tasks: turns
"""Coroutine functions that `patch()` decorates are coroutine functions."""

import asyncio
import inspect
import os
import unittest
from unittest.mock import DEFAULT, patch


@patch("os.getcwd")
async def one(getcwd):
    await asyncio.sleep(0)
    getcwd.return_value = "somewhere"
    return os.getcwd()


@patch.object(os, "getcwd", return_value="first")
@patch.dict(os.environ, {"TURNS": "yes"})
@patch.multiple(os, getpid=DEFAULT)
async def several(getcwd, getpid):
    await asyncio.sleep(0)
    getpid.return_value = 1
    return os.getcwd(), os.environ["TURNS"], os.getpid()


def in_a_loop(function):
    def wrapper(*args):
        return asyncio.run(function(*args))

    return wrapper


@patch("os.getcwd")
@in_a_loop
async def below(getcwd):
    await asyncio.sleep(0)
    getcwd.return_value = "below"
    return os.getcwd()


@in_a_loop
@patch("os.getcwd")
async def above(getcwd):
    await asyncio.sleep(0)
    getcwd.return_value = "above"
    return os.getcwd()


async def example_decorators_that_run_a_loop():
    for each in (below, above):
        print(inspect.iscoroutinefunction(each), await asyncio.to_thread(each))


async def example_patched():
    for each in (one, several):
        print(inspect.iscoroutinefunction(each), await each())
        task = asyncio.create_task(each())
        print(task.done(), await task)


class Case(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.loop = asyncio.get_running_loop()
        self.future = self.loop.create_future()

    @patch("os.getcwd")
    async def test_same_loop(self, getcwd):
        self.assertIs(asyncio.get_running_loop(), self.loop)
        self.loop.call_soon(self.future.set_result, None)
        await self.future


def run_case():
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    return result


async def example_case():
    result = await asyncio.to_thread(run_case)
    print(result.testsRun, result.errors, result.failures)
