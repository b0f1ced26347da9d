# tasks: turns
"""Context managers as decorators of coroutine functions that are made tasks."""

import asyncio
import contextlib

log = []


@contextlib.asynccontextmanager
async def transaction(name):
    log.append(f"begin {name}")
    try:
        yield
    finally:
        await asyncio.sleep(0)
        log.append(f"end {name}")


class Timed(contextlib.AsyncContextDecorator):
    async def __aenter__(self):
        log.append("start")

    async def __aexit__(self, *error):
        await asyncio.sleep(0)
        log.append("stop")


class Plain(contextlib.ContextDecorator):
    def __enter__(self):
        log.append("enter")

    def __exit__(self, *error):
        log.append("exit")


@transaction("work")
async def work(x):
    log.append(x)
    return x


@Timed()
async def timed(x):
    log.append(x)
    return x


@Plain()
async def plain(x):
    log.append(x)
    return x


async def example_generator():
    log.clear()
    task = asyncio.create_task(work(1))
    print(await work(2), await task)
    return log


async def example_class():
    log.clear()
    made = timed(1)
    log.append("made")
    print(await timed(2), await asyncio.gather(made, timed(3)))
    return log


async def example_plain():
    log.clear()
    made = plain(1)
    log.append("made")
    print(await plain(2), await asyncio.gather(made, plain(3)))
    return log
