# tasks: turns
"""Ends of iterations that decorators of `__anext__` are told of."""

import abc
import asyncio
import functools


def telling(function):
    @functools.wraps(function)
    async def wrapper(*args):
        try:
            return await function(*args)
        except StopAsyncIteration as error:
            print("told of", error.args)
            raise
        except Exception as error:
            raise ValueError("another") from error

    return wrapper


def in_time(function):
    @functools.wraps(function)
    def wrapper(self):
        return asyncio.wait_for(function(self), 10)

    return wrapper


def going_on(function):
    @functools.wraps(function)
    async def wrapper(self):
        try:
            return await function(self)
        except StopAsyncIteration:
            self.ends += 1
            if self.ends == 3:
                raise
            return "again"

    return wrapper


class Steps:
    def __init__(self, error=StopAsyncIteration):
        self.left = 2
        self.ends = 0
        self.error = error

    def __aiter__(self):
        return self

    async def step(self):
        await asyncio.sleep(0)
        if not self.left:
            raise self.error("no more")
        self.left -= 1
        return self.left


class Told(Steps):
    @telling
    async def __anext__(self):
        return await self.step()


class Timed(Steps):
    @in_time
    async def __anext__(self):
        return await self.step()


class GoingOn(Steps):
    @going_on
    @telling
    async def __anext__(self):
        return await self.step()


class Abstract(Steps, abc.ABC):
    @telling
    @abc.abstractmethod
    async def __anext__(self): ...


class Concrete(Abstract):
    @telling
    @in_time
    async def __anext__(self):
        return await self.step()


class Plain(Steps):
    @telling
    def __anext__(self):
        return self.step()


class Futures(Steps):
    """What is awaited gives an awaitable."""

    @telling
    async def __anext__(self):
        await self.step()
        return asyncio.get_running_loop().create_future()


async def read(steps):
    found = []
    try:
        async for each in steps:
            found.append(each)
    except Exception as error:
        found.append(repr(error))
    return found


async def example_decorated():
    for kind in (Told, Timed, GoingOn, Concrete, Plain):
        print(kind.__name__, await read(kind()))
        print(kind.__name__, await read(kind(KeyError)))
        print(await anext(kind()), await kind().__anext__())
    print(len(await read(Futures())))
    try:
        Abstract()
    except TypeError:
        print("abstract")
