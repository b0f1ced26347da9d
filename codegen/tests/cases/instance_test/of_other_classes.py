import io
from collections.abc import AsyncIterable, Iterable
from typing import Protocol, runtime_checkable


@runtime_checkable
class Reading(Protocol):
    async def read(self): ...


class Stream:
    async def __aiter__(self):
        yield 1


class Plain:
    def __iter__(self): ...


def kind(one: int | str, some: list[int], plain: Plain, file: io.BytesIO, any_one):
    if isinstance(one, Iterable):
        return 1
    if isinstance(some, Iterable) or isinstance(plain, Iterable):
        return 2
    if not isinstance(any_one, Iterable):
        raise TypeError(any_one)
    if isinstance(any_one, (Iterable, AsyncIterable)):
        return 3
    return isinstance(file, Reading)

# ---- twin ----
import io
from collections.abc import Iterable
from typing import Protocol, runtime_checkable


@runtime_checkable
class Reading(Protocol):
    def read(self): ...


class Stream:
    def __iter__(self):
        yield 1


class Plain:
    def __iter__(self): ...


def kind(one: int | str, some: list[int], plain: Plain, file: io.BytesIO, any_one):
    if isinstance(one, Iterable):
        return 1
    if isinstance(some, Iterable) or isinstance(plain, Iterable):
        return 2
    if not isinstance(any_one, Iterable):
        raise TypeError(any_one)
    if isinstance(any_one, (Iterable, Iterable)):
        return 3
    return isinstance(file, Reading)
