from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager


async def send(data, write):
    if isinstance(data, AsyncIterable):
        async for part in data:
            write(part)
    else:
        write(data)


async def close(stream):
    if not isinstance(stream, AbstractAsyncContextManager):
        return stream
    async with stream:
        return None


async def encode(data):
    if isinstance(data, Iterable):
        return "plain"
    elif isinstance(data, AsyncIterable):
        return "asynchronous"
    else:
        raise TypeError(data)


def kind(data):
    if isinstance(data, Iterable) and not isinstance(data, AsyncIterable):
        return 1
    match data:
        case AsyncIterator():
            return 2
    return isinstance(data, (list, AsyncIterable))


# ---- refused ----
# 6:25: TW114 instance_test: AsyncIterable distinguishes values here; its counterpart in the twin also has values that are not asynchronous
#   help: test what else the value can be, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 14:31: TW114 instance_test: AbstractAsyncContextManager distinguishes values here; its counterpart in the twin also has values that are not asynchronous
#   help: test what else the value can be, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 23:27: TW114 instance_test: AsyncIterable distinguishes values here; its counterpart in the twin also has values that are not asynchronous
#   help: test what else the value can be, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 30:60: TW114 instance_test: AsyncIterable distinguishes values here; its counterpart in the twin also has values that are not asynchronous
#   help: test what else the value can be, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 33:14: TW114 instance_test: AsyncIterator distinguishes values here; its counterpart in the twin also has values that are not asynchronous
#   help: test what else the value can be, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 35:36: TW114 instance_test: AsyncIterable distinguishes values here; its counterpart in the twin also has values that are not asynchronous
#   help: test what else the value can be, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
