# tasks: turns
"""What a static proof would get wrong: overrides, decorators, plain functions."""

import asyncio
import contextlib
import functools
from contextlib import asynccontextmanager


class Base:
    async def send(self, log):
        log.append("base")
        return "base"

    async def twice(self, log):
        return await self.send(log), await self.send(log)


class Starts(Base):
    def send(self, log):
        log.append("started")
        return asyncio.create_task(super().send(log))


class Known(Base):
    def send(self, log):
        log.append("known")
        future = asyncio.get_running_loop().create_future()
        future.set_result("known")
        return future


class Delegates:
    """Whatever it is asked for is another's."""

    def __init__(self, other):
        self._other = other

    def __getattr__(self, name):
        return getattr(self._other, name)


async def example_overrides():
    logs = [[], [], [], []]
    senders = [Base(), Starts(), Known(), Delegates(Starts())]
    return [await each.twice(log) for each, log in zip(senders, logs)], logs


class Proxy(Delegates):
    async def twice(self, log):
        return await self._other.send(log)


async def example_replaced_at_run_time():
    base, log = Base(), []

    async def other(log):
        log.append("other")
        return "other"

    base.send = other
    first = await base.twice(log)
    base.send = lambda log: asyncio.ensure_future(other(log))
    return first, await base.twice(log), await Proxy(base).twice(log), log


def logged(function):
    @functools.wraps(function)
    async def call(*args):
        print("before", function.__name__)
        try:
            return await function(*args)
        except ValueError as error:
            return f"caught {error}"
        finally:
            print("after", function.__name__)

    return call


def catching(function):
    """Catch what the call raises, which is nothing before it is awaited."""

    @functools.wraps(function)
    def call(*args):
        try:
            return function(*args)
        except ValueError:
            return "caught too early"

    return call


@contextlib.contextmanager
def span(name):
    print(f"enter {name}")
    yield
    print(f"exit {name}")


@logged
async def fails(x):
    await asyncio.sleep(0)
    raise ValueError(x)


@catching
async def escapes(x):
    await asyncio.sleep(0)
    raise ValueError(x)


@span("decorator")
async def inside():
    print("inside")
    return "inside"


async def example_decorators_that_catch():
    found = [await fails(1)]
    try:
        found.append(await escapes(2))
    except ValueError as error:
        found.append(f"escaped {error}")
    return found, await inside()


def within(log):
    with contextlib.suppress(ValueError):
        log.append("entered")
        return later(log)


async def later(log):
    log.append("body")
    raise ValueError("after the block")


async def example_plain_function_that_hands_out_a_coroutine():
    log = []
    try:
        await within(log)
    except ValueError as error:
        log.append(str(error))
    kept = within(log)
    log.append("kept")
    with contextlib.suppress(ValueError):
        await kept
    return log


@functools.lru_cache
def cached(x):
    return asyncio.ensure_future(asyncio.sleep(0, [x]))


async def example_cache_of_tasks():
    return await cached(1) is await cached(1), cached.cache_info().hits


class Hook:
    async def __call__(self, x):
        await asyncio.sleep(0)
        return f"called {x}"


async def example_object_that_is_called():
    hooks = {"async": Hook(), "plain": str}
    results = []
    for hook in hooks.values():
        result = hook(1)
        results.append(await result if asyncio.iscoroutine(result) else result)
    return results


@asynccontextmanager
async def opened(log, name):
    log.append(f"open {name}")
    try:
        yield name
    finally:
        await asyncio.sleep(0)
        log.append(f"close {name}")


async def example_contexts_that_are_cancelled():
    log = []

    async def work():
        async with opened(log, "a") as a, opened(log, "b") as b:
            log.append(a + b)
            await asyncio.sleep(10)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    return log, task.cancelled()


async def numbers(log):
    try:
        for x in range(5):
            yield x
            await asyncio.sleep(0)
    finally:
        log.append("closed")


async def example_generator_that_is_closed():
    log, found = [], []
    generator = numbers(log)
    async for x in generator:
        found.append(x)
        if x == 2:
            break
    log.append("left")
    await generator.aclose()
    return found, log


async def example_generators_side_by_side():
    async def collect(log):
        return [x async for x in numbers(log)]

    log = []
    return await asyncio.gather(collect(log), collect(log)), log


class Partial(Base):
    send_to = functools.partialmethod(Base.send)
    quietly = functools.partialmethod(Base.send, [])


async def example_partial_methods():
    log, sender = [], Partial()
    unbound = vars(Partial)["quietly"]._make_unbound_method()
    made = [
        sender.send_to(log),
        Partial.send_to(sender, log),
        functools.partial(Partial.send_to, sender)(log),
        unbound(sender),
        Partial.quietly(sender),
    ]
    before = list(log)
    found = await asyncio.gather(*made)
    return before, found, log, await Partial.send_to(sender, log), await unbound(sender)
