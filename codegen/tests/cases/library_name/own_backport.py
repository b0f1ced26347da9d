async def anext(iterator):
    return await iterator.__anext__()


async def first(values):
    return await anext(values)


# ---- twin ----
def anext(iterator):
    return iterator.__next__()


def first(values):
    return anext(values)
