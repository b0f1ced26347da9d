# tasks: turns
"""Coroutine functions that Python calls for an operator, and who awaits them."""

import asyncio
import inspect


class Vector:
    def __init__(self, *values):
        self.values = values

    async def __getitem__(self, index):
        await asyncio.sleep(0)
        return self.values[index]

    async def __add__(self, other):
        return self.values + other.values

    async def __neg__(self):
        return [-each for each in self.values]

    async def __contains__(self, value):
        return False

    async def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return name


class Described(Vector):
    async def __getitem__(self, index):
        return "described", await super().__getitem__(index)


async def example_awaited_in_place():
    one, two = Vector(1, 2), Described(3, 4)
    return await one[0], await two[1], await (one + two), await (-one), await two.size


async def example_awaited_elsewhere():
    one, two = Vector(1, 2), Described(3, 4)
    first = one[0]
    task = asyncio.create_task(two[1])
    both = await asyncio.gather(one + two, two.size, two.__getitem__(0))
    return await first, await task, both


async def example_that_fails():
    missing = Vector(1)[7]
    print(inspect.iscoroutine(missing))
    return await missing


async def example_asked_for():
    one = Vector(1)
    found = one.__getitem__(0)
    return inspect.iscoroutinefunction(one.__getitem__), await found


class Lazy:
    """A descriptor whose value is loaded when it is awaited first."""

    def __init__(self, load):
        self.load = load

    def __set_name__(self, owner, name):
        self.name = name

    async def __get__(self, instance, owner=None):
        if self.name not in instance.loaded:
            instance.loaded[self.name] = await self.load(instance)
        return instance.loaded[self.name]


class Page:
    def __init__(self):
        self.loaded = {}

    @Lazy
    async def title(self):
        print("loading")
        await asyncio.sleep(0)
        return "title"


async def example_descriptor():
    page = Page()
    later = page.title
    return await page.title, await later, await asyncio.gather(page.title, page.title)
