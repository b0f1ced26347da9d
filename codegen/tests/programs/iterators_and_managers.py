"""Iterators, context managers and generators: what the language itself calls."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager


class Countdown:
    def __init__(self, start: int) -> None:
        self.left = start

    def __aiter__(self) -> Countdown:
        return self

    async def __anext__(self) -> int:
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


class Resource:
    def __init__(self, name: str, swallows: bool = False) -> None:
        self.name = name
        self.swallows = swallows

    async def __aenter__(self) -> str:
        print("enter", self.name)
        return self.name

    async def __aexit__(self, kind, error, traceback) -> bool:
        print("exit", self.name, kind and kind.__name__)
        return self.swallows

    async def aclose(self) -> None:
        print("close", self.name)


async def numbers(stop: int) -> AsyncGenerator[int, str | None]:
    try:
        for number in range(stop):
            received = yield number
            if received:
                print("received", received)
    finally:
        print("finished")


@asynccontextmanager
async def managed(name: str) -> AsyncIterator[str]:
    print("before", name)
    try:
        yield name
    except ValueError as error:
        print("caught", error)
    finally:
        print("after", name)


async def example_iteration():
    async for x in Countdown(3):
        print(x)
    else:
        print("end")
    it = aiter(Countdown(1))
    print(await anext(it), await anext(it, "default"))
    await anext(it)


async def example_comprehensions():
    async def double(x):
        return x * 2

    return (
        [x async for x in Countdown(3)],
        {x async for x in Countdown(3) if await double(x)},
        {x: await double(x) async for x in Countdown(2)},
        [x async for x in (y async for y in Countdown(3) if y)],
        [await double(x) for x in range(3) if await double(x)],
    )


async def example_context_managers():
    async with Resource("a") as a, Resource("b") as b:
        print(a, b)
    async with Resource("swallowing", swallows=True):
        raise ValueError("swallowed")
    async with Resource("raising"):
        raise KeyError("passes")


async def example_decorated_context_managers():
    async with managed("a") as name:
        print(name)
    async with managed("b"):
        raise ValueError("mine")
    async with managed("c"):
        raise KeyError("not mine")


async def example_generator_methods():
    generator = numbers(5)
    print(await anext(generator), await generator.asend("hello"))
    try:
        await generator.athrow(LookupError("thrown"))
    except LookupError as error:
        print("out again", error)
    await generator.aclose()
    await anext(generator)


async def example_closing_a_generator():
    async with aclosing(numbers(5)) as generator:
        async for number in generator:
            if number:
                break
            print(number)
    print("closed")
    async with contextlib.aclosing(Resource("closing")):
        pass


async def example_exit_stack():
    async def say(*words):
        print(*words)

    async with AsyncExitStack() as stack:
        print(await stack.enter_async_context(managed("a")))
        stack.push_async_callback(say, "callback", 1)
        stack.callback(print, "plain callback")
        stack.push_async_exit(Resource("b"))
        print(stack.enter_context(contextlib.nullcontext("c")))
    stack = AsyncExitStack()
    await stack.enter_async_context(Resource("d"))
    await stack.aclose()


async def example_return_in_a_loop():
    async def first():  # noqa: RET503
        async for x in Countdown(3):
            try:
                return x
            finally:
                print("leaving")

    return await first()
