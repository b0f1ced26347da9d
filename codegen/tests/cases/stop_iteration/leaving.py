import itertools
from contextlib import suppress


class Rows:
    async def __anext__(self):
        if not self.rows:
            raise StopIteration
        return next(self.rows)


async def first(values, missing):
    if missing:
        raise StopIteration("nothing") from None
    try:
        return next(values)
    except StopIteration:
        raise


async def either(values, stream):
    try:
        return next(values), await anext(stream)
    except StopAsyncIteration:
        return None


async def other(values, stream):
    try:
        return next(values), await anext(stream)
    except (KeyError, StopIteration):
        return None


async def suppressed(values, stream):
    with suppress(StopAsyncIteration):
        return [next(values) for _ in await anext(stream)]

# ---- refused ----
# 8:13: TW115 stop_iteration: asyncio turns a StopIteration that leaves a coroutine into a RuntimeError, and the twin does not
#   help: raise StopAsyncIteration in __anext__, and another error elsewhere
# 9:16: TW115 stop_iteration: the StopIteration of next() ends the iteration in the twin, and is a RuntimeError in asyncio
#   help: catch it and raise StopAsyncIteration, or give next() a default
# 14:9: TW115 stop_iteration: asyncio turns a StopIteration that leaves a coroutine into a RuntimeError, and the twin does not
#   help: raise StopAsyncIteration in __anext__, and another error elsewhere
# 18:9: TW115 stop_iteration: asyncio turns a StopIteration that leaves a coroutine into a RuntimeError, and the twin does not
#   help: raise StopAsyncIteration in __anext__, and another error elsewhere
# 23:16: TW115 stop_iteration: at its end this raises StopIteration, which the twin catches as StopAsyncIteration
#   help: catch both, give a default, or move it out of this `try`
# 30:36: TW115 stop_iteration: at its end this raises StopAsyncIteration, which the twin catches as StopIteration
#   help: catch both, give a default, or move it out of this `try`
# 37:17: TW115 stop_iteration: at its end this raises StopIteration, which the twin catches as StopAsyncIteration
#   help: catch both, give a default, or move it out of this `try`
