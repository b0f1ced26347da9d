"""Random programs of tasks, in async form and over the turns runtime.

They run on a clock of their own, which does not wait.

`python random_task_programs.py asyncio|turns FIRST END` prints the log of each
program, for long comparisons; `test_turns_order.py` runs a few.
"""

from __future__ import annotations

import ast
import asyncio
import json
import logging
import random
import selectors
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from twingen.runtime.turns import (
    dynamic_calls,
    event_loop,
    events,
    exceptions,
    function_kinds,
    generators,
    locks,
    queues,
    task_creation,
    task_groups,
    tasks,
    timeouts,
    waiting,
)

SOURCE = """
class Shared:
    def __init__(self, log):
        self.log = log
        self.tasks = []
        self.lock = asyncio.Lock()
        self.semaphore = asyncio.Semaphore(2)
        self.event = asyncio.Event()
        self.condition = asyncio.Condition()
        self.queue = asyncio.Queue(2)
        self.sorted = asyncio.PriorityQueue()
        self.barrier = asyncio.Barrier(2)
        self.spawned = 0

    def note(self, *words):
        self.log.append(list(words))

    def spawn(self, rng, name, depth):
        self.spawned += 1
        name = f"{name}/{self.spawned}"
        task = asyncio.create_task(program(rng.random(), name, self, depth + 1))
        task.set_name(name)
        self.tasks.append(task)
        return task

async def rest(rng, name, shared, depth):
    for _ in range(rng.randrange(4)):
        await asyncio.sleep(0)

async def nap(rng, name, shared, depth):
    await asyncio.sleep(rng.choice([0.001, 0.002, 0.004]))

async def lock(rng, name, shared, depth):
    async with shared.lock:
        shared.note(name, "has the lock")
        await rest(rng, name, shared, depth)

async def semaphore(rng, name, shared, depth):
    async with shared.semaphore:
        shared.note(name, "has the semaphore", shared.semaphore.locked())
        await rest(rng, name, shared, depth)

async def event(rng, name, shared, depth):
    what = rng.randrange(4)
    if what == 0:
        shared.event.set()
    elif what == 1:
        shared.event.clear()
    else:
        try:
            await asyncio.wait_for(shared.event.wait(), rng.choice([0, 0.001, 0.003]))
        except TimeoutError:
            shared.note(name, "waited too long for the event")

async def condition(rng, name, shared, depth):
    async with shared.condition:
        what = rng.randrange(3)
        if what == 0:
            shared.condition.notify(rng.randrange(3))
        elif what == 1:
            shared.condition.notify_all()
        else:
            try:
                async with asyncio.timeout(rng.choice([0.001, 0.002])):
                    await shared.condition.wait()
                    shared.note(name, "was notified")
            except TimeoutError:
                shared.note(name, "was not notified", shared.condition.locked())

async def queue(rng, name, shared, depth):
    what = rng.randrange(5)
    if what == 0:
        try:
            shared.queue.put_nowait(name)
        except asyncio.QueueFull:
            shared.note(name, "finds the queue full")
    elif what == 1:
        try:
            shared.note(name, "gets", shared.queue.get_nowait())
        except asyncio.QueueEmpty:
            shared.note(name, "finds the queue empty")
    elif what == 2:
        async with asyncio.timeout(0.002):
            await shared.queue.put(name)
    elif what == 3:
        shared.note(name, "gets", await asyncio.wait_for(shared.queue.get(), 0.002))
    else:
        await shared.sorted.put(rng.randrange(10))
        await asyncio.sleep(0)
        shared.note(name, "gets", await shared.sorted.get())

async def barrier(rng, name, shared, depth):
    try:
        async with asyncio.timeout(0.002):
            async with shared.barrier as position:
                shared.note(name, "is through", position)
    except asyncio.BrokenBarrierError:
        shared.note(name, "finds the barrier broken")
    if rng.randrange(8) == 0:
        await shared.barrier.reset()

async def spawn(rng, name, shared, depth):
    shared.spawn(rng, name, depth)

async def cancel(rng, name, shared, depth):
    if shared.tasks:
        task = rng.choice(shared.tasks)
        shared.note(name, "cancels", task.get_name(), task.cancel(name))

async def cancel_itself(rng, name, shared, depth):
    if rng.randrange(3) == 0:
        task = asyncio.current_task()
        task.cancel()
        shared.note(name, "is asked to end", task.cancelling())
        if rng.randrange(2):
            shared.note(name, "is not", task.uncancel())

async def gather(rng, name, shared, depth):
    made = [program(rng.random(), f"{name}g{i}", shared, depth + 1) for i in range(2)]
    together = asyncio.gather(*made, return_exceptions=bool(rng.randrange(2)))
    if rng.randrange(4) == 0:
        asyncio.get_running_loop().call_later(0.001, together.cancel)
    shared.note(name, "gathered", repr(await together))

async def group(rng, name, shared, depth):
    try:
        async with asyncio.TaskGroup() as tasks:
            for i in range(2):
                one = program(rng.random(), f"{name}t{i}", shared, depth + 1)
                tasks.create_task(one)
            await rest(rng, name, shared, depth)
            if rng.randrange(3) == 0:
                raise KeyError(name)
    except BaseExceptionGroup as failed:
        shared.note(name, "group", repr(failed.exceptions))

async def shield(rng, name, shared, depth):
    task = shared.spawn(rng, name, depth)
    try:
        async with asyncio.timeout(rng.choice([0, 0.001, None])):
            await asyncio.shield(task)
    except (TimeoutError, KeyError) as error:
        shared.note(name, "shield", type(error).__name__, task.done())

async def wait(rng, name, shared, depth):
    made = {shared.spawn(rng, name, depth) for _ in range(3)}
    how = rng.choice(["FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"])
    done, pending = await asyncio.wait(made, timeout=0.002, return_when=how)
    shared.note(name, "waited", len(done), len(pending))
    for each in pending:
        each.cancel()

async def as_completed(rng, name, shared, depth):
    made = [shared.spawn(rng, name, depth) for _ in range(2)]
    for each in asyncio.as_completed(made, timeout=0.003):
        try:
            shared.note(name, "completed", repr(await each))
        except (TimeoutError, KeyError) as error:
            shared.note(name, "completed", type(error).__name__)

async def callbacks(rng, name, shared, depth):
    loop = asyncio.get_running_loop()
    loop.call_soon(shared.note, name, "soon")
    handle = loop.call_later(0.0015, shared.note, name, "later")
    future = loop.create_future()
    future.add_done_callback(lambda future: shared.note(name, "is called back"))
    loop.call_at(loop.time() + rng.choice([0, 0.001]), future.set_result, 1)
    await future
    if rng.randrange(2):
        handle.cancel()

async def numbers(name, shared):
    try:
        for i in range(3):
            yield i
            await asyncio.sleep(0)
    finally:
        shared.note(name, "closes")

async def generator(rng, name, shared, depth):
    each = numbers(name, shared)
    async for i in each:
        if i == rng.randrange(4):
            break
    if rng.randrange(2):
        await each.aclose()

async def fail(rng, name, shared, depth):
    if rng.randrange(3) == 0:
        raise KeyError(name)

SIMPLE = [
    rest, nap, lock, semaphore, event, condition, queue, barrier, cancel,
    cancel_itself, callbacks, generator, fail,
]
NESTING = [spawn, gather, group, shield, wait, as_completed]

async def program(seed, name, shared, depth=0):
    rng = random.Random(seed)
    try:
        for _ in range(rng.randrange(2, 9)):
            action = rng.choice(SIMPLE if depth > 2 else SIMPLE + NESTING)
            shared.note(name, action.__name__)
            try:
                await action(rng, name, shared, depth)
            except TimeoutError:
                shared.note(name, "is too late")
            except asyncio.CancelledError as error:
                shared.note(name, "is cancelled", repr(error.args))
                if rng.randrange(2):
                    raise
        return name
    finally:
        shared.note(name, "ends")

async def main(seed, log):
    shared = Shared(log)
    rng = random.Random(seed)
    for i in range(4):
        shared.spawn(rng, f"p{i}", 0)
    results = await asyncio.gather(*shared.tasks, return_exceptions=True)
    shared.note("results", repr(results))
    for task in shared.tasks:
        task.cancel()
    results = await asyncio.gather(*shared.tasks, return_exceptions=True)
    shared.note("results", repr(results))
"""


