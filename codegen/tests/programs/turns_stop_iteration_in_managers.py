# tasks: turns
"""Ends of iterations that are raised where asynchronous managers and generators are."""

import asyncio
import contextlib
from contextlib import asynccontextmanager

ENDS = [StopAsyncIteration, StopIteration]


def show(error):
    if error is None:
        return None
    text = f"{type(error).__name__}({', '.join(map(repr, error.args))})"
    beside = None if error.__suppress_context__ else error.__context__
    return f"{text} from {show(error.__cause__)} beside {show(beside)}"


async def tell(name, coroutine):
    try:
        print(name, "gives", await coroutine)
    except BaseException as error:
        print(name, "raises", show(error))


@asynccontextmanager
async def passing(log=None):
    await asyncio.sleep(0)
    try:
        yield "entered"
    finally:
        await asyncio.sleep(0)


@asynccontextmanager
async def telling():
    try:
        yield
    except (StopAsyncIteration, StopIteration) as error:
        print("told of", show(error))
        raise


@asynccontextmanager
async def swallowing():
    try:
        yield
    except (StopAsyncIteration, StopIteration):
        await asyncio.sleep(0)


@asynccontextmanager
async def replacing(end):
    try:
        yield
    except (StopAsyncIteration, StopIteration):
        raise end("another")


@asynccontextmanager
async def chaining(end):
    try:
        yield
    except (StopAsyncIteration, StopIteration) as error:
        raise RuntimeError("chained") from error


@asynccontextmanager
async def yielding():
    try:
        yield
    except (StopAsyncIteration, StopIteration):
        yield "again"


@asynccontextmanager
async def refusing(end):
    await asyncio.sleep(0)
    raise end("refused")
    yield


@asynccontextmanager
async def failing(end):
    yield
    raise end("failed")


@asynccontextmanager
async def empty():
    if empty is None:
        yield


@asynccontextmanager
async def nested():
    async with passing(), passing() as inner:
        yield inner


class Manager:
    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, tb):
        await asyncio.sleep(0)
        return False


class Failing:
    def __init__(self, end):
        self.end = end

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, tb):
        raise self.end("at the exit")


async def block(manager, end):
    async with manager as value:
        print(value if isinstance(value, str) else None)
        raise end("body")


async def caught(manager, end):
    try:
        async with manager:
            raise end("body")
    except (StopAsyncIteration, StopIteration, RuntimeError) as error:
        print("caught", show(error))
        return 1


async def quiet(manager):
    async with manager:
        return 2


async def example_blocks():
    for end in ENDS:
        for form in (block, caught):
            await tell("passing", form(passing(), end))
            await tell("telling", form(telling(), end))
            await tell("swallowing", form(swallowing(), end))
            for other in (*ENDS, KeyError, RuntimeError):
                await tell("replacing", form(replacing(other), end))
            await tell("chaining", form(chaining(end), end))
            await tell("yielding", form(yielding(), end))
            await tell("refusing", form(refusing(end), end))
            await tell("failing", form(failing(end), end))
            await tell("empty", form(empty(), end))
            await tell("nested", form(nested(), end))
            await tell("manager", form(Manager(), end))
            await tell("failing manager", form(Failing(end), end))
        await tell("refusing", quiet(refusing(end)))
        await tell("failing", quiet(failing(end)))
        await tell("failing manager", quiet(Failing(end)))


async def example_aliases():
    made = contextlib.asynccontextmanager(plain_numbers)
    for end in ENDS:
        await tell("made", block(made(), end))
    make = asynccontextmanager
    for end in ENDS:
        await tell("made", caught(make(plain_numbers)(), end))


async def plain_numbers():
    yield 1


@passing()
async def decorated(end):
    raise end("decorated")


@telling()
@swallowing()
async def twice(end):
    raise end("decorated")


class Holder:
    @asynccontextmanager
    async def held(self, log=None):
        yield self

    @passing()
    async def method(self, end):
        raise end("method")

    @staticmethod
    @asynccontextmanager
    async def static():
        yield 1

    async def block(self, end):
        async with self.held():
            raise end("held")

    async def other(self, end):
        async with Holder.static():
            raise end("static")


async def example_decorators():
    holder = Holder()
    for end in ENDS:
        await tell("decorated", decorated(end))
        await tell("twice", twice(end))
        await tell("method", holder.method(end))
        await tell("held", holder.block(end))
        await tell("static", holder.other(end))
        await tell("task", asyncio.create_task(decorated(end)))
        print([show(each) for each in await asyncio.gather(
            decorated(end), twice(end), return_exceptions=True)])
        later = decorated(end)
        await tell("later", later)


