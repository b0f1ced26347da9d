import inspect


async def settled(value):
    """Return a value, or what awaiting it gives."""
    if inspect.isawaitable(value):
        return await value
    return value


async def called(call, *args):
    found = call(*args)
    if inspect.isawaitable(found):
        result = await found
    else:
        result = found  # at once
    if inspect.isawaitable(result):
        return await result
    else:
        return result


# ---- twin ----
def settled(value):
    """Return a value, or what awaiting it gives."""
    return value


def called(call, *args):
    found = call(*args)
    result = found  # at once
    return result
