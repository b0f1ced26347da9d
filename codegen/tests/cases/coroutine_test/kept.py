# row: asyncio.iscoroutinefunction = keep
# row: asyncio.CancelledError = keep
import asyncio


async def run(call):
    try:
        if asyncio.iscoroutinefunction(call):
            return 1
        return await call()
    except asyncio.CancelledError:
        return asyncio.iscoroutinefunction(call)

# ---- twin ----
# row: asyncio.iscoroutinefunction = keep
# row: asyncio.CancelledError = keep
import asyncio


def run(call):
    try:
        if asyncio.iscoroutinefunction(call):
            return 1
        return call()
    except asyncio.CancelledError:
        return asyncio.iscoroutinefunction(call)
