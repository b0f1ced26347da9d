# tasks: turns
"""What clients and pools of released libraries do with tasks and futures."""

import asyncio
import copy
from collections import deque
from contextlib import suppress


class Connection:
    """Answers come in another order than questions were asked in."""

    def __init__(self):
        self.replies = {}
        self.reader = None
        self.closed = asyncio.Event()

    async def open(self):
        self.reader = asyncio.create_task(self._read())
        self.reader.add_done_callback(lambda _: self.closed.set())

    async def ask(self, number):
        future = asyncio.get_running_loop().create_future()
        self.replies[number] = future
        try:
            return await future
        finally:
            del self.replies[number]

    async def _read(self):
        while True:
            await asyncio.sleep(0.01)
            for number, future in sorted(self.replies.items(), reverse=True):
                if not future.done():
                    future.set_result(f"answer {number}")

    async def close(self):
        self.reader.cancel()
        with suppress(asyncio.CancelledError):
            await self.reader
        return self.closed.is_set(), self.reader.cancelled()


async def example_replies_by_number():
    connection = Connection()
    await connection.open()
    answers = await asyncio.gather(*(connection.ask(n) for n in range(3)))
    late = asyncio.create_task(connection.ask(9))
    await asyncio.sleep(0)
    late.cancel()
    await asyncio.wait([late])
    return answers, connection.replies, await connection.close()


class Pool:
    """Whoever finds nothing idle waits in a row of futures."""

    def __init__(self, size):
        self.idle = list(range(size))
        self.waiters = deque()

    async def get(self, timeout):
        if self.idle:
            return self.idle.pop()
        future = asyncio.get_running_loop().create_future()
        self.waiters.append(future)
        return await asyncio.wait_for(future, timeout)

    def put(self, connection):
        while self.waiters:
            future = self.waiters.popleft()
            if not future.done():
                future.set_result(connection)
                return
        self.idle.append(connection)


async def example_pool():
    pool, log = Pool(1), []

    async def use(name, delay, timeout=10):
        try:
            connection = await pool.get(timeout)
        except asyncio.TimeoutError:
            log.append(f"{name} gave up")
            return
        log.append(name)
        await asyncio.sleep(delay)
        pool.put(connection)

    users = use("a", 0.05), use("b", 0, 0.01), use("c", 0), use("d", 0)
    await asyncio.gather(*users)
    return log, pool.idle


async def example_workers_and_a_queue():
    queue, log = asyncio.Queue(maxsize=2), []

    async def work(name):
        while True:
            item = await queue.get()
            log.append((name, item))
            await asyncio.sleep(0)
            queue.task_done()

    workers = [asyncio.create_task(work(name)) for name in "ab"]
    for item in range(6):
        await queue.put(item)
    await queue.join()
    for each in workers:
        each.cancel()
    ends = await asyncio.gather(*workers, return_exceptions=True)
    return log, [type(each).__name__ for each in ends]


async def example_supervised_task():
    attempts = []

    async def work():
        attempts.append(len(attempts))
        await asyncio.sleep(0)
        if len(attempts) < 3:
            raise ConnectionError(len(attempts))
        return "connected"

    def restart(task):
        if not task.cancelled() and isinstance(task.exception(), ConnectionError):
            start()
        else:
            done.set_result(task.result())

    def start():
        asyncio.ensure_future(work()).add_done_callback(restart)

    done = asyncio.get_running_loop().create_future()
    start()
    return await done, attempts


async def example_debounce():
    loop, log, handle = asyncio.get_running_loop(), [], None
    for key in "abc":
        if handle is not None:
            handle.cancel()
        handle = loop.call_later(0.01, log.append, key)
        await asyncio.sleep(0)
    await asyncio.sleep(0.03)
    return log


async def example_one_request_for_all():
    asked, pending = [], {}

    async def fetch(key):
        asked.append(key)
        await asyncio.sleep(0.01)
        return key.upper()

    async def get(key):
        if key not in pending:
            pending[key] = asyncio.ensure_future(fetch(key))
        return await asyncio.shield(pending[key])

    impatient = asyncio.create_task(get("a"))
    results = asyncio.gather(get("a"), get("b"), get("a"))
    await asyncio.sleep(0)
    impatient.cancel()
    return await results, asked, impatient.cancelled()


async def example_flag_between_two_awaits():
    class Once:
        def __init__(self):
            self.opening = False
            self.opened = 0

        async def open(self):
            if self.opening:
                return "opening already"
            self.opening = True
            await asyncio.sleep(0)
            self.opened += 1
            return "opened"

    once = Once()
    return await asyncio.gather(*(once.open() for _ in range(4))), once.opened


async def example_generators_that_are_asked():
    async def rows():
        try:
            yield 1
            yield 2
        finally:
            log.append("closed")

    log, found = [], rows()
    log.append((found.ag_running, await found.__anext__(), found.ag_running))
    await found.aclose()
    try:
        await found.__anext__()
    except StopAsyncIteration:
        log.append("ended")
    return log


async def example_values_that_change_later():
    values, log = {"x": 1}, []

    async def look(key):
        log.append(values[key])

    task = asyncio.create_task(look("x"))
    coroutine = look("x")
    values["x"] = 2
    await task
    values["x"] = 3
    await coroutine
    return log


async def example_arguments_are_bound_at_once():
    async def take(x): ...

    try:
        asyncio.create_task(take())
    except TypeError as error:
        return "missing 1 required positional argument" in str(error)


async def example_copies():
    class Settings:
        def __init__(self):
            self.lock = asyncio.Lock()

    settings = copy.deepcopy(Settings())
    async with settings.lock:
        return settings.lock.locked()


async def example_failures_of_which_nobody_asks():
    async def fail():
        raise KeyError("lost")

    loop, told = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: told.append(context["message"]))
    task = asyncio.ensure_future(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    loop.call_soon(int, "x")
    await asyncio.sleep(0)
    loop.set_exception_handler(None)
    return [each.partition(" <")[0].partition("(")[0] for each in told]


async def example_threads_that_call_in():
    loop, log = asyncio.get_running_loop(), []

    async def answer(x):
        log.append(x)
        return x * 2

    def outside():
        future = asyncio.run_coroutine_threadsafe(answer(4), loop)
        loop.call_soon_threadsafe(log.append, "called")
        return future.result(10)

    return await asyncio.to_thread(outside), sorted(map(str, log))
