"""Functions that wait, which others are given, keep or decorate with; kept tasks."""

import asyncio
import functools


async def work(n):
    return n


def start(n):
    return asyncio.create_task(work(n))


async def waiting(n):
    return await asyncio.create_task(work(n))


async def call(function, n, *, other=None):
    return await function(n), await other(n)


def traced(function):
    @functools.wraps(function)
    async def wrapper(*args):
        task = asyncio.create_task(function(*args))
        return await task

    return wrapper


def background(function):
    @functools.wraps(function)
    def wrapper(*args):
        return asyncio.create_task(function(*args))

    return wrapper


@traced
async def decorated(n):
    return n


@background
async def started(n):
    return n


class Jobs:
    def __init__(self, factory):
        self.factory = factory
        self.tasks = []
        self.names = {}
        self.hooks = []

    def get(self, n):
        return self.names[n]

    def add(self, hook):
        self.hooks.append(hook)
        self.tasks.append(start(1))

    async def main(self):
        await self.get(1)
        await self.factory(1)
        for hook in self.hooks:
            await hook(1)


async def main():
    await call(work, 1, other=waiting)
    await decorated(1)
    task: asyncio.Task[int] = started(1)
    jobs = Jobs(work)
    jobs.add(waiting)
    await jobs.main()
    return await task

# ---- twin ----

"""Functions that wait, which others are given, keep or decorate with; kept tasks."""

import functools

from twin_runtime.tasks import Task


def work(n):
    return n


def start(n):
    return Task(work, n)


def waiting(n):
    return Task(work, n).wait()


def call(function, n, *, other=None):
    return function(n), other(n)


def traced(function):
    @functools.wraps(function)
    def wrapper(*args):
        task = Task(function, *args)
        return task.wait()

    return wrapper


def background(function):
    @functools.wraps(function)
    def wrapper(*args):
        return Task(function, *args)

    return wrapper


@traced
def decorated(n):
    return n


@background
def started(n):
    return n


class Jobs:
    def __init__(self, factory):
        self.factory = factory
        self.tasks = []
        self.names = {}
        self.hooks = []

    def get(self, n):
        return self.names[n]

    def add(self, hook):
        self.hooks.append(hook)
        self.tasks.append(start(1))

    def main(self):
        self.get(1)
        self.factory(1)
        for hook in self.hooks:
            hook(1)


def main():
    call(work, 1, other=waiting)
    decorated(1)
    task: Task[int] = started(1)
    jobs = Jobs(work)
    jobs.add(waiting)
    jobs.main()
    return task.wait()
