# tasks: turns
"""Copies of objects that hold locks."""

import asyncio
import copy
import dataclasses
import pickle


@dataclasses.dataclass
class Entry:
    name: str
    lock: asyncio.Lock = dataclasses.field(default_factory=asyncio.Lock)
    queue: asyncio.Queue = dataclasses.field(default_factory=asyncio.Queue)


async def example_copies():
    entry = Entry("first")
    await entry.lock.acquire()
    entry.queue.put_nowait(1)
    for each in (
        copy.deepcopy(entry),
        pickle.loads(pickle.dumps(entry)),
        Entry(**dataclasses.asdict(entry)),
        dataclasses.replace(entry, name="second"),
        copy.copy(entry),
    ):
        shares = each.lock is entry.lock, each.queue is entry.queue
        print(each.name, each.lock.locked(), await each.queue.get(), *shares)
        each.queue.put_nowait(2)
        if not shares[0]:
            each.lock.release()
    print(entry.lock.locked(), entry.queue.qsize())


async def example_waited_for():
    lock = asyncio.Lock()
    await lock.acquire()
    task = asyncio.create_task(lock.acquire())
    await asyncio.sleep(0)
    try:
        copy.deepcopy(lock)
    except TypeError:
        print("somebody waits")
    lock.release()
    print(await task)
