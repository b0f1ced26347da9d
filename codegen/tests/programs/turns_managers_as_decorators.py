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


async def example_applied():
    log.clear()

    async def body(x):
        log.append(x)
        return x

    for decorate in (transaction("applied"), Timed()):
        wrapped = decorate(body)
        print(asyncio.iscoroutinefunction(wrapped), wrapped.__name__)
        made = wrapped(1)
        log.append("made")
        print(await made, await wrapped(2), await asyncio.create_task(wrapped(3)))
    return log


class Both(Timed):
    def __init__(self, name="both"):
        self.name = name

    def _recreate_cm(self):
        return type(self)("another")

    async def __aenter__(self):
        log.append(f"start {self.name}")


@Both()
@transaction("inner")
async def both(x):
    log.append(x)


async def example_recreated():
    log.clear()
    await asyncio.gather(both(1), both(2))
    manager = transaction("once")
    async with manager:
        pass
    try:
        async with manager:
            pass
    except AttributeError:
        log.append("entered twice")
    print(transaction.__name__, transaction.__wrapped__.__name__)
    return log


async def example_stack():
    log.clear()

    async def leave(kind, error, tb):
        log.append(repr(error))
        return kind is KeyError

    async def call(word, times=1):
        await asyncio.sleep(0)
        log.append(word * times)

    def hand_out(*words):
        return call(*words)

    for error in (None, KeyError("key"), ValueError("value")):
        try:
            async with contextlib.AsyncExitStack() as stack:
                stack.push_async_exit(leave)
                stack.push_async_exit(lambda *error: leave(*error))
                pushed = transaction("pushed")
                await pushed.__aenter__()
                stack.push_async_exit(pushed)
                stack.push_async_exit(Timed())
                stack.push(Plain())
                stack.push_async_callback(call, "called ", times=2)
                stack.push_async_callback(lambda: call("lambda"))
                stack.push_async_callback(hand_out, "handed out")
                stack.push_async_callback(*(call, "starred"), times=2)
                stack.callback(log.append, "plain")
                print(await stack.enter_async_context(transaction("entered")))
                print(stack.enter_context(Plain()))
                if error is not None:
                    raise error
        except ValueError:
            log.append("raised")
    try:
        await contextlib.AsyncExitStack().enter_async_context(1)
    except (TypeError, AttributeError):  # the second before Python 3.11
        log.append("no manager")
    kept = contextlib.AsyncExitStack()
    await kept.enter_async_context(transaction("kept"))
    await kept.pop_all().aclose()
    await kept.aclose()
    return log
