"""Decorators and calls that test for coroutines, and asynchronous properties."""

from __future__ import annotations

import asyncio
import functools
import inspect


def logged(function):
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def async_wrapper(*args):
            print("before", function.__name__)
            return await function(*args)

        return async_wrapper

    @functools.wraps(function)
    def wrapper(*args):
        print("before", function.__name__)
        return function(*args)

    return wrapper


@logged
async def double(x):
    return x * 2


@logged
def half(x):
    return x / 2


async def call(function, *args):
    if asyncio.iscoroutinefunction(function):
        result = await function(*args)
    else:
        result = function(*args)
    return result


async def settle(value):
    if inspect.isawaitable(value):
        value = await value
    return value


async def example_decorator():
    print(await double(2), half(2), double.__name__)


async def example_either_kind_of_function():
    print(await call(double, 3), await call(half, 3), await call(len, "abc"))


async def example_either_kind_of_value():
    def later(x):
        return double(x)

    made = later(4)
    if inspect.iscoroutine(made):
        made = await made
    print(made, await settle(5))


class Account:
    def __init__(self, amounts):
        self.amounts = amounts

    @property
    async def total(self) -> int:
        await asyncio.sleep(0)
        return sum(self.amounts)

    async def double(self) -> int:
        return await self.total * 2


class Savings(Account):
    async def half(self) -> float:
        return (await self.total) / 2


async def show(account: Account):
    print(await account.total, [await account.total for _ in range(2)])


async def example_property():
    account = Savings([1, 2, 3])
    await show(account)
    print(await account.double(), await account.half(), f"{await account.total:03d}")


async def example_property_that_raises():
    broken = Account(["a"])
    await broken.total


async def made(make, *args):
    value = make(*args)
    if inspect.isawaitable(value):
        return await value
    return value


async def example_either_kind_of_value_is_returned():
    print(await made(double, 4), await made(half, 5))
