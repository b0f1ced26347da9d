# tasks: turns
"""Ends of iterations that leave coroutines and generators."""

import asyncio


async def stops():
    raise StopIteration(3)


async def takes(values):
    return next(values)


async def generates():
    yield 1
    raise StopAsyncIteration("end")


async def _stops_inside():
    raise StopIteration


async def example_coroutine():
    for make in (stops, _stops_inside, lambda: takes(iter(()))):
        try:
            await make()
        except RuntimeError as error:
            print(error, repr(error.__cause__))
    try:
        await takes(iter([]))
    except RuntimeError as error:
        print(error)
    return await takes(iter([5]))


async def example_task():
    task = asyncio.create_task(stops())
    try:
        await task
    except RuntimeError as error:
        return str(error)


async def example_generator():
    try:
        async for x in generates():
            print(x)
    except RuntimeError as error:
        return str(error), repr(error.__cause__)


async def example_class():
    class Values:
        def __init__(self):
            self._values = iter([1, 2])

        def __aiter__(self):
            return self

        async def __anext__(self):
            return next(self._values)

    try:
        async for x in Values():
            print(x)
    except RuntimeError as error:
        return str(error)


async def example_thrown_into_an_ended_generator():
    async def two():
        try:
            yield 1
            yield 2
        except KeyError:
            yield 3

    ended, closed, begun = two(), two(), two()
    values = [value async for value in ended]
    await closed.aclose()
    await begun.__anext__()
    thrown = [await each.athrow(KeyError("x")) for each in (ended, closed, begun)]
    try:
        await begun.athrow(ValueError("not caught"))
    except ValueError as error:
        print(error)
    return values, thrown, await begun.athrow(ValueError("again"))
