# tasks: turns
# python: 3.11
"""Contexts of tasks: a copy each, or one that is given."""

import asyncio
import contextvars

number = contextvars.ContextVar("number", default=0)


async def example_contexts():
    async def set_to(x):
        number.set(x)
        await asyncio.sleep(0)
        return number.get()

    own = contextvars.copy_context()
    own.run(number.set, 5)
    number.set(1)
    results = await asyncio.gather(set_to(2), asyncio.create_task(set_to(3)))
    results.append(await asyncio.create_task(read(), context=own))
    results.append(await set_to(4))
    return results, number.get(), own[number]


async def read():
    return number.get()