async def stacked(managers, end):
    async with contextlib.AsyncExitStack() as stack:
        for manager in managers:
            await stack.enter_async_context(manager)
        raise end("stacked")


async def called_back(end, *managers):
    async def call(word):
        print("call", word)
        raise end(word)

    async def leave(kind, error, tb):
        print("leave", show(error))
        return isinstance(error, RuntimeError)

    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_exit(leave)
        for manager in managers:
            await stack.enter_async_context(manager)
        stack.push_async_callback(call, "back")
        stack.push_async_exit(passing())
        return 3


async def moved(end):
    stack = contextlib.AsyncExitStack()
    try:
        async with stack as inner:
            await inner.enter_async_context(passing())
            kept = inner.pop_all()
            raise end("moved")
    finally:
        await kept.aclose()


async def example_stacks():
    for end in ENDS:
        await tell("one", stacked([passing()], end))
        await tell("two", stacked([passing(), telling()], end))
        await tell("mixed", stacked([passing(), Manager(), nested()], end))
        await tell("swallowed", stacked([passing(), swallowing()], end))
        await tell("replaced", stacked([telling(), replacing(KeyError)], end))
        await tell("replaced", stacked([telling(), replacing(end), passing()], end))
        await tell("refused", stacked([passing(), refusing(end)], end))
        await tell("failed", stacked([telling(), failing(end)], end))
        await tell("back", called_back(end))
        await tell("back", called_back(end, passing(), telling()))
        await tell("moved", moved(end))


async def numbers():
    try:
        for each in range(3):
            try:
                yield each
            except KeyError as error:
                print("got", show(error))
    finally:
        await asyncio.sleep(0)


async def catching(end):
    while True:
        try:
            yield 1
        except (StopAsyncIteration, StopIteration) as error:
            print("caught", show(error))
            if isinstance(error, end):
                return


async def raising(end):
    yield 1
    raise end("generator")


async def passing_on(end):
    async for each in raising(end):
        yield each


async def thrown(make, *ends):
    steps = make
    try:
        print(await anext(steps))
        for end in ends:
            print(await steps.athrow(end("thrown")))
    finally:
        print(await anext(steps, "over"))
        await steps.aclose()


async def closing(end):
    async with contextlib.aclosing(numbers()) as steps:
        async for each in steps:
            raise end("closing")


async def read(make):
    read = []
    try:
        async for each in make:
            read.append(each)
    finally:
        print(read)


async def understood(make):
    return [each async for each in make]


async def in_the_loop(end):
    async for each in numbers():
        async with passing():
            raise end("loop")


async def expression(end):
    def fail(each):
        raise end("expression")

    steps = (fail(each) async for each in numbers())
    return [each async for each in steps]


async def example_generators():
    for end in ENDS:
        await tell("thrown", thrown(numbers(), end))
        await tell("thrown", thrown(numbers(), KeyError, end))
        for other in ENDS:
            await tell("thrown", thrown(catching(end), other, end))
            await tell("thrown", thrown(raising(other), end))
        await tell("closing", closing(end))
        await tell("read", read(raising(end)))
        await tell("read", read(passing_on(end)))
        await tell("understood", understood(raising(end)))
        await tell("loop", in_the_loop(end))
        await tell("expression", expression(end))


class Steps:
    def __init__(self, end, manager=None):
        self.end = end
        self.left = 2
        self.manager = manager or passing()

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.left:
            self.left -= 1
            return self.left
        async with self.manager:
            raise self.end("steps")


async def example_iterators():
    for end in ENDS:
        await tell("steps", read(Steps(end)))
        await tell("steps", understood(Steps(end, telling())))
        await tell("steps", read(Steps(end, nested())))
        await tell("steps", read(Steps(end, replacing(StopAsyncIteration))))
        await tell("steps", read(Steps(end, Manager())))


async def _raising(error):
    raise error


async def _raising_again(end):
    try:
        await asyncio.sleep(0)
        values = iter(())
        next(values)
    except StopIteration as error:
        raise error


async def proven(end):
    async def inner():
        raise end("inner")

    for call in range(3):
        try:
            if call == 0:
                await inner()
            elif call == 1:
                await _raising(end("private"))
            else:
                await _raising_again(end)
        except Exception as error:
            print("caught", show(error))


async def example_proven_calls():
    for end in ENDS:
        await tell("proven", proven(end))
        await tell("again", _raising_again(end))
        for made in (_raising, _raising_again):
            await tell("gathered", asyncio.gather(made(end)))
