"""An annotation in quotes says what it says without them."""

import asyncio
from typing import Optional


class Jobs:
    def __init__(self) -> None:
        self._jobs: "set[asyncio.Task[None]]" = set()
        self._last: "Optional[asyncio.Task[dict[str, int | None]]]" = None

    async def finish(self) -> None:
        for job in self._jobs:
            await job
        if self._last is not None:
            await self._last


async def all_of(tasks: "list['asyncio.Task[int]']") -> list[int]:
    return [await task for task in tasks]


async def first_of(tasks: "tuple[asyncio.Task[int], ...]") -> int:
    return await tasks[0]


def pair() -> "tuple[asyncio.Task[int], str]": ...


async def one() -> int:
    task, name = pair()
    return await task

# ---- twin ----

"""An annotation in quotes says what it says without them."""

from typing import Optional

from twin_runtime.tasks import Task


class Jobs:
    def __init__(self) -> None:
        self._jobs: "set[Task[None]]" = set()
        self._last: "Optional[Task[dict[str, int | None]]]" = None

    def finish(self) -> None:
        for job in self._jobs:
            job.wait()
        if self._last is not None:
            self._last.wait()


def all_of(tasks: "list['Task[int]']") -> list[int]:
    return [task.wait() for task in tasks]


def first_of(tasks: "tuple[Task[int], ...]") -> int:
    return tasks[0].wait()


def pair() -> "tuple[Task[int], str]": ...


def one() -> int:
    task, name = pair()
    return task.wait()
