# A function's own variable is no use of what is imported.
import asyncio
from asyncio import locks, queues, tasks
from os import path


async def f(tasks, x: path):
    locks, number = asyncio.Lock(), 1
    for queues in tasks:
        async with locks:
            number += queues

    def g():
        return locks, tasks

    return g(), number


class C:
    path = path
    make = lambda locks, path=path: locks


def h():
    try:
        import json
    except ImportError:
        json = None
    return json, lambda tasks: tasks

# ---- twin ----
# A function's own variable is no use of what is imported.
import threading
from os import path


def f(tasks, x: path):
    locks, number = threading.Lock(), 1
    for queues in tasks:
        with locks:
            number += queues

    def g():
        return locks, tasks

    return g(), number


class C:
    path = path
    make = lambda locks, path=path: locks


def h():
    try:
        import json
    except ImportError:
        json = None
    return json, lambda tasks: tasks
