from collections.abc import AsyncIterable, Iterable


async def parts(stream, data):
    assert isinstance(stream, AsyncIterable) and stream, "a stream"
    if not isinstance(data, AsyncIterable):
        raise TypeError(data)
    if isinstance(data, bytes):
        return [data]
    elif isinstance(data, AsyncIterable):
        return [part async for part in data]
    else:
        raise TypeError(data)


async def each(call, data):
    if isinstance(data, (Iterable, AsyncIterable)):
        call("several")
    if isinstance(data, AsyncIterable):
        async for part in data:
            await call(part)
    else:
        for part in data:
            await call(part)


# ---- twin ----
from collections.abc import Iterable


def parts(stream, data):
    assert isinstance(stream, Iterable) and stream, "a stream"
    if not isinstance(data, Iterable):
        raise TypeError(data)
    if isinstance(data, bytes):
        return [data]
    elif isinstance(data, Iterable):
        return [part for part in data]
    else:
        raise TypeError(data)


def each(call, data):
    if isinstance(data, (Iterable, Iterable)):
        call("several")
    if isinstance(data, Iterable):
        for part in data:
            call(part)
    else:
        for part in data:
            call(part)
