"""Tasks and gather: results, order, exceptions, and that they really run together."""

import asyncio
import contextvars

variable = contextvars.ContextVar("variable", default="outside")


async def work(x, delay=0.0):
    await asyncio.sleep(delay)
    if isinstance(x, Exception):
        raise x
    return x


async def after(event: asyncio.Event, x):
    """Return what was given, once the event is set: an order without a clock."""
    await asyncio.wait_for(event.wait(), 30)
    return x


async def meet(here: list[object], together: asyncio.Event, number: int):
    """Come back when `number` are here: only if they run at the same time."""
    here.append(None)
    if len(here) == number:
        together.set()
    await asyncio.wait_for(together.wait(), 30)
    return number


async def example_results_in_order():
    return await asyncio.gather(work(1, 0.1), work(2), work(x=3, delay=0.05))


async def example_at_the_same_time():
    here, together = [], asyncio.Event()

    async def one():
        return await meet(here, together, 22)

    return list(await asyncio.gather(one(), one(), *[one() for _ in range(20)]))


async def example_first_exception():
    event = asyncio.Event()
    slow = asyncio.create_task(after(event, 1))
    try:
        await asyncio.gather(slow, work(ValueError("second"), 0.05))
    finally:
        print(slow.done())
        event.set()


async def example_exceptions_as_results():
    results = await asyncio.gather(
        work(1), work(ValueError("mine")), work(None), return_exceptions=True
    )
    return [str(result) for result in results]


async def example_nothing_to_gather():
    return list(await asyncio.gather(*[work(x) for x in ()]))


async def example_task():
    event = asyncio.Event()
    task = asyncio.create_task(after(event, 5))
    print(task.done())
    try:
        task.result()
    except asyncio.InvalidStateError:
        print("not done")
    event.set()
    print(await task, await task, task.done(), task.result(), task.exception())


async def example_exception_of_a_task():
    task = asyncio.create_task(work(KeyError("mine")))
    try:
        await task
    except KeyError as error:
        print("raised", error, task.exception())
    await task


async def example_many_tasks():
    here, together = [], asyncio.Event()
    tasks = [asyncio.create_task(meet(here, together, 20)) for _ in range(20)]
    results = [await task for task in tasks]
    more = await asyncio.gather(*tasks)
    return results, list(more)


async def example_context_is_copied():
    async def read_and_set():
        seen = variable.get()
        variable.set("inside")
        return seen

    variable.set("main")
    task = asyncio.create_task(read_and_set())
    return await task, variable.get()


async def example_arguments_are_evaluated_at_once():
    values = [1]
    task = asyncio.create_task(work(values[0]))
    values[0] = 2
    return await task


async def example_callback():
    seen = asyncio.Queue()
    task = asyncio.create_task(work("result"))
    task.add_done_callback(lambda done: seen.put_nowait(done.result()))
    await task
    return await asyncio.wait_for(seen.get(), 30)
