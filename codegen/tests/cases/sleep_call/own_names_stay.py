import asyncio


def time_of(time):
    return time


async def local():
    time = 1
    await asyncio.sleep(time)
    return time


async def parameter(time, *, queue=None):
    await asyncio.sleep(time)
    return asyncio.Queue(queue)


async def comprehension(xs):
    return [await asyncio.sleep(threading) for threading in xs], asyncio.Lock()


class Scope:
    time = 1

    async def f(self):
        await asyncio.sleep(self.time)


async def declared():
    global selectors
    selectors = 1
    await asyncio.sleep(selectors)


async def caught():
    try:
        await asyncio.sleep(1)
    except ValueError as functools:
        print(functools)

# ---- twin ----
import queue as _queue
import threading as _threading
import time as _time


def time_of(time):
    return time


def local():
    time = 1
    _time.sleep(max(time, 0))
    return time


def parameter(time, *, queue=None):
    _time.sleep(max(time, 0))
    return _queue.Queue(queue)


def comprehension(xs):
    return [_time.sleep(max(threading, 0)) for threading in xs], _threading.Lock()


class Scope:
    time = 1

    def f(self):
        _time.sleep(max(self.time, 0))


def declared():
    global selectors
    selectors = 1
    _time.sleep(max(selectors, 0))


def caught():
    try:
        _time.sleep(1)
    except ValueError as functools:
        print(functools)
