import typing
from collections.abc import AsyncGenerator
from typing import AsyncGenerator as G


async def f() -> AsyncGenerator[int]:
    yield 1


async def g() -> typing.AsyncGenerator[int, str]:
    yield 1


async def h() -> "G[int, None]":
    yield 1


bare: AsyncGenerator

# ---- twin ----

import typing
from collections.abc import Generator
from typing import Generator as G


def f() -> Generator[int, None, None]:
    yield 1


def g() -> typing.Generator[int, str, None]:
    yield 1


def h() -> "G[int, None, None]":
    yield 1


bare: Generator
