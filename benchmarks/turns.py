"""Compares twingen's runtime of tasks that take turns with asyncio, in one run.

Each program is measured in both forms, in turns, several times, and each time in a
process of its own. The output is medians, in microseconds for one operation. The last
lines have the memory of each waiting task in KiB. `--json PATH` writes the figures to a
file.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from twingen.runtime.turns.dynamic_calls import await_, awaited, later
from twingen.runtime.turns.entry_points import entry
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.locks import Event, Lock
from twingen.runtime.turns.queues import Queue
from twingen.runtime.turns.runners import run
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.timeouts import timeout
from twingen.runtime.turns.waiting import gather, sleep, wait_for

Async = Callable[[int], Awaitable[float]]
Sync = Callable[[int], float]

SWITCHES = 5_000
MANY = 10_000


def per_operation(begin: float, count: int) -> float:
    """Return microseconds."""
    return (time.perf_counter() - begin) / count * 1e6


# A switch: two tasks wake each other.


async def switch_async(count: int) -> float:
    ping, pong = asyncio.Event(), asyncio.Event()

    async def answer() -> None:
        for _ in range(count):
            await ping.wait()
            ping.clear()
            pong.set()

    task = asyncio.create_task(answer())
    begin = time.perf_counter()
    for _ in range(count):
        ping.set()
        await pong.wait()
        pong.clear()
    await task
    return per_operation(begin, count * 2)


def switch(count: int) -> float:
    ping, pong = Event(), Event()

    @coroutine
    def answer() -> None:
        for _ in range(count):
            ping.wait()
            ping.clear()
            pong.set()

    task = create_task(later(answer))
    begin = time.perf_counter()
    for _ in range(count):
        ping.set()
        pong.wait()
        pong.clear()
    await_(task)
    return per_operation(begin, count * 2)


async def alone_async(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        await asyncio.sleep(0)
    return per_operation(begin, count)


def alone(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        sleep(0)
    return per_operation(begin, count)


# A new task, waited for at once; and many that never wait.


async def nothing_async() -> None:
    pass


@coroutine
def nothing() -> None:
    pass


async def new_task_async(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        await asyncio.create_task(nothing_async())
    return per_operation(begin, count)


def new_task(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        await_(create_task(later(nothing)))
    return per_operation(begin, count)


async def many_tasks_async(count: int) -> float:
    begin = time.perf_counter()
    await asyncio.gather(*[nothing_async() for _ in range(count)])
    return per_operation(begin, count)


def many_tasks(count: int) -> float:
    begin = time.perf_counter()
    await_(gather(*[later(nothing) for _ in range(count)]))
    return per_operation(begin, count)


# Locks, queues, deadlines without contention.


async def lock_async(count: int) -> float:
    lock = asyncio.Lock()
    begin = time.perf_counter()
    for _ in range(count):
        async with lock:
            pass
    return per_operation(begin, count)


def lock(count: int) -> float:
    mutex = Lock()
    begin = time.perf_counter()
    for _ in range(count):
        with mutex:
            pass
    return per_operation(begin, count)


async def queue_async(count: int) -> float:
    queue: asyncio.Queue[int] = asyncio.Queue()
    begin = time.perf_counter()
    for _ in range(count):
        await queue.put(1)
        await queue.get()
    return per_operation(begin, count)


def queue(count: int) -> float:
    items: Queue[int] = Queue()
    begin = time.perf_counter()
    for _ in range(count):
        items.put(1)
        items.get()
    return per_operation(begin, count)


async def hand_over_async(count: int) -> float:
    queue: asyncio.Queue[int] = asyncio.Queue(1)

    async def produce() -> None:
        for each in range(count):
            await queue.put(each)

    task = asyncio.create_task(produce())
    begin = time.perf_counter()
    for _ in range(count):
        await queue.get()
    await task
    return per_operation(begin, count)


def hand_over(count: int) -> float:
    items: Queue[int] = Queue(1)

    @coroutine
    def produce() -> None:
        for each in range(count):
            items.put(each)

    task = create_task(later(produce))
    begin = time.perf_counter()
    for _ in range(count):
        items.get()
    await_(task)
    return per_operation(begin, count)


async def deadline_async(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        await asyncio.wait_for(nothing_async(), 10)
    return per_operation(begin, count)


def deadline(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        wait_for(later(nothing), 10)
    return per_operation(begin, count)


async def block_async(count: int) -> float:
    # `asyncio.timeout()` is new in Python 3.11.
    limit = getattr(asyncio, "timeout", None)
    if limit is None:
        return float("nan")
    begin = time.perf_counter()
    for _ in range(count):
        async with limit(10):
            pass
    return per_operation(begin, count)


def block(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        with timeout(10):
            pass
    return per_operation(begin, count)


# Calls.


async def call_async(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        await nothing_async()
    return per_operation(begin, count)


def call_proven(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        nothing()
    return per_operation(begin, count)


def call_awaited(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        awaited(nothing)
    return per_operation(begin, count)


def call_later(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        await_(later(nothing))
    return per_operation(begin, count)


@entry
def guarded_nothing() -> None:
    pass


def call_guarded(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        guarded_nothing()
    return per_operation(begin, count)


def call_from_outside(count: int) -> float:
    guarded_nothing()
    return call_guarded(count)


def call_beside_a_task(count: int) -> float:
    keep = []

    @coroutine
    def waits() -> None:
        sleep(1000)

    @entry
    def begin() -> None:
        keep.append(create_task(later(waits)))

    begin()
    time.sleep(0.1)  # until the task sleeps
    return call_guarded(count)


# Many tasks that wait.


def resident() -> int:
    """Return the memory of the process, in KiB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


