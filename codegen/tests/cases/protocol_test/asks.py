# tasks: turns
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager


async def send(data, write):
    if isinstance(data, (bytes, AsyncIterable)):
        write(data)
    elif hasattr(data, "__aiter__"):
        async for part in data:
            write(part)
    elif isinstance(data, Iterable) or hasattr(data, "__iter__"):
        for part in data:
            write(part)
    match data:
        case AsyncIterator():
            return 2
    return isinstance(data, bytes | AbstractAsyncContextManager)

# ---- twin ----

# tasks: turns

from twin_runtime.turns.dynamic_calls import later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.library_waits import each_of
from twin_runtime.turns.protocol_tests import (
    AbstractAsyncContextManager as _AbstractAsyncContextManager,
    AsyncIterable as _AsyncIterable,
    AsyncIterator as _AsyncIterator,
    Iterable as _Iterable,
    has_method,
)


@entry
def send(data, write):
    if isinstance(data, (bytes, _AsyncIterable)):
        later(write, data)
    elif has_method(data, "__aiter__"):
        for part in each_of(data):
            later(write, part)
    elif isinstance(data, _Iterable) or has_method(data, "__iter__"):
        for part in data:
            later(write, part)
    match data:
        case _AsyncIterator():
            return 2
    return isinstance(data, bytes | _AbstractAsyncContextManager)
