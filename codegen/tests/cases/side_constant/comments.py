# side: # ASYNC = async-only
import sys

if True:  # ASYNC
    import asyncio


async def wait(event, call):
    if True:  # ASYNC
        await event.wait()
        asyncio.get_running_loop()
    else:
        event.wait()
    if False:  # ASYNC
        event.clear()
    await call(
        1,
        sys.argv,  # ASYNC
    )
    await call(asyncio.current_task())  # ASYNC

# ---- twin ----
# side: # ASYNC = async-only


def wait(event, call):
    event.wait()
    event.clear()
    call(
        1,
    )