class _Sync(ast.NodeTransformer):
    """The plainest translation: what is called and not awaited is called later."""

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        yields = any(isinstance(each, ast.Yield) for each in ast.walk(node))
        kind = ast.Name("generator" if yields else "coroutine", ast.Load())
        self.generic_visit(node)
        made = ast.FunctionDef(node.name, node.args, node.body, [kind])
        return ast.copy_location(made, node)

    def visit_Await(self, node: ast.Await) -> ast.AST:
        if isinstance(node.value, ast.Call):
            call = node.value
            self.generic_visit(call)
            return _call("awaited", call.func, *call.args, keywords=call.keywords)
        self.generic_visit(node)
        return _call("await_", node.value)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return _call("later", node.func, *node.args, keywords=node.keywords)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        self.generic_visit(node)
        for item in node.items:
            item.context_expr = _call("entered", item.context_expr)
        return ast.copy_location(ast.With(node.items, node.body), node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        self.generic_visit(node)
        iterated = _call("iterated", node.iter)
        made = ast.For(node.target, iterated, node.body, node.orelse)
        return ast.copy_location(made, node)


def _call(name: str, *args: Any, keywords: Any = ()) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), list(keywords))


class _Asyncio:
    """The names that the programs use, of the runtime."""

    def __getattr__(self, name: str) -> Any:
        modules = (waiting, task_creation, tasks, timeouts, task_groups, locks, queues)
        for module in (exceptions, events, *modules):
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(name)


