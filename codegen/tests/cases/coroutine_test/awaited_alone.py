import inspect


async def closed(callback):
    done = callback()
    if inspect.isawaitable(done):
        await done
    return "closed"


# ---- twin ----
def closed(callback):
    done = callback()
    return "closed"