async def waiting_async(count: int) -> tuple[float, float, float]:
    event = asyncio.Event()
    before = resident()
    begin = time.perf_counter()
    tasks = [asyncio.create_task(event.wait()) for _ in range(count)]
    await asyncio.sleep(0)
    begun = per_operation(begin, count)
    memory = (resident() - before) / count
    begin = time.perf_counter()
    event.set()
    await asyncio.gather(*tasks)
    return begun, per_operation(begin, count), memory


def waiting(count: int) -> tuple[float, float, float]:
    event = Event()
    before = resident()
    begin = time.perf_counter()
    tasks = [create_task(later(event.wait)) for _ in range(count)]
    sleep(0)
    begun = per_operation(begin, count)
    memory = (resident() - before) / count
    begin = time.perf_counter()
    event.set()
    await_(gather(*tasks))
    return begun, per_operation(begin, count), memory


def outside(function: Sync) -> Sync:
    """Mark a program that is measured in a thread without an event loop."""
    function.outside = True  # type: ignore[attr-defined]
    return function


PROGRAMS: dict[str, tuple[Any, Any, int]] = {
    "a switch between two tasks": (switch_async, switch, SWITCHES),
    "sleep(0), one task": (alone_async, alone, SWITCHES * 4),
    "a new task, waited for": (new_task_async, new_task, SWITCHES),
    "one of many tasks that never wait": (many_tasks_async, many_tasks, MANY),
    "a free lock": (lock_async, lock, SWITCHES * 10),
    "a queue, put() and get()": (queue_async, queue, SWITCHES * 4),
    "a queue, handed over between two tasks": (hand_over_async, hand_over, SWITCHES),
    "wait_for()": (deadline_async, deadline, SWITCHES * 2),
    "a block with timeout()": (block_async, block, SWITCHES * 2),
    "a call that is proven": (call_async, call_proven, SWITCHES * 40),
    "a call by awaited()": (call_async, call_awaited, SWITCHES * 40),
    "a call by later() and await_()": (call_async, call_later, SWITCHES * 20),
    "a guarded call, inside": (call_async, call_guarded, SWITCHES * 40),
    "a guarded call from outside, no tasks": (
        call_async,
        outside(call_from_outside),
        SWITCHES * 20,
    ),
    "a guarded call from outside, a task sleeps": (
        call_async,
        outside(call_beside_a_task),
        SWITCHES * 20,
    ),
    "one of many tasks that wait": (waiting_async, waiting, MANY),
}

PARTS = "its begin", "its end", "its memory, KiB"


def measure(name: str, form: str) -> Any:
    """Run one program in this process."""
    in_async, in_sync, count = PROGRAMS[name]
    threading.stack_size(0)
    if form == "asyncio":
        return asyncio.run(in_async(count))
    if getattr(in_sync, "outside", False):
        return in_sync(count)
    return run(later(coroutine(in_sync), count))


def measure_apart(name: str, form: str) -> list[float]:
    """Run one program in a process of its own."""
    command = [sys.executable, __file__, "--one", name, form]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    value = json.loads(done.stdout)
    return value if isinstance(value, list) else [value]


def main() -> None:
    """Print the medians of all programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(*options.one)))
        return
    figures: dict[str, dict[str, float]] = {}
    print(f"{'microseconds':<48}{'asyncio':>10}{'turns':>10}")
    for name in PROGRAMS:
        runs: dict[str, list[list[float]]] = {"asyncio": [], "turns": []}
        for _ in range(options.runs):
            for form, values in runs.items():
                values.append(measure_apart(name, form))
        parts = len(runs["turns"][0])
        for part in range(parts):
            title = name if parts == 1 else f"{name}: {PARTS[part]}"
            figures[title] = {
                form: statistics.median(value[part] for value in values)
                for form, values in runs.items()
            }
            row = figures[title]
            print(f"{title:<48}{row['asyncio']:>10.2f}{row['turns']:>10.2f}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