def load(form: str) -> Mapping[str, Any]:
    """Return the names of the programs in one of the forms."""
    names: dict[str, Any] = {"random": random}
    names["BaseExceptionGroup"] = exceptions.BaseExceptionGroup
    tree = ast.parse(SOURCE)
    if form == "asyncio":
        names["asyncio"] = asyncio
    else:
        names["asyncio"] = _Asyncio()
        names["coroutine"] = function_kinds.coroutine
        names["generator"] = generators.generator
        for name in ("awaited", "await_", "later", "entered", "iterated"):
            names[name] = getattr(dynamic_calls, name)
        tree = ast.fix_missing_locations(_Sync().visit(tree))
    exec(compile(tree, f"<programs of {form}>", "exec"), names)
    return names


class _Clock(selectors.SelectSelector):
    """A selector that does not sleep: the time goes on at once."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nothing will ever happen")
        self.now += max(timeout, 0)
        return []


class AsyncioLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = _Clock()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now


class TurnsLoop(event_loop.EventLoop):
    clock: _Clock

    def _make_selector(self) -> selectors.BaseSelector:
        self.clock = _Clock()
        return self.clock

    def time(self) -> float:
        return self.clock.now


def numbered(base: Any) -> Callable[..., Any]:
    """Return a factory of tasks whose order in sets is that of their making."""
    count = 0

    class Numbered(base):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            nonlocal count
            self.number = count = count + 1
            super().__init__(*args, **kwargs)

        def __hash__(self) -> int:
            return self.number

    return lambda loop, coro, **options: Numbered(coro, loop=loop, **options)


def play(form: str, names: Mapping[str, Any], seed: int) -> list[Any]:
    """Run one program; return its log."""
    log: list[Any] = []
    loop: Any
    if form == "asyncio":
        loop = AsyncioLoop()
        loop.set_task_factory(numbered(asyncio.tasks._PyTask))  # type: ignore[attr-defined]
        made = names["main"](seed, log)
    else:
        loop = TurnsLoop()
        loop.set_task_factory(numbered(tasks.Task))
        made = dynamic_calls.later(names["main"], seed, log)
    loop.set_exception_handler(lambda loop, context: None)
    try:
        loop.run_until_complete(made)
    except Exception as error:
        log.append(repr(error))
    done = list(log)  # without what tasks do that are still there when it closes
    loop.close()
    return done


def main() -> None:
    """Print the logs of some programs."""
    form, first, end = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda raised: None
    names = load(form)
    for seed in range(first, end):
        print(seed, json.dumps(play(form, names, seed)), flush=True)


if __name__ == "__main__":
    main()
